import Engine
import History
import Scenarios
import Screen

/// What just happened, in plain words; above it the note of the scenario, where there is one.
struct SentenceView: View {
  let lanes: Lanes
  /// What is to be said in the place of what happened.
  let notice: Notice?
  let keymap: Keymap

  func draw(on canvas: inout Canvas, in area: Rect) {
    let lane = lanes.inCharge
    let others = lanes.others.map { lanes.list[$0] }
    var rest = area.inset(horizontally: 1, vertically: 0)
    for lane in [lane] + others {
      guard let bug = lane.machine.stopped, !rest.isEmpty else { continue }
      drawStop(lane.titled("KERNEL STOPPED"), bug, on: &canvas, in: &rest)
    }
    if let note = lane.note, rest.height > 1 {
      let rows = min(TextWrap.lines(note, width: rest.width).count, room(forNoteIn: rest))
      if rows > 0 { canvas.putWrapped(note, in: rest.cutTop(rows), ink: .highlight) }
    }
    if let difference = lane.differenceText {
      canvas.put(difference, in: rest.cutTop(1), ink: .error)
    }
    if let notice {
      let ink: Ink = notice.kind == .failed ? .warning : .good
      canvas.putWrapped(notice.text, in: rest, ink: ink)
      return
    }
    guard !rest.isEmpty else { return }
    if lane.isUnrecorded {
      canvas.put([(Knowledge.sign, .dim)], in: Rect(x: area.x, y: rest.y, width: 1, height: 1))
    }
    let sentence = sentence(of: lane, in: rest)
    guard !others.isEmpty, rest.height > 1 else {
      let rows = canvas.putWrapped(sentence, in: rest, ink: .title)
      drawSource(behind: sentence, rows, on: &canvas, in: rest)
      return
    }
    let title = lane.titled(lane.sentence(keymap))
    let rows = min(
      TextWrap.lines(title, width: rest.width).count, max(1, rest.height - others.count))
    canvas.putWrapped(title, in: rest.cutTop(rows), ink: .title)
    // The last one has all that is left.
    for other in others.dropLast() where rest.height > 1 {
      canvas.put(told(other, beside: lane), in: rest.cutTop(1), ink: .dim)
    }
    guard let last = others.last, !rest.isEmpty else { return }
    canvas.putWrapped(told(last, beside: lane), in: rest, ink: .dim)
  }

  /// The sentence of another lane; without the name of the call where that is the same.
  private func told(_ other: Lane, beside lane: Lane) -> String {
    let sentence = other.sentence(keymap)
    guard let call = other.titleOfCall, call == lane.titleOfCall, sentence.hasPrefix(call + " ")
    else { return other.titled(sentence) }
    return other.titled(String(sentence.dropFirst(call.count + 1)))
  }

  /// How many rows a note may take: all between calls, where it tells what comes; inside a call as many
  /// as the rule that was just applied leaves.
  private func room(forNoteIn area: Rect) -> Int {
    let isInside = lanes.inCharge.timeline.moment.event > 0
    guard notice == nil, lanes.others.isEmpty else { return max(1, area.height - 1) }
    guard isInside else { return area.height }
    let sentence = lanes.inCharge.sentence(keymap)
    return area.height - TextWrap.lines(sentence, width: area.width).count
  }

  /// What just happened, in fewer words where all would not fit.
  private func sentence(of lane: Lane, in area: Rect) -> String {
    let sentence = lane.sentence(keymap)
    return TextWrap.lines(sentence, width: area.width).count <= area.height
      ? sentence : lane.sentence(keymap, isBrief: true)
  }

  /// Where the rule stands in the source, at the end of the sentence or below it, where there is room.
  private func drawSource(
    behind sentence: String, _ rows: Int, on canvas: inout Canvas, in area: Rect,
  ) {
    let lines = TextWrap.lines(sentence, width: area.width)
    guard rows == lines.count, let source = lanes.inCharge.ruleSource, let last = lines.last else {
      return
    }
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
    let text = "\(title), \(keymap.key(.undo)) goes back. \(bug)"
    let needed = TextWrap.lines(text, width: rest.width).count
    let most = notice == nil ? max(1, rest.height) : max(1, rest.height - 1)
    let area = rest.cutTop(min(needed, most))
    canvas.fill(area, with: Cell(" ", ink: .rwX))
    canvas.putWrapped(text, in: area, ink: .rwX)
  }
}
