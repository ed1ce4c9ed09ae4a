import ArgumentParser

@main
struct Directmap: ParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [Verify.self])
}
