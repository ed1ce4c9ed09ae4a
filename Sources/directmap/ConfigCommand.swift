import ArgumentParser
import Configuration
import FoundationEssentials

/// `directmap config`: the configuration as it holds, as a file that can be read back.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Print the configuration in effect, and where each setting comes from.",
    discussion: """
      What is printed can be kept as config.toml and changed there. Problems of the file are told on \
      standard error; the status is then 2, and the rest of the file counts all the same.
      """)

  @Flag(help: "Print which file is read, and nothing else.")
  var path = false

  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    if path {
      guard let path = terminal.source.path(environment), !terminal.source.isOff else {
        throw UserError("no configuration is read; set HOME or give --config FILE")
      }
      CommandLine.say(line: path)
      return
    }
    let (configuration, problems) = try terminal.configuration(environment)
    CommandLine.tell(problems: problems)
    CommandLine.put(configuration.text)
    try CommandLine.finishPrinting()
    if !problems.isEmpty { throw CommandLine.userErrorStatus }
  }
}
