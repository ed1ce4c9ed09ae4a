import ArgumentParser
import Engine
import Interface
import KernelText
import Lab
import Lanes
import Language
import Scenarios
import TLB

/// `directmap compare`: one scenario under several kernels and policies.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Run one scenario under several kernels and policies, in lock-step.",
    discussion: """
      A variant is NAME=kernel:linux-6.1,policy:aaronlu-2022; what it leaves out is the scenario's, \
      and policy:none is none. NAME=lab:KERNEL is a real kernel in QEMU, with which the others are \
      compared after each call. Claims (expect) are not checked. Status 1 if a variant stops before \
      the end or differs from the real kernel, 2 if the scenario or a variant is wrong.
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

  @OptionGroup(title: "The guest of a real kernel")
  var choice: GuestChoice

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
    let (lanes, lab) = try booted(scenario)
    var comparison = Comparison(lanes, statements: scenario.statements)
    if let lab { comparison.observe(lab.kernel, as: lab.place) }
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
      for difference in comparison.differences {
        CommandLine.say(
          line: "\(difference.location): \(difference.variant) differs at call \(difference.call), "
            + difference.words)
      }
      if let lab, comparison.differences.isEmpty {
        CommandLine.say(line: "all variants are equal to \(lab.kernel.name) after every call")
      }
    case .json: CommandLine.say(json: report.json)
    case .svg:
      let chart = ComparisonChart(title: "DirectMap4k: \(ScenarioFile(file).name)", comparison)
      CommandLine.put(chart.svg)
    }
    if !comparison.differences.isEmpty || report.variants.contains(where: { $0.stoppedAt != nil }) {
      throw ExitCode(1)
    }
  }

  /// Every variant with its machine, and which of them is a real kernel.
  private func booted(
    _ scenario: Scenario,
  ) throws(UserError) -> (
    lanes: [(variant: Variant, machine: Machine)], lab: (kernel: LabKernel, place: Int)?
  ) {
    let real = variants.indices.filter { RealVariant(variants[$0]) != nil }
    guard real.count < 2 else { throw UserError("only one variant can be a real kernel") }
    var chosen = try VariantList.read(
      variants.indices.filter { !real.contains($0) }.map { variants[$0] }, limit: Variant.limit)
    if chosen.isEmpty { chosen = [Variant(name: real.isEmpty ? "scenario" : "simulated")] }
    var lanes: [(variant: Variant, machine: Machine)] = []
    let setup = try options.choose(for: scenario)
    guard let place = real.first, let named = RealVariant(variants[place]) else {
      for variant in chosen {
        lanes.append((variant, try MachineOptions.boot(setup.varied(by: variant))))
      }
      return (lanes, nil)
    }
    let kernel = try LabKernel.booted(
      named.kernel, choice, options, for: setup,
      as: options.kernel == nil && scenario.kernel == nil ? nil : setup.kernel)
    for variant in chosen {
      // The others begin with the tables of the real one.
      let other = setup.varied(by: variant)
      let rules = variant.kernel == nil ? kernel.machine.kernel : other.kernel
      lanes.append((variant, kernel.machine(as: rules, other.policies)))
    }
    let at = min(place, lanes.count)
    lanes.insert((Variant(name: named.name), kernel.machine), at: at)
    return (lanes, (kernel, at))
  }
}

/// A variant that is a real kernel: `NAME=lab:KERNEL`.
private nonisolated struct RealVariant {
  let name: String
  let kernel: String

  init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, parts[1].hasPrefix("lab:"), parts[1].count > 4 else { return nil }
    name = String(parts[0])
    kernel = String(parts[1].dropFirst(4))
  }
}
