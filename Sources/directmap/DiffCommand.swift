import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Interface
import KernelText
import Lanes
import Maps

/// `directmap diff`: how two direct maps differ.
struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two direct maps that were read.",
    discussion: """
      Each may be anything that open reads: a page-table dump, leaves, /proc/kcore, or iomem or a log, \
      whose machine is booted. A and D, which the CPU sets, are compared only where both show them and \
      --access is given. On a terminal both maps are side by side, and all that is equal is dimmed; d goes from one \
      difference to the next.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: ArgumentHelp("The first map.", valueName: "a"), completion: .file())
  var first: String

  @Argument(help: ArgumentHelp("The second.", valueName: "b"), completion: .file())
  var second: String

  @OptionGroup var options: SourceOptions

  @Option(help: ArgumentHelp("Print instead of showing: text or json.", valueName: "format"))
  var format: Format?

  @Flag(help: "Compare A and D too.")
  var access = false

  @Flag(help: "End with status 1 if anything differs.")
  var exitCode = false

  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let offset = try options.offset()
    let (paths, kind, kernel) = ([first, second], options.kind, options.kernel)
    let load: @Sendable (WorkProgress?) throws -> [SeenMachine] = { progress in
      try paths.map { path in
        try SeenMachine([path], kind, kernel: kernel, pageOffset: offset, progress: progress)
      }
    }
    if format == nil, CommandLine.isRead, !exitCode {
      let (configuration, problems) = try terminal.configuration(
        ProcessInfo.processInfo.environment)
      CommandLine.tell(problems: problems)
      var opened = try Opened("\(first) and \(second)", configuration) { progress in
        try Self.model(of: try load(progress))
      }
      let model = opened.value
      let status = try ScreenLoop.run(
        model, configuration, Configuration.notice(problems), on: opened.terminal.take())
      if status != 0 { throw ExitCode(status) }
      return
    }
    let seen = try ProgressLine.during("Reading \(first) and \(second)") { try load($0) }
    let machines = try seen.map { try $0.shownMachine() }
    guard machines[0].architecture == machines[1].architecture else {
      throw UserError("\(first) and \(second) are of two architectures")
    }
    let tellAccess = seen.allSatisfy { $0.map?.map.origin.tellsAccess ?? true }
    let difference = MapDifference(
      machines[0].directMapLeaves, named: first, machines[1].directMapLeaves, named: second,
      comparesAccess: access && tellAccess)
    for note in zip(paths, seen).flatMap({ pair in pair.1.report.notes.map { "\(pair.0): \($0)" } })
    {
      CommandLine.tell("note: \(note)")
    }
    switch format ?? .text {
    case .text: for line in difference.lines() { CommandLine.say(line: line) }
    case .json: CommandLine.say(json: difference.json)
    }
    if exitCode, !difference.isEmpty { throw ExitCode(1) }
  }

  /// Both maps side by side.
  private nonisolated static func model(of seen: [SeenMachine]) throws -> Model {
    var lanes: [Lane] = []
    for seen in seen {
      let machine = try seen.shownMachine()
      let name = (seen.map?.name ?? seen.names.first ?? "").lastPathComponent
      lanes.append(
        Lane(
          MapReading(name: name, summary: seen.report.headline), on: machine,
          named: lanes.isEmpty ? "a" : "b"))
    }
    return Model(lanes[0], beside: [lanes[1]])
  }
}

extension SeenMachine {
  /// The machine that is shown: that of the map, else the one that was booted.
  nonisolated func shownMachine() throws(UserError) -> Machine {
    guard let machine = machine ?? booted else {
      throw UserError(
        "\(names.first ?? "the source") shows no map and no memory; give a page-table dump, leaves, iomem or "
          + "a log")
    }
    return machine
  }
}
