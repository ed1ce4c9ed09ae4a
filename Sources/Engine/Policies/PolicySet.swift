/// Policies that are switched on together.
public struct PolicySet: Equatable, Sendable {
  /// The names, in the order in which their hooks are called.
  public let names: [PolicyName]

  /// No policy: the kernel as it was released.
  public static let none = PolicySet(checked: [])

  /// Policies that can be on together: any number of switches, one that groups pages, one that merges.
  public init(_ names: [PolicyName]) throws(PolicyError) {
    var seen: [PolicyName] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    for (index, name) in seen.enumerated() {
      if let missing = name.prerequisite, !seen.contains(missing) {
        throw .needs(name, missing)
      }
      for earlier in seen[..<index] { try Self.check(earlier, name) }
    }
    self.names = seen
  }

  /// Policies of which it is known that they go together.
  init(checked names: [PolicyName]) { self.names = names }

  /// Whether two policies go together.
  static func check(_ first: PolicyName, _ second: PolicyName) throws(PolicyError) {
    if first.opposite == second || first.mergesOnFree && second.mergesOnFree {
      throw .opposites(first, second)
    }
    if first.kind == .linearMapStage, second.kind == .linearMapStage {
      throw .twoStages(first, second)
    }
    let hooks = (first.policy.hooks, second.policy.hooks)
    if hooks.0.contains(.entries), hooks.1.contains(.entries) {
      throw .bothTrackTables(first, second)
    }
    if hooks.0.contains(.pages), hooks.1.contains(.pages) { throw .bothGroupPages(first, second) }
    if hooks.0.contains(.entries), second.freesTablesByItself {
      throw .behindItsBack(second, of: first)
    }
    if hooks.1.contains(.entries), first.freesTablesByItself {
      throw .behindItsBack(first, of: second)
    }
  }
}

extension PolicyName {
  /// The policy that this one is a part of.
  var prerequisite: PolicyName? {
    switch self {
    case .mergeOnFree, .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked:
      .unmapped2022
    case .unmappedAllocWholeBlock: .unmappedAlloc2023
    default: nil
    }
  }

  /// The policy that says the contrary.
  var opposite: PolicyName? {
    switch self {
    case .mergeOnFree: .mergeOnFreeLiteral
    case .mergeOnFreeLiteral: .mergeOnFree
    case .progPack: .noProgPack
    case .noProgPack: .progPack
    case .roxCache: .noROXCache
    case .noROXCache: .roxCache
    case .roxCollapse: .noROXCollapse
    case .noROXCollapse: .roxCollapse
    case .hugeVmalloc2020: .noHugeVmalloc
    case .noHugeVmalloc: .hugeVmalloc2020
    case .zapByPage: .zapBatched2024
    case .zapBatched2024: .zapByPage
    default: nil
    }
  }

  /// Whether it puts leaves in the place of tables without telling those who count their entries.
  var freesTablesByItself: Bool {
    self == .kirill2020 || mergesOnFree
  }
}

/// Why policies cannot be switched on.
public enum PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Both keep their count in the same words of a page-table page.
  case bothTrackTables(PolicyName, PolicyName)
  /// Both want every page whose permissions will change.
  case bothGroupPages(PolicyName, PolicyName)
  /// The first takes page tables away whose entries the second counts.
  case behindItsBack(PolicyName, of: PolicyName)
  /// The first is part of the second, which is off.
  case needs(PolicyName, PolicyName)
  /// One says the contrary of the other.
  case opposites(PolicyName, PolicyName)
  /// Both are stages of one series, of which each holds those before it.
  case twoStages(PolicyName, PolicyName)

  /// The reason and the way out.
  public var description: String {
    switch self {
    case .bothTrackTables(let first, let second):
      "\(first.rawValue) and \(second.rawValue) keep their count in the same place of a "
        + "page-table page; choose one of them"
    case .bothGroupPages(let first, let second):
      "\(first.rawValue) and \(second.rawValue) both want every page whose permissions will "
        + "change; choose one of them"
    case .behindItsBack(let first, let second):
      "\(first.rawValue) takes tables away whose entries \(second.rawValue) counts; choose one "
        + "of them"
    case .needs(let first, let second):
      "\(first.rawValue) is part of \(second.rawValue); switch that on too"
    case .opposites(let first, let second):
      "\(first.rawValue) is the contrary of \(second.rawValue); choose one of them"
    case .twoStages(let first, let second):
      "\(first.rawValue) and \(second.rawValue) are stages of one series; choose one of them"
    }
  }
}
