import ArgumentParser
import Engine
import Interface
import KernelText
import Scenarios
import TLB

/// `directmap compare`: one scenario under several kernels and policies.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Run one scenario under several kernels and policies, in lock-step.",
    discussion: """
      A variant is NAME=kernel:linux-6.1,policy:aaronlu-2022; what it leaves out is the scenario's, \
      and policy:none is none. Claims (expect) are not checked. Status 1 if a variant stops before \
      the end, 2 if the scenario or a variant is wrong.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// A table, a line a variant.
    case text
    /// One object.
    case json
    /// A chart of DirectMap4k over the calls.
    case svg
  }

  @Argument(
    help: ArgumentHelp("The scenario; - reads standard input.", valueName: "file"),
    completion: .file(extensions: ["dmap"]))
  var file: String

  @OptionGroup
  var options: MachineOptions

  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp(
      "A variant; up to \(Variant.limit). Without any, the scenario as it is.",
      valueName: "NAME=..."))
  var variants: [String] = []

  @Option(
    name: .customLong("tlb"),
    help: ArgumentHelp(
      "Ask at the end what \(TLBRun.usualAccesses) accesses to random words of all memory cost in a "
        + "TLB: \(TLBModel.all.map(\.name).joined(separator: ", ")). Lines that begin with tlb ask "
        + "more.", valueName: "preset"))
  var tlb: String?

  @Flag(
    help: ArgumentHelp(
      "Print also what splits, merges and the looking for merges cost by a model, for boot, modules "
        + "and BPF programs: docs/merging.md."))
  var cost = false

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  func run() throws {
    let model: TLBModel?
    do throws(ChoiceError) {
      model = try tlb.map { name throws(ChoiceError) in
        try Choice.named(name, in: TLBModel.all, by: \.name, what: "TLB")
      }
    } catch {
      throw UserError("\(error)")
    }
    let scenario = try ScenarioFile(file).read()
    var comparison = Comparison(try booted(scenario), statements: scenario.statements)
    ProgressLine.during("Comparing \(ScenarioFile(file).name)") {
      comparison.progress = $0
      comparison.run()
    }
    if let model { comparison.ask(TLBQuestion(TLBRun(model, .random))) }
    let report = ComparisonReport(comparison, file: ScenarioFile(file).name)
    switch format {
    case .text:
      let costs = cost ? report.costTable.map { "\n\n" + $0 } : nil
      CommandLine.say(report.table + (costs ?? ""))
    case .json: CommandLine.say(json: report.json)
    case .svg:
      let chart = ComparisonChart(title: "DirectMap4k: \(ScenarioFile(file).name)", comparison)
      CommandLine.put(chart.svg)
    }
    if report.variants.contains(where: { $0.stoppedAt != nil }) { throw ExitCode(1) }
  }

  /// Every variant with its machine.
  private func booted(
    _ scenario: Scenario,
  ) throws(UserError) -> [(variant: Variant, machine: Machine)] {
    var chosen = try VariantList.read(variants, limit: Variant.limit)
    if chosen.isEmpty { chosen = [Variant(name: "scenario")] }
    var lanes: [(variant: Variant, machine: Machine)] = []
    let setup = try options.choose(for: scenario)
    for variant in chosen {
      lanes.append((variant, try MachineOptions.boot(setup.varied(by: variant))))
    }
    return lanes
  }
}
