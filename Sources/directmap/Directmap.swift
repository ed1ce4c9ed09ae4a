import ArgumentParser

@main
struct Directmap: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directmap",
    abstract: "Simulates the direct map of the Linux kernel on x86-64.",
    subcommands: [PlayCommand.self, BootCommand.self, RunCommand.self, VerifyCommand.self],
    defaultSubcommand: PlayCommand.self)

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try CommandLine.finishPrinting()
    } catch {
      CommandLine.exit(reporting: error)
    }
  }
}
