import Screen

/// Draws canvases as shapes and text, each over the previous one.
///
/// A word is drawn completely or not at all: a word that is partly painted over would leave traces
/// of letters, and a picture must not depend on what was there before it.
struct SVGPainter {
  /// The drawing, and the definitions that it refers to.
  struct Picture {
    /// Patterns that were not used before; they are outside of hidden groups.
    var definitions = ""
    /// The shapes; empty if nothing differs.
    var shapes = ""
  }

  private let depth: ColorDepth
  private var styles: StyleTable
  private var looks = Looks(.dark)
  private var shown: Canvas?
  private var shownTheme: Theme?
  private var patterns: [SVGPattern] = []

  init(_ depth: ColorDepth) {
    self.depth = depth
    styles = StyleTable(.dark, depth)
  }

  /// Draws what differs from the canvas before.
  mutating func paint(_ canvas: Canvas, theme: Theme, fitting size: Size) -> Picture {
    let isFirst = shown == nil
    var before = shown
    if shownTheme != theme {
      if styles.theme != theme { styles = StyleTable(theme, depth) }
      looks = Looks(theme)
      before = nil
    }
    if before?.size != canvas.size { before = nil }
    var drawing = SVGDrawing(looks: looks, paintsPaper: !isFirst)
    for y in 0..<canvas.size.height {
      if let before, canvas.rowEquals(before, y), canvas.cursor?.y != y, before.cursor?.y != y {
        drawing.finishRow()
        continue
      }
      paint(SVGRow(canvas, y, styles), before.map { SVGRow($0, y, styles) }, y, into: &drawing)
    }
    shown = canvas
    shownTheme = theme
    var picture = Picture()
    for pattern in drawing.patterns where !patterns.contains(pattern) {
      patterns.append(pattern)
      picture.definitions += pattern.definition + "\n"
    }
    picture.shapes = drawing.text
    if canvas.size != size, !picture.shapes.isEmpty {
      picture.shapes = fitted(picture.shapes, canvas.size, into: size, wasWhole: before == nil)
    }
    return picture
  }

  /// The scaled shapes; over paper, as everything is drawn again.
  private func fitted(
    _ shapes: String, _ own: Size, into size: Size, wasWhole: Bool,
  ) -> String {
    let (width, height) = (
      size.width * SVGGeometry.cellWidth, size.height * SVGGeometry.cellHeight
    )
    let paper =
      wasWhole
      ? "<path class=\"r\" fill=\"\(looks.paper.hexadecimal)\" d=\"M0 0h\(width)v\(height)h-\(width)z\"/>"
      : ""
    // In thousandths, so that no floating point is printed.
    let scale = min(
      1000 * size.width / max(1, own.width), 1000 * size.height / max(1, own.height))
    return paper + "<g transform=\"scale(\(seconds(scale)))\">\(shapes)</g>"
  }

  private func paint(
    _ row: SVGRow, _ before: SVGRow?, _ y: Int, into drawing: inout SVGDrawing,
  ) {
    var isDrawn = ContiguousArray(repeating: before == nil, count: row.cells.count)
    if let before {
      for x in isDrawn.indices where row.cells[x] != before.cells[x] { isDrawn[x] = true }
      // Words that are touched are drawn completely, and may touch others.
      while row.spread(&isDrawn) || before.spread(&isDrawn) {}
    }
    var x = 0
    while x < isDrawn.count {
      guard isDrawn[x] else {
        x += 1
        continue
      }
      let cell = row.cells[x]
      let end = row.ends[x]
      drawing.add(
        cell, SVGShape(cell.scalar), x: x, columns: end - x, y: y, text: row.text(x..<end))
      x = end
    }
    drawing.finishRow()
  }
}

/// A row of a canvas with the styles of its cells, cut into pieces that are drawn together: words,
/// and single cells of everything else.
struct SVGRow {
  /// A cell as it is drawn.
  struct Cell: Equatable {
    var scalar: Unicode.Scalar
    var combining: Unicode.Scalar?
    var columns: UInt8
    var style: ResolvedStyle

    /// Whether it is drawn with a font.
    var isText: Bool { columns == 2 || scalar != " " && SVGShape(scalar) == nil }
  }

  private(set) var cells: ContiguousArray<Cell>
  /// For each cell the end of its piece.
  private(set) var ends: ContiguousArray<Int>

  init(_ canvas: Canvas, _ y: Int, _ styles: StyleTable) {
    let width = canvas.size.width
    cells = []
    cells.reserveCapacity(width)
    for x in 0..<width {
      let cell = canvas[x, y]
      var style = styles[cell.ink, cell.modifiers]
      if canvas.cursor == Point(x: x, y: y) { style.attributes.formSymmetricDifference(.reverse) }
      cells.append(
        Cell(
          scalar: cell.scalar, combining: cell.combining, columns: cell.columns, style: style))
    }
    ends = ContiguousArray(repeating: 0, count: width)
    var x = width
    while x > 0 {
      x -= 1
      ends[x] = x + 1
      guard x + 1 < width else { continue }
      let (one, next) = (cells[x], cells[x + 1])
      let isWord =
        one.columns == 1 && next.columns == 1 && one.isText && next.isText
        && one.style == next.style && one.combining == nil && next.combining == nil
      if isWord || one.columns == 2 && next.columns == 0 { ends[x] = ends[x + 1] }
    }
  }

  /// Marks pieces completely that are marked in part; returns whether there were any.
  func spread(_ marks: inout ContiguousArray<Bool>) -> Bool {
    var hasSpread = false
    var x = 0
    while x < ends.count {
      let piece = x..<ends[x]
      x = piece.upperBound
      guard piece.count > 1, marks[piece].contains(true), marks[piece].contains(false) else {
        continue
      }
      for index in piece { marks[index] = true }
      hasSpread = true
    }
    return hasSpread
  }

  /// The characters of a piece.
  func text(_ piece: Range<Int>) -> String {
    var scalars = String.UnicodeScalarView()
    for cell in cells[piece] where cell.columns > 0 {
      scalars.append(cell.scalar)
      if let mark = cell.combining { scalars.append(mark) }
    }
    return String(scalars)
  }
}
