import Engine
import History
import Lanes
import Narration

// Time in sentences: what a way through it came past, and where it ends.

/// How a way through time is told.
enum PlainWay {
  /// Event by event.
  case events
  /// Event by event, those too that only repeat or complete others.
  case everything
  /// Event by event as far as a reader wants to follow, for a call just made.
  case made
  /// The sum of the call.
  case sum
  /// Only where it ends.
  case jump
}

extension Lane {
  /// What a note of the scenario begins with.
  static let notePrefix = "Note: "

  /// How many events of a call just made are told.
  private static let madeMax = 24

  /// What happened from a moment up to this one; what went back says where it came to.
  func plainWay(from start: Moment, _ way: PlainWay) -> [String] {
    let end = timeline.moment
    if end == start { return [] }
    // A call made inside another first completes that one.
    if way == .made, end.event == 0, end.call > start.call + 1, trace.call == end.call - 1 {
      return plainWay(from: Moment(call: end.call - 1), way)
    }
    if end < start, way != .jump { return plainBack }
    let isOneCall =
      trace.call == start.call && (end.call == start.call || end == Moment(call: start.call + 1))
    guard isOneCall, way != .jump else { return plainMoment("Now") + plainAlarms(since: start) }
    var lines: [String] = []
    if start.event == 0 { lines += plainNotes(before: start.call) }
    if way == .sum, end.event == 0 {
      lines.append("Call \(end.call) of \(timeline.steps.count): \(plainSum(ofCall: end.call - 1))")
      return lines + plainAlarms(since: start)
    }
    if start.event == 0 { lines.append("\(plainCall(start.call)).") }
    let last = end.call == start.call ? end.event : trace.events.total
    lines += plainEvents(start.event..<max(start.event, last), way)
    if end.event == 0 {
      lines.append("Call \(end.call) is done: \(plainSum(ofCall: end.call - 1))")
    }
    return lines + plainAlarms(since: start)
  }

  /// The notes that stand before a call.
  private func plainNotes(before call: Int) -> [String] {
    guard timeline.steps.indices.contains(call) else { return [] }
    return timeline.steps[call].notes.map { Self.notePrefix + $0.fullStop }
  }

  /// A call with its number, counted from 1, and how many there are.
  private func plainCall(_ call: Int) -> String {
    "Call \(call + 1) of \(timeline.steps.count): \(timeline.steps.deed(call).title)"
  }

  /// What a whole call came to: the one that the trace tells of, or a sum without its events.
  private func plainSum(ofCall call: Int) -> String {
    let step = timeline.steps[call]
    let sign = plainSign(ofCall: call)
    guard trace.call == call else {
      return "\(sign)\(step.deed.title) returned \(step.returned.name)."
    }
    return sign + CallWords.sentence(step.deed, step.summary, trace)
  }

  /// The events of a stretch of the call.
  private func plainEvents(_ range: Range<Int>, _ way: PlainWay) -> [String] {
    guard trace.events.startIndex <= range.lowerBound, range.upperBound <= trace.events.endIndex
    else { return [tooMany(range)] }
    if way == .everything { return range.map(plainEvent) }
    let lines = trace.lines[
      trace.tree.firstLine(
        notBefore: range.lowerBound)..<trace.tree.firstLine(
          notBefore: range.upperBound)]
    let told = way == .made ? lines.prefix(Self.madeMax) : lines
    var sentences: [String] = []
    for index in told {
      sentences.append(plainEvent(index))
      if let alike = trace.repeats[index] {
        sentences.append("And \(alike) more of the same kind.")
      }
      if let turns = trace.tree.passed[index] {
        sentences.append(
          turns == 1 ? "And once more the same way." : "And \(turns) times more the same way.")
      }
    }
    if told.count < lines.count {
      sentences.append(
        "And \(counted(lines.count - told.count, "event")) more; the word events lists all of them."
      )
    }
    return sentences
  }

  /// What is said in the place of more events than are kept at a time.
  private func tooMany(_ range: Range<Int>) -> String {
    "\(NumberText.grouped(Int64(range.count))) events, too many to print: step into the call, and the "
      + "word events lists those around."
  }

  /// An event of the call that the trace tells of, by the rule behind it.
  private func plainEvent(_ index: Int) -> String {
    let place = trace.place(of: index, on: machine)
    return trace.events[index].rule(at: place).fullStop
  }

  /// All events of the call that the trace tells of, by their numbers.
  var plainTrace: [String] {
    guard let call = trace.call, timeline.steps.indices.contains(call) else {
      return ["No call is made yet, so there are no events."]
    }
    let events = trace.events
    let some =
      events.isWhole ? "" : " These are \(events.startIndex + 1) to \(events.endIndex) of them."
    return ["\(plainCall(call)), with \(counted(events.total, "event")).\(some)"]
      + trace.events.indices.map { "Event \($0 + 1): \(plainEvent($0))" }
  }

  // MARK: - Moments

  /// Where a way back came to.
  private var plainBack: [String] {
    let moment = timeline.moment
    if moment.event > 0 { return plainMoment("Back") }
    guard moment.call < timeline.steps.count else { return plainMoment("Back") }
    return [
      "Back to before call \(moment.call + 1) of \(timeline.steps.count), "
        + "\(timeline.steps.deed(moment.call).title)."
    ]
  }

  /// This moment in a sentence: in which call, after which event, and what happened last.
  func plainMoment(_ word: String) -> [String] {
    let moment = timeline.moment
    let steps = timeline.steps
    if let index = currentEventIndex {
      return [
        "\(word) in call \(moment.call + 1) of \(steps.count), "
          + "\(steps.deed(moment.call).title), after event \(moment.event) of "
          + "\(trace.events.total): \(plainSign(ofCall: moment.call))\(plainEvent(index))"
      ]
    }
    if moment.call > 0 {
      return [
        "\(word) after call \(moment.call) of \(steps.count): \(plainSum(ofCall: moment.call - 1))"
      ]
    }
    guard !steps.isEmpty else { return ["\(word) at the beginning: nothing is called yet."] }
    return [
      "\(word) at the beginning, before call 1 of \(steps.count), \(steps.deed(0).title)."
    ]
  }

  /// What must not be missed: a kernel that stopped, a step that is not as recorded, the end.
  private func plainAlarms(since start: Moment) -> [String] {
    var lines: [String] = []
    let moment = timeline.moment
    if moment.event == 0, let bug = machine.stopped {
      lines.append("The kernel has stopped: \(bug)".fullStop)
    }
    if start.call < moment.call, let differenceText { lines.append(differenceText.fullStop) }
    if moment == timeline.end, start < moment {
      lines += timeline.closingNotes.map { Self.notePrefix + $0.fullStop }
    }
    return lines
  }
}
