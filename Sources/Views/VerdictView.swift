import Interface
import Quiz
import Screen

/// All that is said to an answer, at the bottom of what stands beside the map or below it, where the
/// sentence below the map has no room for it.
struct VerdictView: View {
  let entry: Predictions.Entry
  /// The score so far, in words.
  let score: String?

  /// The rows that all of it needs in a width, with its frame.
  func rows(width: Int) -> Int {
    TextWrap.lines(entry.verdict, width: max(1, width - 4)).count + 2
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let height = min(area.height, rows(width: area.width))
    let box = Rect(x: area.x, y: area.bottom - height, width: area.width, height: height)
    canvas.fill(box)
    let ink: Ink = entry.isRight ? .good : .warning
    let inside = canvas.box(box, title: score ?? "", ink: ink, titleInk: ink)
    canvas.putWrapped(entry.verdict, in: inside.inset(horizontally: 1, vertically: 0))
  }
}
