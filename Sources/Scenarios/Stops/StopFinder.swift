import Engine
public import History
import Language

// Where a history stops. What the summaries of calls tell is asked of them, without making the calls
// again; for the rest the calls are made, and a call that may be it is looked at event by event.

extension Timeline {
  /// The first place behind the cursor at which one of the stops is hit, or the last one before it;
  /// `nil` if there is none up to the end, or the beginning. The cursor stays.
  public mutating func nextHit(of stops: StopList, forwards: Bool) -> StopHit? {
    let items = stops.enabled
    let finder = StopFinder(items: items, steps: steps)
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

extension Timeline {
  /// The hits behind a moment, up to another one that lies no further than the end of its call.
  public mutating func hits(
    of stops: StopList, after start: Moment, through end: Moment,
  ) -> [StopHit] {
    let finder = StopFinder(items: stops.enabled, steps: steps)
    // A stop before the next call is hit when the one before it is over.
    return (start.call...max(start.call, end.call)).flatMap { call in
      call < steps.count ? finder.hits(inCall: call, &self) : []
    }.filter { $0.moment > start && $0.moment <= end }
  }
}

extension [StopHit] {
  /// The first that comes after a moment, or the last that comes before it.
  func pick(beyond moment: Moment, forwards: Bool) -> StopHit? {
    forwards ? first { $0.moment > moment } : last { $0.moment < moment }
  }
}

/// Looks through the calls of a history for hits.
struct StopFinder {
  let items: [StopList.Item]
  let steps: Steps
  /// The stops for which machines have to be looked at.
  private let watching: [StopList.Item]

  /// How many calls are gone through at a time on the way back.
  private static let block = 1024

  init(items: [StopList.Item], steps: Steps) {
    self.items = items
    self.steps = steps
    watching = items.filter { !$0.stop.condition.isTold }
  }

  // MARK: - Forwards and backwards

  func firstHit(
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

  func lastHit(
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
  private func walk(
    _ calls: Range<Int>, _ timeline: inout Timeline, _ choose: ([StopHit]) -> StopHit?,
  ) -> StopHit? {
    var machine = timeline.machine(after: calls.lowerBound)
    var walk = StopWalk(items, from: machine)
    for index in calls {
      if timeline.isStopped { return nil }
      timeline.progress?.report(
        UInt64(index - calls.lowerBound), of: UInt64(calls.count))
      let deed = steps.deed(index)
      deed.redo(on: &machine)
      let hits = walk.hits(of: deed, numbered: index, steps.summary(index), reaching: machine)
      if let hit = choose(hits) { return hit }
    }
    return nil
  }

  /// All hits in a call, by rising moment.
  func hits(inCall call: Int, _ timeline: inout Timeline) -> [StopHit] {
    items.hits(
      of: steps.deed(call), numbered: call, steps.summary(call),
      on: timeline.machine(after: call), timeline.progress)
  }

  private func mayHit(_ index: Int) -> Bool {
    let (deed, summary) = (steps.deed(index), steps.summary(index))
    return items.contains { $0.mayBeHit(by: deed, summary) }
  }
}
