import Engine
import History
import Scenarios
import Screen

/// What just happened, in plain words; above it the note of the scenario, where there is one.
struct SentenceView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    var rest = area.inset(horizontally: 1, vertically: 0)
    for variant in [model, model.rival] {
      guard let variant, let bug = variant.machine.stopped, !rest.isEmpty else { continue }
      drawStop(variant.titled("KERNEL STOPPED"), bug, on: &canvas, in: &rest)
    }
    if let note = model.note, rest.height > 1 {
      let rows = min(TextWrap.lines(note, width: rest.width).count, max(1, rest.height - 1))
      canvas.putWrapped(note, in: rest.cutTop(rows), ink: .highlight)
    }
    if let difference = model.recording?.differenceText(
      at: model.timeline.moment.call, in: model.timeline)
    {
      canvas.put(difference, in: rest.cutTop(1), ink: .error)
    }
    if let notice = model.notice {
      let ink: Ink = notice.kind == .failed ? .warning : .good
      canvas.putWrapped(notice.text, in: rest, ink: ink)
      return
    }
    guard let rival = model.rival, rest.height > 1 else {
      let rows = canvas.putWrapped(model.sentence, in: rest, ink: .title)
      drawSource(behind: model.sentence, rows, on: &canvas, in: rest)
      return
    }
    let own = rest.cutTop(1)
    canvas.put(model.titled(model.sentence), in: own, ink: .title)
    canvas.putWrapped(rival.titled(rival.sentence), in: rest, ink: .dim)
  }

  /// Where the rule stands in the source, at the end of the sentence or below it, where there is room.
  private func drawSource(
    behind sentence: String, _ rows: Int, on canvas: inout Canvas, in area: Rect,
  ) {
    let lines = TextWrap.lines(sentence, width: area.width)
    guard rows == lines.count, let source = model.source, let last = lines.last else { return }
    let end = TextWidth.columns(last) + 2
    if end + TextWidth.columns(source) <= area.width {
      canvas.put(
        [(source, .dim)],
        in: Rect(
          x: area.x + end, y: area.y + rows - 1, width: area.width - end, height: 1))
    } else if rows < area.height {
      canvas.put(source, in: area, row: rows, ink: .dim)
    }
  }

  /// A kernel that has stopped is the loudest thing on the screen, whatever the colours; a row stays
  /// for what a key had to say to it.
  private func drawStop(
    _ title: String, _ bug: KernelBug, on canvas: inout Canvas, in rest: inout Rect,
  ) {
    let text = "\(title), \(model.keymap.key(.undo)) goes back. \(bug)"
    let needed = TextWrap.lines(text, width: rest.width).count
    let most = model.notice == nil ? max(1, rest.height) : max(1, rest.height - 1)
    let area = rest.cutTop(min(needed, most))
    canvas.fill(area, with: Cell(" ", ink: .rwX))
    canvas.putWrapped(text, in: area, ink: .rwX)
  }
}

extension Model {
  /// The note of the scenario that belongs to this moment.
  var note: String? {
    let call = timeline.moment.call
    let notes = call < timeline.steps.count ? timeline.steps[call].notes : timeline.closingNotes
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  /// The event inside a call that happened last, as far as it is shown as a line.
  var currentEvent: Event? { currentEventIndex.map { trace.events[$0] } }

  /// Its place among the events of the call.
  var currentEventIndex: Int? {
    guard timeline.moment.event > 0, !trace.events.isEmpty else { return nil }
    let line = trace.line(after: timeline.moment.event)
    return line >= 0 ? trace.lines[line] : 0
  }

  /// Where the rule that was applied last stands in the source; `nil` between calls.
  var source: String? {
    guard let index = currentEventIndex else { return nil }
    let place = trace.tree.place(of: index, trace.events, machine.kernel)
    return trace.events[index].source(at: place)
  }

  /// What just happened.
  var sentence: String {
    let moment = timeline.moment
    if let index = currentEventIndex {
      let place = trace.tree.place(of: index, trace.events, machine.kernel)
      return trace.events[index].rule(at: place)
    }
    guard moment.call > 0 else {
      return timeline.steps.isEmpty
        ? "The kernel has booted; nothing was called since."
        : "The machine before the first call. \(keymap.key(.nextEvent)) steps into it, "
          + "\(keymap.key(.nextCall)) makes it whole."
    }
    let step = timeline.steps[moment.call - 1]
    return CallWords.sentence(step.call, step.summary, trace)
  }
}
