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

      With --variant two kernels stand side by side and make the same calls, for instance \
      --variant plain=policy:none --variant merge=kernel:linux-6.1,policy:aaronlu-2022; what a \
      variant leaves out is the scenario's. A single one stands beside the scenario as it is.
      """)

  @Argument(
    help: "A scenario, or a recording as in Assets/recordings.",
    completion: .file(extensions: ["dmap", "jsonl"]))
  var file: String?

  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp("A variant to show side by side; up to two.", valueName: "NAME=..."))
  var variants: [String] = []

  @OptionGroup var machine: MachineOptions
  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    for problem in problems { CommandLine.tell(problem.description) }
    let (model, troubles) = try model()
    for trouble in troubles { CommandLine.tell(trouble) }
    let notice = [Model.notice(of: troubles), Configuration.notice(problems)].compactMap(\.self)
    let status = try ScreenLoop.run(model, configuration, notice.first)
    if status != 0 { throw ExitCode(status) }
  }

  @MainActor
  private func model() throws -> PlayedModel.Loaded {
    let variants = try VariantList.read(variants, limit: 2)
    do {
      return try PlayedModel.load(file, machine, variants)
    } catch let error as ParseError {
      CommandLine.tell(error.description)
    } catch let error as RunError {
      CommandLine.tell(error.description)
    }
    throw CommandLine.userErrorStatus
  }
}
