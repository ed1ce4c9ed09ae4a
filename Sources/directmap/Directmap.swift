import ArgumentParser

@main
struct Directmap: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A simulator of the Linux x86-64 direct map.",
    subcommands: [RunCommand.self])
}
