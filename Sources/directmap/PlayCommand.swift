import ArgumentParser
import Configuration
import FoundationEssentials
import Interface
import Scenarios

/// `directmap play`: the interactive screen, on a machine of one's own, a scenario or a recording.
struct PlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Show the direct map and step through what changes it.",
    discussion: """
      Without a file: a machine that has just booted. A file is a scenario, or a recording of a real \
      kernel, with which every step is compared. ? lists the keys.

      With --variant several kernels stand side by side and make the same calls, for instance \
      --variant plain=policy:none --variant merge=kernel:linux-6.1,policy:aaronlu-2022; what a \
      variant leaves out is the scenario's. A single one stands beside the scenario as it is. \
      Three show at 200 columns and more, two on smaller screens; e goes through all of them.

      With --plain there is no screen: lines are read from standard input, and every event is a \
      sentence on standard output. help lists what can be said; an input that is empty, as \
      /dev/null is, tells the whole file.
      """)

  @Argument(
    help: "A scenario, or a recording as in Assets/recordings.",
    completion: .file(extensions: ["dmap", "jsonl"]))
  var file: String?

  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp(
      "A variant to show side by side; up to \(Lanes.countMax).", valueName: "NAME=..."))
  var variants: [String] = []

  @Flag(name: .long, help: "Draw no screen: read lines, and say every event as a sentence.")
  var plain = false

  @Flag(name: .long, help: "With --plain, tell the whole file and read nothing.")
  var all = false

  @Flag(
    name: .long,
    help: "Perform a script, or play what else the file is, as a presenter; any key takes over.")
  var demo = false

  @OptionGroup var recording: FilmOptions

  @Flag(
    name: .long,
    help: "Before each call ask what will happen; with --plain too. :predict off ends it.")
  var predict = false

  @OptionGroup var machine: MachineOptions
  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    if plain, recording.film != nil {
      throw ValidationError("--record records a screen; leave --plain out")
    }
    if demo, plain || file == nil || !variants.isEmpty || predict {
      throw ValidationError(
        "--demo performs a file on the screen: give one, and leave --plain, --variant and --predict out"
      )
    }
    if all, predict {
      throw ValidationError("--all reads nothing, so nobody answers: leave --predict out")
    }
    if all, !plain { throw ValidationError("--all tells a file in sentences: give --plain too") }
  }

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    if demo { return try performDemo(configuration) }
    var (model, troubles) = try model()
    if predict { model.predict(true) }
    CommandLine.tell(problems: troubles)
    let notice = [Model.notice(of: troubles), Configuration.notice(problems)].compactMap(\.self)
    let status =
      plain
      ? try PlainLoop.run(model, configuration, notice.first, tellsAll: all)
      : try ScreenLoop.run(model, configuration, notice.first, film: recording.film)
    if status != 0 { throw ExitCode(status) }
  }

  /// Performs the file in real time.
  @MainActor
  private func performDemo(_ configuration: Configuration) throws {
    let (director, troubles) = try PlayedModel.director(of: file ?? "", machine) {
      $0.adopt(
        keymap: configuration.keymap, options: configuration.viewOptions,
        paceIndex: configuration.speed.value - 1)
    }
    CommandLine.tell(problems: troubles)
    let status = try ScreenLoop.run(
      director.model, configuration, Model.notice(of: troubles), film: recording.film,
      performing: director)
    if status != 0 { throw ExitCode(status) }
  }

  @MainActor
  private func model() throws -> PlayedModel.Loaded {
    try PlayedModel.load(file, machine, VariantList.read(variants, limit: Lanes.countMax))
  }
}
