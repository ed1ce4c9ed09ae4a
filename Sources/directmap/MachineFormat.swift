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
  /// The page-table dump of debugfs.
  case ptdump

  /// What is printed where the user names nothing: what the kernel shows of its direct map to anybody,
  /// or else the tables.
  static func usual(on architecture: Architecture) -> MachineFormat {
    switch architecture {
    case .x86_64: .meminfo
    case .arm64: .ptdump
    }
  }

  /// Fails if kernels of an architecture have no such file.
  func check(on architecture: Architecture) throws(UserError) {
    guard architecture == .arm64 else { return }
    let reason: String
    switch self {
    case .meminfo: reason = "/proc/meminfo of arm64 has no DirectMap lines"
    case .vmstat: reason = "/proc/vmstat of arm64 counts no splits"
    case .cpaStats: reason = "arm64 has no cpa_stats"
    case .buddyinfo, .pagetypeinfo, .leaves, .ptdump: return
    }
    throw UserError("\(reason); --format ptdump or leaves shows the linear map")
  }

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
