/// What a rule keeps with the machine and with pages. What it keeps with tables is in their
/// `TableTrack`.
struct RuleState: Equatable, Sendable {
  /// The numbers kept with the machine, by their place among the rule's numbers; missing ones are 0.
  private(set) var numbers: [Int64] = []
  /// Those kept with pages, by the same place.
  private(set) var pages: [RunMap<Int64>] = []
  /// How many calls were made.
  private(set) var calls: Int64 = 0

  func number(_ place: Int) -> Int64 { place < numbers.count ? numbers[place] : 0 }

  func number(_ place: Int, of pfn: PFN) -> Int64 {
    place < pages.count ? pages[place][pfn.rawValue] : 0
  }

  mutating func set(_ place: Int, _ number: Int64) {
    while numbers.count <= place { numbers.append(0) }
    numbers[place] = number
  }

  mutating func set(_ place: Int, of pfn: PFN, _ number: Int64) {
    while pages.count <= place { pages.append(RunMap(repeating: 0)) }
    pages[place].set(pfn.rawValue..<pfn.rawValue + 1, to: number)
  }

  mutating func countCall() { calls += 1 }

  func add(to sum: inout Checksum) {
    sum.add(numbers) { number, sum in sum.add(UInt64(bitPattern: number)) }
    sum.add(pages) { map, sum in map.add(to: &sum) { UInt64(bitPattern: $0) } }
    sum.add(UInt64(bitPattern: calls))
  }
}

/// What all rules keep, by their place among the rules that are on.
struct RuleStates: Equatable, Sendable {
  private var states: [RuleState]

  init(_ states: [RuleState] = []) { self.states = states }

  subscript(rule: Int) -> RuleState { rule < states.count ? states[rule] : RuleState() }

  mutating func apply(_ change: RuleChange) {
    let rule = Int(change.rule)
    while states.count <= rule { states.append(RuleState()) }
    switch change {
    case .number(_, let place, let number): states[rule].set(Int(place), number)
    case .page(_, let place, let pfn, let number): states[rule].set(Int(place), of: pfn, number)
    case .called: states[rule].countCall()
    }
  }

  func add(to sum: inout Checksum) {
    sum.add(states) { state, sum in state.add(to: &sum) }
  }
}

/// A change of what a rule keeps. The first number is the rule's place among those that are on, the
/// second that of the number among the rule's.
public enum RuleChange: Equatable, Sendable {
  /// A number of the machine changed.
  case number(UInt8, UInt8, Int64)
  /// A number of a page changed.
  case page(UInt8, UInt8, PFN, Int64)
  /// A call was made.
  case called(UInt8)

  /// The place of the rule.
  var rule: UInt8 {
    switch self {
    case .number(let rule, _, _), .page(let rule, _, _, _), .called(let rule): rule
    }
  }
}

/// A line of a rule that ran.
public struct RuleLine: Equatable, Sendable {
  /// The rule's place among those that are on.
  public var rule: UInt8
  /// The line, from 1; 0 tells that the handler was ended at its limit of steps.
  public var line: UInt16
  /// The number that the line sets or uses, if there is one.
  public var number: Int64?

  /// Creates a line.
  public init(rule: UInt8, line: UInt16, number: Int64? = nil) {
    self.rule = rule
    self.line = line
    self.number = number
  }
}
