import ArgumentParser

@main
struct Directmap: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    subcommands: [PlayCommand.self, VerifyCommand.self], defaultSubcommand: PlayCommand.self)
}
