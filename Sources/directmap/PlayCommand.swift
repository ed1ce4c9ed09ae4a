import ArgumentParser
import Interface

/// `directmap play`: the interactive screen, on a machine of one's own, a scenario or a recording.
struct PlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Show the direct map and step through what changes it.",
    discussion: """
      Without a file: a machine that has just booted. A file is a scenario, or a recording of a real \
      kernel, with which every step is compared. ? lists the keys.
      """)

  @Argument(
    help: "A scenario, or a recording as in Assets/recordings.",
    completion: .file(extensions: ["dmap", "jsonl"]))
  var file: String?

  @OptionGroup var machine: MachineOptions
  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let status = try ScreenLoop.run(PlayedModel.load(file, machine), terminal)
    if status != 0 { throw ExitCode(status) }
  }
}
