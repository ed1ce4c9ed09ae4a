import Engine
import History

// Steps by lines of the trace.

extension Timeline {
  /// Goes to behind the next event that is shown as a line, or to the end of the call.
  mutating func stepLine() {
    guard steps.indices.contains(moment.call) else { return }
    let events = events(ofCall: moment.call, around: moment.event)
    var target = moment.event + 1
    while target <= events.endIndex, events.isQuiet(at: target - 1) { target += 1 }
    // What only completes the line goes with it.
    while target < events.endIndex, events.isQuiet(at: target) { target += 1 }
    go(to: Moment(call: moment.call, event: target))
  }

  /// Goes to behind the event before that is shown as a line; from the first one, to before the call.
  mutating func stepLineBack() {
    let isBetween = moment.event == 0
    guard !isBetween || moment.call > 0 else { return }
    let call = isBetween ? moment.call - 1 : moment.call
    var target = isBetween ? eventCount(ofCall: call) : moment.event
    let events = events(ofCall: call, around: target - 1)
    // Back over what completes the line, over the line, and over what is before it.
    while target > events.startIndex, events.isQuiet(at: target - 1) { target -= 1 }
    target = max(0, target - 1)
    go(to: Moment(call: call, event: target))
  }

  /// The events of the function that is under way at a position of a call, found by going through all
  /// of them.
  ///
  /// - Parameter level: how many functions that tell of themselves enclose the position, it included.
  func bounds(ofFunctionAt count: Int, level: Int, inCall call: Int) -> Range<Int> {
    var copy = self
    let before = copy.machine(after: call)
    var (depth, first, end) = (0, 0, eventCount(ofCall: call))
    var isOver = false
    steps.deed(call).forEachEvent(on: before, progress) { place, event in
      if case .entered = event {
        depth += 1
        if depth == level, place < count { first = place + 1 }
      } else if case .left = event {
        if depth == level, place >= count, !isOver { (end, isOver) = (place + 1, true) }
        depth -= 1
      }
    }
    return first..<max(first, end)
  }
}
