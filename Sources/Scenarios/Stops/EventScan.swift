import Engine
import History
import Language

/// Goes through the events of a call, with the machine after each. Those of a long call are worked out
/// for each question: it may have more of them than there is memory for.
struct EventScan {
  private let before: Machine
  private let deed: Deed
  private let progress: WorkProgress?
  /// All its events, where they are few enough to keep.
  private lazy var kept = last < PartLog.usualLength ? deed.events(on: before) : nil
  /// The place of the call's last event.
  private let last: Int

  typealias Hit = (event: Int, StopHit.Finding)

  /// The most hits of one condition in one call: what lies behind them is not looked for.
  static let hitsMax = 1 << 18

  /// - Parameter before: the machine before the call.
  init(_ before: Machine, _ deed: Deed, _ summary: CallSummary, _ progress: WorkProgress? = nil) {
    self.before = before
    self.deed = deed
    self.progress = progress
    last = Int(summary.events) - 1
  }

  private mutating func forEachEvent(_ body: (Int, Event) -> Void) {
    guard let kept else { return deed.forEachEvent(on: before, progress, body) }
    for (index, event) in kept.enumerated() { body(index, event) }
  }

  /// The machine after the call.
  private var after: Machine {
    var machine = before
    deed.redo(on: &machine, progress)
    return machine
  }

  /// Where a condition is met; those about calls as a whole never are.
  mutating func hits(of condition: Stop.Condition, _ summary: CallSummary) -> [Hit] {
    switch condition {
    case .call: []
    case .expression(let expression): hits(of: expression, summary.returned)
    case .nearMerge(let entries, let size, let region): near(entries, size, region)
    case .drift: drifts()
    case .function(let name): entries(of: name)
    case .invariant: broken(summary)
    case .split, .merge, .fallback, .flushFull, .entry, .reading:
      matches(condition)
    }
  }

  private mutating func matches(_ condition: Stop.Condition) -> [Hit] {
    if case .entry(let region) = condition, let hits = writes(to: region.target) { return hits }
    var hits: [Hit] = []
    let before = before
    forEachEvent { index, event in
      if hits.count < Self.hitsMax, condition.matches(event, before) {
        hits.append((index, .event(event)))
      }
    }
    return hits
  }

  /// Where a real kernel was seen writing the entries of a page; `nil` where nobody watched them.
  private mutating func writes(to target: Call.Target) -> [Hit]? {
    let functions = deed.functions
    guard let address = try? before.address(of: target, 1),
      functions.contains(where: { $0.written?.address == address })
    else { return nil }
    var hits: [Hit] = []
    forEachEvent { index, event in
      guard case .seen(.wrote(let place)) = event, functions.indices.contains(Int(place)),
        functions[Int(place)].written?.address == address
      else { return }
      hits.append((index, .wrote(functions[Int(place)])))
    }
    return hits
  }

  /// Where a function was entered: one of the simulation, or one that a real kernel was seen entering.
  private mutating func entries(of name: String) -> [Hit] {
    let functions = deed.functions
    let simulated = KernelFunction(seen: name)
    var hits: [Hit] = []
    forEachEvent { index, event in
      guard hits.count < Self.hitsMax else { return }
      if case .entered(let function, _, _) = event, function == simulated {
        hits.append((index, .event(event)))
      }
      if case .seen(.entered(let place)) = event, functions.indices.contains(Int(place)),
        functions[Int(place)].isNamed(name)
      {
        hits.append((index, .entered(functions[Int(place)])))
      }
    }
    return hits
  }

  /// Where an expression becomes true, if it still is when the call is over; of one about the call, its
  /// end if it is true then.
  mutating func hits(of expression: Expression, _ returned: ReturnCode) -> [Hit] {
    guard !expression.isAboutCall else {
      let machine = after
      let growth = machine.counters.since(before.counters)
      let context = Expression.Context(machine: machine, returned: returned, growth: growth)
      return expression.isTrue(in: context) ? [(last, .expression(expression))] : []
    }
    var last: Int?
    var machine = before
    var wasTrue = expression.isTrue(on: machine)
    if wasTrue { return [] }
    forEachEvent { index, event in
      machine.apply(CollectionOfOne(event))
      guard !event.facts.traits.contains(.onlyTells) else { return }
      let isTrue = expression.isTrue(on: machine)
      if isTrue, !wasTrue { last = index }
      wasTrue = isTrue
    }
    guard wasTrue, let last else { return [] }
    return [(last, .expression(expression))]
  }

