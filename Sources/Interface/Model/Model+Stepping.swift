import Engine
import History
import Keys
import Lanes

// Steps over, into and out of the functions of a call.

extension Model {
  /// Goes to the next line.
  public mutating func stepInto(_ repeats: Int = 1) { take(.into, repeats) }
  /// Goes past the function just entered; between calls, past the next call.
  public mutating func stepOver(_ repeats: Int = 1) { take(.over, repeats) }
  /// Goes to the end of the function under way.
  public mutating func stepOut(_ repeats: Int = 1) { take(.out, repeats) }
  /// Goes to the line before.
  public mutating func stepIntoBack(_ repeats: Int = 1) { take(.intoBack, repeats) }
  /// Goes back past the function that ended last; between calls, past the last call.
  public mutating func stepOverBack(_ repeats: Int = 1) { take(.overBack, repeats) }
  /// Goes back to the beginning of the function under way.
  public mutating func stepOutBack(_ repeats: Int = 1) { take(.outBack, repeats) }

  /// Takes the steps that a key asks for.
  mutating func stepByFunctions(_ action: Action) {
    let repeats = Int(clamping: min(count ?? 1, 1_000_000))
    count = nil
    switch action {
    case .stepOver: stepOver(repeats)
    case .stepOverBack: stepOverBack(repeats)
    case .stepOut: stepOut(repeats)
    case .stepOutBack: stepOutBack(repeats)
    default: break
    }
  }

  /// Goes one level deeper into what repeats, or one back up.
  mutating func changeDepth(deeper: Bool) {
    guard let depth = deeper ? lane.traceDepth.deeper : lane.traceDepth.higher else {
      return say(
        deeper ? "the trace goes no deeper: every event is a step" : "the trace is folded already",
        .failed)
    }
    options.traceDepth = depth
    lane.show(depth)
    say("the trace: \(depth.words)")
  }

  /// Goes this many steps of a kind, or as many as there are.
  ///
  /// - Parameter limit: what is said where there is none.
  public mutating func take(
    _ step: CallTree.Step, _ repeats: Int = 1, orElse limit: String? = nil,
  ) {
    var target = timeline.moment
    var opened = trace
    for _ in 0..<repeats {
      let next = moment(after: step, from: target, &opened)
      if next == target { break }
      target = next
    }
    let shown = target.event > 0 ? target.call : target.call - 1
    if opened.call == shown { lane.trace = opened }
    go(to: target, orElse: limit ?? (step.isBack ? "This is the beginning." : "This is the end."))
  }

  /// Where a step leads from a moment; the moment itself at either end.
  mutating func moment(
    after step: CallTree.Step, from moment: Moment, _ opened: inout CallTrace,
  ) -> Moment {
    let isBetween = moment.event == 0
    let call = step.isBack && isBetween ? moment.call - 1 : moment.call
    guard timeline.steps.indices.contains(call) else { return moment }
    if isBetween, step != .into, step != .intoBack {
      return Moment(call: step.isBack ? call : call + 1)
    }
    let total = timeline.eventCount(ofCall: call)
    let count = step.isBack && isBetween ? total : moment.event
    // Where all events of a part are done, the next part tells how it goes on.
    let place = step.isBack ? count - 1 : count
    if !opened.tells(ofCall: call, around: place) {
      opened = CallTrace(ofCall: call, around: place, in: &timeline, lane.traceDepth)
    }
    var target = opened.tree.target(of: step, from: count)
    if !opened.events.isWhole {
      target = self.target(of: step, from: count, in: opened, target)
    }
    return target >= total && !step.isBack
      ? Moment(call: call + 1) : Moment(call: call, event: target)
  }

  /// Where a step leads that the part of a call which is opened does not hold.
  ///
  /// - Parameter near: where it leads as far as the part tells.
  private func target(
    of step: CallTree.Step, from count: Int, in opened: CallTrace, _ near: Int,
  ) -> Int {
    guard let call = opened.call else { return near }
    let events = opened.events
    switch step {
    case .into: return near
    case .intoBack, .overBack: return max(near, events.startIndex)
    case .over, .out:
      guard near >= events.endIndex, events.endIndex < events.total,
        let level = opened.tree.level(at: count, beginning: step == .over)
      else { return near }
      return timeline.bounds(ofFunctionAt: count, level: level, inCall: call).upperBound
    case .outBack:
      guard near < events.startIndex || near == 0,
        let level = opened.tree.level(at: count, beginning: false)
      else { return max(near, events.startIndex) }
      return timeline.bounds(ofFunctionAt: count, level: level, inCall: call).lowerBound
    }
  }
}
