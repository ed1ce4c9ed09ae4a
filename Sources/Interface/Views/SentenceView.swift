import History
import Scenarios
import Screen

/// What just happened, in plain words; above it the note of the scenario, where there is one.
struct SentenceView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    var rest = area.inset(horizontally: 1, vertically: 0)
    if let note = model.note {
      let rows = min(TextWrap.lines(note, width: rest.width).count, max(1, rest.height - 1))
      canvas.putWrapped(note, in: rest.cutTop(rows), ink: .highlight)
    }
    if let notice = model.notice {
      let ink: Ink = notice.kind == .failed ? .warning : .good
      canvas.putWrapped(notice.text, in: rest, ink: ink)
      return
    }
    canvas.putWrapped(model.sentence, in: rest, ink: .title)
  }
}

extension Model {
  /// The note of the scenario that belongs to this moment.
  var note: String? {
    let call = timeline.moment.call
    let notes = call < timeline.steps.count ? timeline.steps[call].notes : timeline.closingNotes
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  /// What just happened.
  var sentence: String {
    let moment = timeline.moment
    if moment.event > 0, trace.events.indices.contains(moment.event - 1) {
      return trace.events[moment.event - 1].sentence(.long)
    }
    guard moment.call > 0, marks.indices.contains(moment.call - 1) else {
      return timeline.steps.isEmpty
        ? "The kernel has booted; nothing was called since."
        : "The machine before the first call. \(Keymap.standard.key(.nextEvent)) steps into it, "
          + "\(Keymap.standard.key(.nextCall)) makes it whole."
    }
    return CallWords.sentence(timeline.steps[moment.call - 1].call, marks[moment.call - 1], trace)
  }
}
