import ArgumentParser
import Engine
import KernelText

/// `directmap boot`: boots a machine and prints what the kernel would show of its direct map.
struct BootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot",
    abstract: "Boot a machine and print its direct map as the kernel would.")

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// The last lines of `/proc/meminfo`.
    case meminfo
    /// The split and collapse lines of `/proc/vmstat`.
    case vmstat
    /// Runs of equal leaves.
    case leaves
    /// The file `page_tables/kernel` of debugfs.
    case ptdump
  }

  @OptionGroup
  var options: MachineOptions

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format: Format = .meminfo

  func run() throws {
    let machine = try options.boot()
    switch format {
    case .meminfo: print(machine.meminfoText, terminator: "")
    case .vmstat: print(machine.vmstatText, terminator: "")
    case .leaves: print(machine.leavesText, terminator: "")
    case .ptdump: print(machine.pageTableDump, terminator: "")
    }
  }
}
