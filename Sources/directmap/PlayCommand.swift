import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Interface
import Lanes

/// `directmap play`: the interactive screen, on a machine of one's own, a scenario or a recording.
struct PlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Show the direct map and step through what changes it.",
    discussion: """
      Without a file: a machine that has just booted. A file is a scenario, or a recording of a real \
      kernel, with which every step is compared. ? lists the keys.

      With --variant several kernels are side by side and make the same calls, for instance \
      --variant plain=policy:none --variant merge=kernel:linux-6.1,policy:aaronlu-2022; what a \
      variant leaves out is the scenario's. A single one is beside the scenario as it is. \
      Three show at 200 columns and more, two on smaller screens; e goes through all of them.

      With --plain there is no screen: lines are read from standard input, and every event is a \
      sentence on standard output. help lists what you can type; an input that is empty, as \
      /dev/null is, prints the whole file.
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

  @Flag(name: .long, help: "Draw no screen: read lines, and print every event as a sentence.")
  var plain = false

  @Flag(name: .long, help: "With --plain, print the whole file as sentences and read nothing.")
  var all = false

  @Flag(
    name: .long,
    help: "Perform a demo, or play any other file, as a presenter does; any key takes over.")
  var demo = false

  @Flag(
    name: .long,
    help: "With --demo, print the presenter notes and the markers with their times instead.")
  var notes = false

  @OptionGroup var recording: FilmOptions

  @Flag(
    name: .long,
    help: "Ask before each call what will happen; also with --plain. :predict off ends it.")
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
    if notes, !demo || recording.film != nil {
      throw ValidationError(
        "--notes prints the notes of a demo: give --demo, and leave --record out")
    }
    if all, predict {
      throw ValidationError("--all reads nothing, so nobody answers: leave --predict out")
    }
    if all, !plain { throw ValidationError("--all prints a file as sentences: give --plain too") }
  }

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    if notes { return try tellNotes(configuration) }
    if demo { return try performDemo(configuration) }
    if plain {
      let (model, troubles) = try loader()(nil)
      let notice = notice(troubles, problems)
      let status = try PlainLoop.run(model, configuration, notice, tellsAll: all)
      if status != 0 { throw ExitCode(status) }
      return
    }
    var opened = try Opened(file ?? "the machine", configuration, loader())
    let (model, troubles) = opened.value
    // What is told goes to the shell's screen.
    if !troubles.isEmpty { opened.terminal = nil }
    let status = try ScreenLoop.run(
      model, configuration, notice(troubles, problems), film: recording,
      on: opened.terminal.take())
    if status != 0 { throw ExitCode(status) }
  }

  /// Tells what of a file could not be read or done; what the screen says of it, and of the
  /// configuration.
  @MainActor
  private func notice(_ troubles: [String], _ problems: [ConfigurationProblem]) -> String? {
    CommandLine.tell(problems: troubles)
    return Model.notice(of: troubles) ?? Configuration.notice(problems)
  }

  /// Prints what the presenter noted, under the markers of the time it belongs to.
  @MainActor
  private func tellNotes(_ configuration: Configuration) throws {
    let file = file ?? ""
    var lines: [String] = []
    var hasNotes = false
    try ProgressLine.during("Performing \(file)") { progress in
      var (director, problems) = try PlayedModel.director(of: file, machine) {
        $0.adopt(
          keymap: configuration.keymap, options: configuration.viewOptions,
          paceIndex: configuration.speed.value - 1)
      }
      CommandLine.tell(problems: problems)
      director.prepare { $0.progress = progress }
      while let shot = try director.next() {
        let time = shot.milliseconds / 1000
        let (minutes, seconds) = (time / 60, time % 60)
        let clock = "\(minutes):\(seconds < 10 ? "0" : "")\(seconds)"
        lines += shot.markers.map { "\(clock)  \($0)" }
        lines += shot.notes.map { "\(clock)  > \($0)" }
        hasNotes = hasNotes || !shot.notes.isEmpty
      }
    }
    guard hasNotes else {
      throw UserError("\(file) has no presenter notes; add lines such as presenter \"Ask first.\"")
    }
    CommandLine.say(lines.joined(separator: "\n"))
  }

  /// Performs the file in real time.
  @MainActor
  private func performDemo(_ configuration: Configuration) throws {
    let (file, machine) = (file ?? "", machine)
    var opened = try Opened(file, configuration) { progress in
      try PlayedModel.director(of: file, machine, progress) {
        $0.adopt(
          keymap: configuration.keymap, options: configuration.viewOptions,
          paceIndex: configuration.speed.value - 1)
      }
    }
    let (director, troubles) = opened.value
    if !troubles.isEmpty { opened.terminal = nil }
    let status = try ScreenLoop.run(
      director.model, configuration, notice(troubles, []), film: recording,
      performing: director, on: opened.terminal.take())
    if status != 0 { throw ExitCode(status) }
  }

  /// What loads what is played.
  @MainActor
  private func loader() throws -> @Sendable (WorkProgress?) throws -> PlayedModel.Loaded {
    let variants = try VariantList.read(variants, limit: Lanes.countMax)
    let (file, machine, predict) = (file, machine, predict)
    return { progress in
      var loaded = try PlayedModel.load(file, machine, variants, progress)
      if predict { loaded.model.predict(true) }
      return loaded
    }
  }
}
