/// Policies that are switched on together.
public struct PolicySet: Equatable, Sendable {
  /// The names, in the order in which their hooks are called.
  public let names: [PolicyName]
  /// The rules that are on with them, in the order in which their hooks are called.
  public let rules: [Rule]

  /// No policy: the kernel as it was released.
  public static let none = PolicySet(checked: [])

  /// Policies that can be on together: any number of switches, one that groups pages, one that merges.
  ///
  /// - Parameter rules: rules that are on with them. At most one keeps numbers with tables, and no
  ///   other policy does then.
  public init(_ names: [PolicyName], rules: [Rule] = []) throws(PolicyError) {
    var seen: [PolicyName] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    for (index, name) in seen.enumerated() {
      if let missing = name.prerequisite, !seen.contains(missing) {
        throw .needs(name, missing)
      }
      for earlier in seen[..<index] { try Self.check(earlier, name) }
    }
    try Self.check(rules, with: seen)
    self.names = seen
    self.rules = rules
  }

  /// Policies of which it is known that they go together.
  init(checked names: [PolicyName], _ rules: [Rule] = []) {
    self.names = names
    self.rules = rules
  }

  /// What they are called on the screen and in reports: `aaronlu-2022`, `rule mine`.
  public var titles: [String] { names.map(\.rawValue) + rules.map { "rule \($0.name)" } }

  /// The same with a rule more, and the policies that it builds on; one of its name goes.
  public func adding(_ rule: Rule) throws(PolicyError) -> PolicySet {
    try PolicySet(
      names + rule.needs.filter { !names.contains($0) },
      rules: rules.filter { $0.name != rule.name } + [rule])
  }

  /// The same without the rule of a name.
  public func removing(rule name: Name) -> PolicySet {
    PolicySet(checked: names, rules.filter { $0.name != name })
  }

  /// All of them, as the machine calls them.
  var policies: [any Policy] {
    names.map(\.policy) + rules.enumerated().map { RulePolicy($1, at: $0) }
  }

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
  public var prerequisite: PolicyName? {
    switch self {
    case .mergeOnFree, .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked:
      .unmapped2022
    case .unmappedAllocWholeBlock: .unmappedAlloc2023
    case .kpkeysBlocks2026: .kpkeys2025
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

extension PolicySet {
  /// Whether rules go together with each other and with policies.
  private static func check(_ rules: [Rule], with names: [PolicyName]) throws(PolicyError) {
    guard rules.count <= Rule.limit else { throw .tooManyRules }
    for (index, rule) in rules.enumerated() {
      if rules[..<index].contains(where: { $0.name == rule.name }) { throw .ruleTwice(rule.name) }
      for needed in rule.needs where !names.contains(needed) {
        throw .ruleNeeds(rule.name, needed)
      }
      let others =
        names.map { ($0.rawValue, $0.policy.hooks, $0.freesTablesByItself) }
        + rules[..<index].map { ("rule \($0.name)", $0.hooks, $0.freesTablesByItself) }
      for (title, hooks, frees) in others {
        let bothTrack = hooks.contains(.entries) && rule.hooks.contains(.entries)
        let isBehind =
          hooks.contains(.entries) && rule.freesTablesByItself
          || rule.hooks.contains(.entries) && frees
        if bothTrack || isBehind { throw .ruleExcludes(rule.name, title) }
      }
    }
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
  /// A rule that builds on a policy that is off.
  case ruleNeeds(Name, PolicyName)
  /// A rule and another one, or a policy, of which one counts the entries of tables, and the other
  /// does so too or takes the tables away.
  case ruleExcludes(Name, String)
  /// Two rules of one name.
  case ruleTwice(Name)
  /// More rules than can be on together.
  case tooManyRules

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
    case .ruleNeeds(let rule, let missing):
      "the rule \(rule) needs \(missing.rawValue); switch that on too"
    case .ruleExcludes(let rule, let other):
      "the rule \(rule) and \(other) both follow the entries of tables, or one takes away the tables "
        + "of the other; choose one of them"
    case .ruleTwice(let name): "there are two rules \(name); rename one of them"
    case .tooManyRules: "at most \(Rule.limit) rules can be on together; leave some out"
    }
  }
}
