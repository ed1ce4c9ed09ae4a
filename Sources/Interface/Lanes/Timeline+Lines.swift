import Engine
import History

// Steps by lines of the trace.

extension Timeline {
  /// Goes to behind the next event that is shown as a line, or to the end of the call.
  mutating func stepLine() {
    guard steps.indices.contains(moment.call) else { return }
    let events = events(ofCall: moment.call)
    var target = moment.event + 1
    while target <= events.count, events.isQuiet(at: target - 1) { target += 1 }
    // What only completes the line goes with it.
    while target < events.count, events.isQuiet(at: target) { target += 1 }
    go(to: Moment(call: moment.call, event: target))
  }

  /// Goes to behind the event before that is shown as a line; from the first one, to before the call.
  mutating func stepLineBack() {
    let isBetween = moment.event == 0
    guard !isBetween || moment.call > 0 else { return }
    let call = isBetween ? moment.call - 1 : moment.call
    let events = events(ofCall: call)
    var target = isBetween ? events.count : moment.event
    // Back over what completes the line, over the line, and over what is before it.
    while target > 0, events.isQuiet(at: target - 1) { target -= 1 }
    target = max(0, target - 1)
    go(to: Moment(call: call, event: target))
  }
}