  /// Of hits by rising event, those behind which an expression is true.
  mutating func hits(
    among hits: [Hit], onlyIf expression: Expression, _ summary: CallSummary,
  ) -> [Hit] {
    guard !hits.isEmpty else { return [] }
    let before = before
    var machine = before
    var kept: [Hit] = []
    var rest = hits[...]
    forEachEvent { index, event in
      machine.apply(CollectionOfOne(event))
      guard let next = rest.first, next.event == index else { return }
      let growth = machine.counters.since(before.counters)
      let context = Expression.Context(
        machine: machine, returned: summary.returned, growth: growth)
      let isTrue = expression.isTrue(in: context)
      while let hit = rest.first, hit.event == index {
        if isTrue { kept.append(hit) }
        rest = rest.dropFirst()
      }
    }
    return kept
  }

  /// Where slots come nearer to a merge, and so near, if they are when the call is over, or merged.
  mutating func near(_ entries: Int, _ size: LeafSize, _ region: Stop.Region?) -> [Hit] {
    var machine = before
    let allowed = region?.addresses(on: before)
    var known: [VirtualAddress: Int] = [:]
    var hits: [Hit] = []
    forEachEvent { index, event in
      let slot = event.facts.written.map { $0.start.alignedDown(to: size) }
      if let slot, known[slot] == nil { known[slot] = machine.blockers(size, at: slot) }
      machine.apply(CollectionOfOne(event))
      guard let slot, region == nil || allowed.map({ Machine.overlaps($0, slot, size) }) == true
      else { return }
      let now = machine.blockers(size, at: slot)
      // A table that was made just now is not near a merge, it is far from one that never was.
      if let now, let old = known[slot], now < old, now <= entries, hits.count < Self.hitsMax {
        hits.append((index, .near(slot, size, entries: now)))
      }
      known[slot] = now
    }
    return hits.filter { hit in
      guard case .near(let slot, _, _) = hit.1 else { return false }
      return (machine.blockers(size, at: slot) ?? 0) <= entries
    }
  }

  /// Where a policy loses count. A count follows its entry some events later, so that a table is asked
  /// after what the policy wrote, and at the end.
  mutating func drifts() -> [Hit] {
    var machine = before
    guard machine.tracksTables else { return [] }
    // The tables that were touched, in order, with their last write; and those that are known to be
    // wrong, of which only what is new counts.
    var touched: [Place] = []
    var lastWrite: [Place: Int] = [:]
    var known: Set<Place> = []
    var hits: [Hit] = []
    let before = before
    forEachEvent { index, event in
      machine.apply(CollectionOfOne(event))
      for place in event.facts.written.map({ Place.around($0.start) }) ?? [] {
        if lastWrite.updateValue(index, forKey: place) == nil {
          touched.append(place)
          if place.drift(on: before) != nil { known.insert(place) }
        }
      }
      guard case .tableTracked(let address, entries: let size, _) = event,
        let drift = machine.drift(ofEntries: size, at: address)
      else { return }
      let place = Place(slot: drift.slot, size: drift.size)
      if known.insert(place).inserted { hits.append((index, .drift(drift))) }
    }
    for place in touched {
      guard let drift = place.drift(on: machine), known.insert(place).inserted else { continue }
      hits.append((lastWrite[place] ?? last, .drift(drift)))
    }
    return hits
  }

  /// Where the engine went wrong: at the end of the call, after which it is looked at.
  func broken(_ summary: CallSummary) -> [Hit] {
    guard summary.kinds.contains(.broken) else { return [] }
    guard let broken = after.brokenInvariant(summary) else { return [] }
    return [(last, .broken(broken))]
  }

  /// The slot that a table maps.
  private struct Place: Hashable {
    var slot: VirtualAddress
    var size: LeafSize

    /// The slots that an address lies in.
    static func around(_ address: VirtualAddress) -> [Place] {
      [LeafSize.size2M, .size1G].map { Place(slot: address.alignedDown(to: $0), size: $0) }
    }

    func drift(on machine: Machine) -> Drift? {
      size.smaller.flatMap { machine.drift(ofEntries: $0, at: slot) }
    }
  }
}
