import Interface
import Language
import Scenarios
import Screen

/// The offer to a learner who comes back.
struct ResumingView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard let lesson = model.lesson, !lesson.isOver else { return }
    let lines = [
      "You stopped at part \(lesson.part + 1) of \(lesson.lesson.parts.count):",
      lesson.lesson.parts[lesson.part].heading,
      "1 starts the lesson over,", "any other key continues",
    ]
    let width = max(46, (lines.map(TextWidth.columns).max() ?? 0) + 4)
    let box = area.centered(Size(width: min(width, area.width), height: lines.count + 2))
    canvas.fill(box)
    let inside = canvas.box(box, title: lesson.name, ink: .borderActive)
    for (row, line) in lines.enumerated() {
      canvas.put(
        line, in: inside, row: row, alignment: .center, ink: row == 1 ? .title : .text)
    }
  }
}
