/// What a rule says to a slot that is not one leaf.
public struct RuleVerdict: Equatable, Sendable {
  /// The rule.
  public var rule: Name
  /// The event at which it might merge.
  public var event: RuleTrigger
  /// What it would come to.
  public var outcome: Outcome

  /// What a handler comes to for a slot.
  public enum Outcome: Equatable, Sendable {
    /// It merges the slot at the next such event.
    case merges
    /// A condition does not hold: the line as it is written, and its number from 1.
    case fails(text: String, line: Int)
    /// It tries the kernel's own test, which fails.
    case collapseFails(CollapseObstacle)
    /// It comes to no line that merges.
    case passesBy
    /// Its event cannot be tried at a slot.
    case untried
  }
}

/// A rule that is asked about a slot: its handler runs on a copy of the machine, and merges nothing.
struct RuleTrial {
  /// The slot that is asked about.
  let slot: RuleMoment.Slot
  private let handler: RuleHandler
  private var outcome: RuleVerdict.Outcome?
  /// Where the last condition stands that kept the handler from a line that merges.
  private var failedPlace: Int?

  private init(_ slot: RuleMoment.Slot, _ handler: RuleHandler) {
    self.slot = slot
    self.handler = handler
  }

  /// A condition does not hold, so that the lines up to a place are passed over.
  mutating func fails(at place: Int, upTo goal: Int, _ here: RuleMoment.Slot) {
    let passed = handler.code.operations[(place + 1)..<max(place + 1, goal)]
    if passed.contains(where: \.merges), here.contains(slot) { failedPlace = place }
  }

  /// The handler puts a leaf in the place of the table of a slot.
  mutating func merges(_ here: RuleMoment.Slot) {
    if here == slot { outcome = .merges }
  }

  /// The handler tries the kernel's collapse on a slot.
  mutating func collapses(_ here: RuleMoment.Slot, _ machine: Machine) {
    guard here == slot else { return }
    switch machine.collapseTest(of: slot.size, at: slot.start) {
    case .success: outcome = .merges
    case .failure(let obstacle): outcome = .collapseFails(obstacle)
    }
  }

  /// What a handler comes to for a slot, if its event happened there now; `nil` where that cannot be
  /// said.
  static func outcome(
    of handler: RuleHandler, _ rule: Rule, _ place: Int, _ slot: RuleMoment.Slot,
    _ machine: Machine,
  ) -> RuleVerdict.Outcome? {
    guard let moment = moment(of: handler.trigger, at: slot, machine) else { return nil }
    var run = RuleRun(rule, place, moment)
    run.trial = RuleTrial(slot, handler)
    var copy = machine
    var sink = EventListener.silent
    run.run(handler.code, &copy, &sink)
    guard let trial = run.trial else { return nil }
    if let outcome = trial.outcome { return outcome }
    guard let failed = trial.failedPlace else { return .passesBy }
    let line = handler.line(ofTestAt: failed)
    let text = rule.lines.indices.contains(line - 1) ? rule.lines[line - 1] : ""
    return .fails(text: text, line: line)
  }

  /// An event at a slot: an entry that most are equal to is looked at and stays, a request for the slot
  /// is flushed, the slot becomes free.
  private static func moment(
    of trigger: RuleTrigger, at slot: RuleMoment.Slot, _ machine: Machine,
  ) -> RuleMoment? {
    switch trigger {
    case .written, .looked, .falls:
      guard let smaller = slot.size.smaller else { return nil }
      let entries = machine.tables.entries(0..<512, ofSize: smaller, at: slot.start)
      let counts = Dictionary(grouping: entries) { $0.flags(smaller) }.mapValues(\.count)
      let most = counts.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
      guard let most, let index = entries.firstIndex(where: { $0.flags(smaller) == most }) else {
        return nil
      }
      let address = slot.start + PageCount(UInt64(index) * smaller.pages.rawValue)
      return RuleMoment(entry: address, smaller, old: most, new: most, .walk)
    case .flush:
      var moment = RuleMoment(at: slot.start)
      moment.request = CPARequest(slot.start, slot.size.pages, set: [], clear: [])
      return moment
    case .allocated, .released, .freed, .whole:
      guard let pfn = AddressLayout.directMapFrame(of: slot.start) else { return nil }
      return RuleMoment(of: pfn, order: PhysicalMemory.pageblockOrder, machine)
    case .calls:
      return RuleMoment(at: machine.directMapAddress(of: 0))
    case .split, .allocate: return nil
    }
  }
}
