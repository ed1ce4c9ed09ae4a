import Quiz
import Screen

/// All that is said to an answer, at the bottom of what stands beside the map, where the sentence below
/// the map has no room for it.
struct VerdictView: View {
  let model: Model
  let entry: Predictions.Entry

  /// Draws it unless the notice has room for it all.
  func draw(on canvas: inout Canvas, in area: Rect, unlessIn sentence: Rect) {
    let lines = TextWrap.lines(model.notice?.text ?? "", width: sentence.width - 2)
    if model.note == nil, lines.count <= sentence.height { return }
    draw(on: &canvas, in: area)
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let lines = TextWrap.lines(entry.verdict, width: max(1, area.width - 4))
    let height = min(area.height, lines.count + 2)
    let box = Rect(x: area.x, y: area.bottom - height, width: area.width, height: height)
    canvas.fill(box)
    let ink: Ink = entry.isRight ? .good : .warning
    let title = model.predictions.score ?? ""
    let inside = canvas.box(box, title: title, ink: ink, titleInk: ink)
    canvas.putWrapped(entry.verdict, in: inside.inset(horizontally: 1, vertically: 0))
  }
}
