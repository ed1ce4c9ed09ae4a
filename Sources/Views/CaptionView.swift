import Interface
import Screen

/// Words beside the map: on what to watch, and what to do.
struct CaptionView: View {
  let text: CaptionText

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard area.height >= 3 else { return }
    canvas.fill(area.inset(by: 1))
    let inside = canvas.box(area, title: text.title, ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    var rest = inside
    if !text.keys.isEmpty {
      canvas.put(
        text.keys.flatMap { [($0.name, .key), (" " + $0.help + "  ", .dim)] }, in: rest.cutBottom(1)
      )
    }
    if !text.state.isEmpty {
      let rows = min(rest.height, TextWrap.lines(text.state, width: rest.width).count)
      canvas.putWrapped(text.state, in: rest.cutBottom(rows), ink: .warning)
    }
    drawTask(text, on: &canvas, in: &rest)
    draw(text, on: &canvas, in: rest)
  }

  /// The task stands at the bottom, where it stays while the words above it change.
  private func drawTask(_ text: CaptionText, on canvas: inout Canvas, in rest: inout Rect) {
    guard let task = text.task else { return }
    let sign = String(Character(canvas.glyphs[task.isDone ? .tick : .right]))
    let rows = TextWrap.lines(task.text, width: rest.width - 2).count
    let place = rest.cutBottom(min(rest.height, rows))
    let ink: Ink = task.isDone ? .good : .highlight
    canvas.put(sign, x: place.x, y: place.y, ink: ink)
    canvas.putWrapped(
      task.text,
      in: Rect(x: place.x + 2, y: place.y, width: place.width - 2, height: place.height), ink: ink)
    _ = rest.cutBottom(min(1, rest.height))
  }

  /// The heading and the paragraphs, with a row between them where there is room.
  private func draw(_ text: CaptionText, on canvas: inout Canvas, in area: Rect) {
    var pieces = text.paragraphs.map { ($0, Ink.text) }
    if !text.heading.isEmpty { pieces.insert((text.heading, .title), at: 0) }
    let rows = pieces.reduce(0) { $0 + TextWrap.lines($1.0, width: area.width).count }
    let gap = rows + pieces.count - 1 <= area.height ? 1 : 0
    var row = 0
    for (piece, ink) in pieces where row < area.height {
      row += canvas.putWrapped(piece, in: area, row: row, ink: ink) + gap
    }
  }
}
