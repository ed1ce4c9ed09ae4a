import Engine
public import History

// Where a history stops. What the summaries of calls tell is asked of them, without making the calls
// again; for the rest the calls are made, and a call that may be it is looked at event by event.

extension Timeline {
  /// The first place behind the cursor at which one of the stops is hit, or the last one before it;
  /// `nil` if there is none up to the end, or the beginning. The cursor stays.
  public mutating func nextHit(of stops: StopList, forwards: Bool) -> StopHit? {
    let items = stops.enabled
    var finder = StopFinder(items: items, steps: steps)
    // Inside a call, or right behind one, the rest of it counts too.
    if moment.event > 0 || !forwards, moment.call < steps.count {
      let hits = finder.hits(inCall: moment.call, &self)
      if let hit = hits.pick(beyond: moment, forwards: forwards) { return hit }
    }
    let first = moment.call + (moment.event > 0 ? 1 : 0)
    return forwards
      ? finder.firstHit(in: first..<steps.count, &self, beyond: moment)
      : finder.lastHit(in: 0..<moment.call, &self, before: moment)
  }
}

extension [StopHit] {
  /// The first that comes after a moment, or the last that comes before it.
  func pick(beyond moment: Moment, forwards: Bool) -> StopHit? {
    forwards ? first { $0.moment > moment } : last { $0.moment < moment }
  }
}

/// Looks through calls for hits.
struct StopFinder {
  let items: [StopList.Item]
  let steps: Steps
  /// The stops for which machines have to be looked at.
  private let watching: [StopList.Item]
  /// Which of them that are expressions were true after the call before.
  private var wasTrue: [Int: Bool] = [:]

  /// How many calls are gone through at a time on the way back.
  private static let block = 1024
  /// How far apart the machines are from which a call is looked at again.
  private static let anchorDistance = 64

  init(items: [StopList.Item], steps: Steps) {
    self.items = items
    self.steps = steps
    watching = items.filter { !$0.stop.condition.isTold }
  }

  // MARK: - Forwards and backwards

  mutating func firstHit(
    in calls: Range<Int>, _ timeline: inout Timeline, beyond moment: Moment,
  ) -> StopHit? {
    guard watching.isEmpty else {
      return walk(calls, &timeline) { $0.pick(beyond: moment, forwards: true) }
    }
    for call in calls where mayHit(call) {
      let found = hits(inCall: call, &timeline)
      if let hit = found.pick(beyond: moment, forwards: true) { return hit }
    }
    return nil
  }

  mutating func lastHit(
    in calls: Range<Int>, _ timeline: inout Timeline, before moment: Moment,
  ) -> StopHit? {
    guard watching.isEmpty else {
      var end = calls.upperBound
      while end > calls.lowerBound {
        let start = max(calls.lowerBound, (end - 1) / Self.block * Self.block)
        var last: StopHit?
        _ = walk(start..<end, &timeline) { hits -> StopHit? in
          last = hits.pick(beyond: moment, forwards: false) ?? last
          return nil
        }
        if let last { return last }
        end = start
      }
      return nil
    }
    for call in calls.reversed() where mayHit(call) {
      let found = hits(inCall: call, &timeline)
      if let hit = found.pick(beyond: moment, forwards: false) { return hit }
    }
    return nil
  }

  /// Makes the calls of a range again and looks at the machine after each, until one of them is it.
  private mutating func walk(
    _ calls: Range<Int>, _ timeline: inout Timeline, _ choose: ([StopHit]) -> StopHit?,
  ) -> StopHit? {
    var machine = timeline.machine(after: calls.lowerBound)
    var anchor = (call: calls.lowerBound, machine: machine)
    begin(machine, calls.lowerBound)
    for call in calls {
      if call - anchor.call == Self.anchorDistance { anchor = (call, machine) }
      let counters = machine.counters
      _ = try? machine.perform(steps.call(call))
      let summary = steps.summary(call)
      let changed = machine.counters.since(counters)
      guard mayHit(call) || mayBeHit(machine, summary, changed) else { continue }
      var before = anchor.machine
      for earlier in anchor.call..<call { _ = try? before.perform(steps.call(earlier)) }
      if let hit = choose(hits(inCall: call, on: before)) { return hit }
    }
    return nil
  }

