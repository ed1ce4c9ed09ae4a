import ArgumentParser
import Engine
import KernelText

/// What a kernel shows of a machine, as text.
enum MachineFormat: String, ExpressibleByArgument, CaseIterable {
  /// The last lines of `/proc/meminfo`.
  case meminfo
  /// The split, merge and collapse lines of `/proc/vmstat`.
  case vmstat
  /// `/proc/buddyinfo`.
  case buddyinfo
  /// `/proc/pagetypeinfo`.
  case pagetypeinfo
  /// The file `cpa_stats` of debugfs.
  case cpaStats = "cpa_stats"
  /// Runs of equal leaves.
  case leaves
  /// The file `page_tables/kernel` of debugfs.
  case ptdump

  /// The text.
  func text(of machine: Machine) -> String {
    switch self {
    case .meminfo: machine.meminfoText
    case .vmstat: machine.vmstatText
    case .buddyinfo: machine.physical.buddyinfoText
    case .pagetypeinfo: machine.physical.pagetypeinfoText
    case .cpaStats: machine.cpaStatsText
    case .leaves: machine.leavesText
    case .ptdump: machine.pageTableDump
    }
  }
}
