import Engine
import History
import Keys
import Narration

// What a lane has to say of the moment at which it stands.

extension Lane {
  /// The note of the scenario that belongs to this moment.
  package var note: String? {
    let call = timeline.moment.call
    let notes = call < timeline.steps.count ? timeline.steps[call].notes : timeline.closingNotes
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  /// The event inside a call that happened last, as far as it is shown as a line.
  var currentEvent: Event? { currentEventIndex.map { trace.events[$0] } }

  /// Its place among the events of the call.
  package var currentEventIndex: Int? {
    guard timeline.moment.event > 0, !trace.events.isEmpty else { return nil }
    let line = trace.line(after: timeline.moment.event)
    return line >= 0 ? trace.lines[line] : trace.events.startIndex
  }

  /// Where the rule that was applied last stands in the source; `nil` between calls.
  package var ruleSource: String? {
    guard let index = currentEventIndex else { return nil }
    let place = trace.place(of: index, on: machine)
    return trace.events[index].source(at: place)
  }

  /// What just happened; keys are told by their names.
  ///
  /// - Parameter length: how much is said of it, as there is room.
  package func sentence(_ keymap: Keymap, _ length: CallWords.Length = .whole) -> String {
    let moment = timeline.moment
    if let index = currentEventIndex {
      let place = trace.place(of: index, on: machine)
      let event = trace.events[index]
      return length == .whole ? event.rule(at: place) : event.sentence(.short)
    }
    guard moment.call > 0 else {
      if let map = source.map { return map.sentence(keymap) }
      return timeline.steps.isEmpty
        ? "The kernel has booted; no calls yet." + doubleCount
        : "Before the first call: \(keymap.key(.nextEvent)) steps into it, "
          + "\(keymap.key(.nextCall)) makes it at once."
    }
    let step = timeline.steps[moment.call - 1]
    return CallWords.sentence(step.deed, step.summary, trace, length)
  }

  /// The same from the longest to the shortest, each made when it is asked for.
  package func sentences(_ keymap: Keymap) -> LazyMapSequence<[CallWords.Length], String> {
    CallWords.Length.allCases.lazy.map { sentence(keymap, $0) }
  }

  /// The title of the call that the sentence is about; `nil` where it is about a part of a call, or none.
  package var titleOfCall: String? {
    let moment = timeline.moment
    guard moment.event == 0, moment.call > 0 else { return nil }
    return timeline.steps.deed(moment.call - 1).title
  }

  /// How the call is known that the sentence is about: the one made last, or the one under way; `nil` where
  /// nothing was made, or what is shown was seen on a real kernel.
  var knowledge: Knowledge? {
    let moment = timeline.moment
    return knowledge(ofCall: moment.event > 0 ? moment.call : moment.call - 1)
  }

  /// How a call is known, counted from 0; `nil` where there is none, or it was seen on a real kernel.
  private func knowledge(ofCall index: Int) -> Knowledge? {
    guard case .calls = source, timeline.steps.indices.contains(index),
      let call = timeline.steps.call(index)
    else { return nil }
    return machine.knowledge(of: call)
  }

  /// What stands in plain text before a sentence on a call: the sign, if it is not recorded.
  package func plainSign(ofCall index: Int) -> String {
    knowledge(ofCall: index).map { $0.isSure ? "" : Knowledge.sign + " " } ?? ""
  }

  /// Whether what is shown of that call equals no recording and no published figure.
  package var isUnrecorded: Bool { knowledge.map { !$0.isSure } ?? false }

  /// Why the kernel's own counters add up to more than the machine has; empty where they do not.
  private var doubleCount: String {
    let counted = MapPicture.sizes.reduce(0) { $0 + max(0, machine.directMapKilobytes($1)) }
    let mapped = Int64(clamping: machine.memory.pages.rawValue) * 4
    let excess = (counted - mapped) >> 20
    guard machine.architecture != .arm64, excess > 0 else { return "" }
    return
      " DirectMap1G is \(excess) GiB too high, as on real machines: boot counts a 1G leaf again "
      + "whenever it maps part of it again."
  }

  /// How the simulation differs from the step that was observed last; `nil` if it does not.
  package var differenceText: String? {
    let call = timeline.moment.call
    guard call > 0, let difference = timeline.steps.deed(call - 1).difference else { return nil }
    return "This is what \(source.kernelName ?? "the kernel") did. The simulation of "
      + "step \(call) differs: \(difference)"
  }
}
