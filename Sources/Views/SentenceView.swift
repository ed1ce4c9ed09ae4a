import Engine
import History
import Interface
import Keys
import Lanes
import Narration
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
    guard !others.isEmpty, rest.height > 1 else {
      let sentence = Self.first(of: lane.sentences(keymap), in: rest)
      let rows = canvas.putWrapped(sentence, in: rest, ink: .title)
      drawSource(behind: sentence, rows, on: &canvas, in: rest)
      return
    }
    var own = rest
    own.height = max(1, rest.height - others.count)
    let title = Self.first(of: lane.sentences(keymap).map(lane.titled), in: own)
    let rows = min(TextWrap.lines(title, width: rest.width).count, own.height)
    canvas.putWrapped(title, in: rest.cutTop(rows), ink: .title)
    // The last one has all that is left.
    for other in others.dropLast() where rest.height > 1 {
      let row = rest.cutTop(1)
      canvas.put(Self.first(of: told(other, beside: lane), in: row), in: row, ink: .dim)
    }
    guard let last = others.last, !rest.isEmpty else { return }
    canvas.putWrapped(Self.first(of: told(last, beside: lane), in: rest), in: rest, ink: .dim)
  }

  /// The sentences of another lane, the longest first; without the name of the call where that is the
  /// same.
  private func told(
    _ other: Lane, beside lane: Lane,
  ) -> LazyMapSequence<[CallWords.Length], String> {
    let call = other.titleOfCall == lane.titleOfCall ? other.titleOfCall.map { $0 + " " } : nil
    return other.sentences(keymap).map { sentence in
      guard let call, sentence.hasPrefix(call) else { return other.titled(sentence) }
      return other.titled(String(sentence.dropFirst(call.count)))
    }
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

  /// The first of these that is whole in an area, else the last.
  private static func first(of sentences: some Sequence<String>, in area: Rect) -> String {
    var last = ""
    for sentence in sentences {
      last = sentence
      if TextWrap.lines(sentence, width: area.width).count <= area.height { break }
    }
    return last
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
