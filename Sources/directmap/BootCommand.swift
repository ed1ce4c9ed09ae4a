import ArgumentParser

/// `directmap boot`: boots a machine and prints what the kernel would show of its direct map.
struct BootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot",
    abstract: "Boot a machine and print its direct map as the kernel would.")

  @OptionGroup
  var options: MachineOptions

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = MachineFormat.meminfo

  func run() throws {
    CommandLine.put(format.text(of: try options.boot()))
  }
}
