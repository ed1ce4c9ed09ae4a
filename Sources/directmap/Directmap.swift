import ArgumentParser

@main
struct Directmap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directmap",
    abstract: "Simulates the direct map of the Linux kernel on x86-64.",
    subcommands: [BootCommand.self, RunCommand.self])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      CommandLine.exit(reporting: error)
    }
  }
}
