import Screen

/// Turns canvases into escape sequences, as differences between one and the next.
///
/// Uses only what every current terminal supports: `CUP`, `SGR`, `EL`, `ED` and showing or hiding the
/// cursor. Each picture leaves the attributes as they were at the start, so that it does not depend
/// on the one before. The text of a canvas has no control characters, so every escape is one of these.
struct ANSIEncoder {
  private let depth: ColorDepth
  private var styles: StyleTable
  private var shown: Canvas?
  private var shownTheme: Theme?
  private var cursor: Point?

  init(_ depth: ColorDepth) {
    self.depth = depth
    styles = StyleTable(.dark, depth)
  }

  /// The bytes that turn the previous picture into this one; empty if they are equal.
  mutating func show(_ canvas: Canvas, theme: Theme) -> String {
    var output = ""
    var before = shown
    if theme != styles.theme { styles = StyleTable(theme, depth) }
    if before == nil || before?.size != canvas.size || shownTheme != theme {
      output += "\u{1b}[0m\u{1b}[?25l\u{1b}[H\u{1b}[2J"
      cursor = nil
      // A cleared terminal is a blank canvas, unless ordinary ink or paper differ from the
      // terminal's own.
      before =
        styles[.text, []].isPlain ? Canvas(canvas.size, glyphs: canvas.glyphs) : nil
    }
    for y in 0..<canvas.size.height {
      if let before, canvas.rowEquals(before, y) { continue }
      put(canvas, before, y, into: &output)
    }
    put(canvas.cursor, hasMoved: !output.isEmpty, into: &output)
    shown = canvas
    shownTheme = theme
    return output
  }

  /// The bytes that return the terminal: the cursor is visible, in the last row.
  func leaving() -> String {
    guard let shown else { return "" }
    return "\u{1b}[0m\u{1b}[\(shown.size.height);1H\u{1b}[?25h"
  }

  private mutating func put(_ next: Point?, hasMoved: Bool, into output: inout String) {
    if next == cursor, !hasMoved { return }
    if let next {
      output += "\u{1b}[\(next.y + 1);\(next.x + 1)H"
      if cursor == nil { output += "\u{1b}[?25h" }
    } else if cursor != nil {
      output += "\u{1b}[?25l"
    }
    cursor = next
  }

  /// The largest number of equal cells that are rewritten instead of skipped.
  private static let jumpMin = 6

  /// Writes what differs in a row.
  private func put(_ canvas: Canvas, _ before: Canvas?, _ y: Int, into output: inout String) {
    let width = canvas.size.width
    let cells = canvas.cells
    let row = y * width
    var style = ResolvedStyle(foreground: nil, background: nil, attributes: [])
    // The end of the row that a terminal can clear.
    var end = width
    while end > 0, isEmpty(cells[row + end - 1]) { end -= 1 }
    if width - end < 4 { end = width }
    var next: Int?
    var x = 0
    while x < width {
      if let before, areAlike(before.cells[row + x], cells[row + x]) {
        x += 1
        continue
      }
      // Start at the left half of a wide character.
      var start = x
      while start > 0, cells[row + start].isRightHalf { start -= 1 }
      if let next, start - next <= Self.jumpMin, start < end {
        for gap in next..<start { put(cells[row + gap], &style, into: &output) }
      } else {
        if next != nil { style.change(to: .plain, into: &output) }
        output += "\u{1b}[\(y + 1);\(start + 1)H"
      }
      if start >= end {
        style.change(to: .plain, into: &output)
        output += "\u{1b}[K"
        return
      }
      put(cells[row + start], &style, into: &output)
      x = start + max(1, Int(cells[row + start].columns))
      next = x
    }
    style.change(to: .plain, into: &output)
  }

  private func put(_ cell: Cell, _ style: inout ResolvedStyle, into output: inout String) {
    guard !cell.isRightHalf else { return }
    style.change(to: styles[cell.ink, cell.modifiers], into: &output)
    output.unicodeScalars.append(cell.scalar)
    if let mark = cell.combining { output.unicodeScalars.append(mark) }
  }

  private func areAlike(_ one: Cell, _ other: Cell) -> Bool {
    one == other || isEmpty(one) && isEmpty(other)
  }

  private func isEmpty(_ cell: Cell) -> Bool {
    cell.scalar == " " && cell.combining == nil && cell.columns == 1
      && styles[cell.ink, cell.modifiers].isEmptyPaper
  }
}

extension ResolvedStyle {
  /// A terminal's own colours, without attributes.
  fileprivate static let plain = ResolvedStyle(foreground: nil, background: nil, attributes: [])

  /// Whether a terminal shows it without any sequence.
  fileprivate var isPlain: Bool { self == .plain }

  /// Whether a space of this style looks like an unstyled one.
  fileprivate var isEmptyPaper: Bool {
    background == nil && attributes.isDisjoint(with: [.reverse, .underline])
  }

  /// Sends the terminal the difference from this style to the other.
  fileprivate mutating func change(to other: ResolvedStyle, into output: inout String) {
    guard self != other else { return }
    output += "\u{1b}[0"
    if other.attributes.contains(.bold) { output += ";1" }
    if other.attributes.contains(.dim) { output += ";2" }
    if other.attributes.contains(.underline) { output += ";4" }
    if other.attributes.contains(.reverse) { output += ";7" }
    if let ink = other.foreground { output += Self.code(ink, base: 30) }
    if let paper = other.background { output += Self.code(paper, base: 40) }
    output += "m"
    self = other
  }

  private static func code(_ index: UInt8, base: Int) -> String {
    switch index {
    case ..<8: ";\(base + Int(index))"
    case ..<16: ";\(base + 52 + Int(index))"
    default: ";\(base + 8);5;\(index)"
    }
  }
}
