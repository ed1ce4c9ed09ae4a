/// The policies: the names by which they are chosen.
public enum PolicyName: String, CaseIterable, Sendable, Hashable {
  /// Grouping cache for module memory, VM_GROUP_PAGES, April 2021.
  case edgecombe2021 = "edgecombe-2021"
  /// "Restore large pages after fragmentation", April 2020.
  case kirill2020 = "kirill-2020"
  /// One bit for eight entries, as the thread of May 2022 puts it.
  case hyeyooBitmap2022 = "hyeyoo-bitmap-2022"
  /// The counter that the merge-mapping branch of 2022 really used.
  case hyeyooCount2022 = "hyeyoo-count-2022"
  /// "Merge small mappings whenever possible", August 2022.
  case aaronLu2022 = "aaronlu-2022"

  /// What it is, in one line.
  public var summary: String {
    switch self {
    case .edgecombe2021: "module memory from 2M blocks, cached (April 2021)"
    case .kirill2020: "collapse in cpa_flush, after every request (April 2020)"
    case .hyeyooBitmap2022: "merge in CPA, 64 bits a table (May 2022)"
    case .hyeyooCount2022: "merge in CPA, a counter of non-standard entries (2022)"
    case .aaronLu2022: "merge whenever 512 entries are alike (August 2022)"
    }
  }

  /// The rule.
  var policy: any Policy {
    switch self {
    case .edgecombe2021: Edgecombe2021()
    case .kirill2020: Kirill2020()
    case .hyeyooBitmap2022: HyeyooBitmap2022()
    case .hyeyooCount2022: HyeyooCount2022()
    case .aaronLu2022: AaronLu2022()
    }
  }
}

/// Policies that are switched on together.
public struct PolicySet: Equatable, Sendable {
  /// The names, in the order in which their hooks are called.
  public let names: [PolicyName]

  /// No policy: the kernel as it was released.
  public static let none = PolicySet(checked: [])

  /// Policies that can be on together.
  public init(_ names: [PolicyName]) throws(PolicyError) {
    var seen: [PolicyName] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    let tracking = seen.filter { $0.policy.hooks.contains(.entries) }
    if tracking.count > 1 { throw .bothTrackTables(tracking[0], tracking[1]) }
    self.names = seen
  }

  private init(checked names: [PolicyName]) { self.names = names }
}

/// Why policies cannot be switched on.
public enum PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Both keep their count in the same words of a page-table page.
  case bothTrackTables(PolicyName, PolicyName)

  /// The reason and the way out.
  public var description: String {
    switch self {
    case .bothTrackTables(let first, let second):
      "\(first.rawValue) and \(second.rawValue) keep their count in the same place of a "
        + "page-table page; choose one of them"
    }
  }
}
