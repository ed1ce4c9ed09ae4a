import ArgumentParser

@main
struct Directmap: AsyncParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [VerifyCommand.self])
}