  // MARK: - Whole calls

  /// Whether the summary of a call leaves room for a hit of one of the stops that it tells of.
  private func mayHit(_ call: Int) -> Bool {
    let summary = steps.summary(call)
    return items.contains { item in
      switch item.stop.condition {
      case .split(let size, _): !summary.kinds.isDisjoint(with: .split(size))
      case .merge(let size, _): !summary.kinds.isDisjoint(with: .merged(size))
      case .fallback: summary.kinds.contains(.fellBack)
      case .flushFull: summary.kinds.contains(.flushedAll)
      case .call(let name): steps.call(call).isNamed(name)
      case .entry: !summary.kinds.isDisjoint(with: [.wroteDirectMap, .wroteElsewhere])
      case .reading(let reading): reading.counters.contains { summary.moved($0) }
      case .invariant: summary.kinds.contains(.broken)
      case .nearMerge, .expression, .drift: false
      }
    }
  }

  /// Notes what is true before the first call.
  private mutating func begin(_ machine: Machine, _ call: Int) {
    for item in watching {
      guard case .expression(let expression) = item.stop.condition else { continue }
      wasTrue[item.number] = !expression.isAboutCall && expression.isTrue(on: machine)
    }
  }

  /// Whether the machine after a call leaves room for a hit of one of the stops that are watched for.
  private mutating func mayBeHit(
    _ machine: Machine, _ summary: CallSummary, _ growth: Counters,
  ) -> Bool {
    var may = false
    let wrote = !summary.kinds.isDisjoint(with: [.wroteDirectMap, .wroteElsewhere])
    for item in watching {
      switch item.stop.condition {
      case .expression(let expression):
        let context = Expression.Context(
          machine: machine, returned: summary.returned, growth: growth)
        let isTrue = expression.isTrue(in: context)
        if isTrue, expression.isAboutCall || wasTrue[item.number] != true { may = true }
        wasTrue[item.number] = isTrue
      case .nearMerge(let entries, let size, let region):
        if wrote, machine.isNear(entries, size, summary, region) { may = true }
      case .drift:
        if wrote, !machine.drift(in: summary.slots).isEmpty { may = true }
      default: break
      }
    }
    return may
  }

  // MARK: - Inside a call

  /// All hits in a call, by rising moment.
  func hits(inCall call: Int, _ timeline: inout Timeline) -> [StopHit] {
    hits(inCall: call, on: timeline.machine(after: call))
  }

  private func hits(inCall index: Int, on before: Machine) -> [StopHit] {
    let call = steps.call(index)
    let summary = steps.summary(index)
    var machine = before
    var log = EventLog()
    _ = try? machine.perform(call, into: &log)
    var hits: [StopHit] = []
    for item in items {
      let condition = item.stop.condition
      if case .call(let name) = condition, call.isNamed(name) {
        hits.append(
          StopHit(moment: Moment(call: index), number: item.number, finding: .call(call)))
      }
      let found: [(event: Int, StopHit.Finding)]
      switch condition {
      case .call: found = []
      case .expression(let expression):
        found = EventScan(before, log.events).hits(of: expression, summary.returned)
      case .nearMerge(let entries, let size, let region):
        found = EventScan(before, log.events).near(entries, size, region)
      case .drift: found = EventScan(before, log.events).drifts(in: summary.slots)
      case .invariant: found = EventScan(before, log.events).broken(summary)
      default:
        found = log.events.indices.filter { condition.matches(log.events[$0], before) }
          .map { ($0, .event(log.events[$0])) }
      }
      hits += found.map { event, finding in
        let isLast = event >= log.events.count - 1
        let moment = isLast ? Moment(call: index + 1) : Moment(call: index, event: event + 1)
        return StopHit(moment: moment, number: item.number, finding: finding)
      }
    }
    return hits.sorted { ($0.moment, $0.number) < ($1.moment, $1.number) }
  }
}
