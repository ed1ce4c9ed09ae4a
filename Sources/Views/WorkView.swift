import Interface
public import Screen

/// Work that is under way, in one row: what it is may be cut, how far it is and what stops it is not.
struct WorkView: View {
  let line: WorkLine

  func draw(on canvas: inout Canvas, in area: Rect) {
    canvas.fill(area)
    var rest = area.inset(horizontally: 1, vertically: 0)
    let ink: Ink = line.hasRefused ? .warning : .highlight
    let figures = ": \(line.figures)  "
    let hint = " stops it"
    let tail = [figures, line.key, hint].map(TextWidth.columns).reduce(0, +)
    let words = (line.hasRefused ? "busy with " : "") + line.words
    let width = min(TextWidth.columns(words), max(0, rest.width - tail))
    canvas.put(words, in: rest.cutLeft(width), ink: ink)
    canvas.put([(figures, ink), (line.key, .key), (hint, .dim)], in: rest)
  }
}

/// Draws the whole screen with the work that is under way for it, which stands in the last row; above a
/// line that is being typed.
public func screen(_ model: Model, size: Size, glyphs: Glyphs, work: WorkLine?) -> Canvas {
  var canvas = screen(model, size: size, glyphs: glyphs)
  guard let work else { return canvas }
  let y = canvas.bounds.height - (model.isTyping ? 2 : 1)
  guard y >= 0 else { return canvas }
  WorkView(line: work).draw(
    on: &canvas, in: Rect(x: 0, y: y, width: canvas.bounds.width, height: 1))
  return canvas
}

/// Draws what is shown while a file is opened for the first time, and nothing else is there to show.
public func openingScreen(_ work: WorkLine, size: Size, glyphs: Glyphs) -> Canvas {
  var canvas = Canvas(size, glyphs: glyphs)
  guard size.height > 0 else { return canvas }
  canvas.put(
    work.words, in: canvas.bounds.inset(horizontally: 1, vertically: 0), row: size.height / 2,
    alignment: .center)
  WorkView(line: work).draw(
    on: &canvas, in: Rect(x: 0, y: size.height - 1, width: size.width, height: 1))
  return canvas
}
