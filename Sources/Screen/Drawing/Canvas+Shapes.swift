extension Canvas {
  /// Puts one character of one column; see ``Cell/init(_:ink:modifiers:)`` for others.
  public mutating func put(
    _ scalar: Unicode.Scalar, x: Int, y: Int, ink: Ink = .text, modifiers: Modifiers = [],
  ) {
    let shown = glyphs == .ascii ? Glyphs.ascii(for: scalar) : scalar
    set(Cell(shown, ink: ink, modifiers: modifiers), x, y)
  }

  /// Puts one drawing character, from the canvas's own set.
  public mutating func put(
    _ glyph: Glyph, x: Int, y: Int, ink: Ink = .text, modifiers: Modifiers = [],
  ) {
    set(Cell(unchecked: glyphs[glyph], ink: ink, modifiers: modifiers, columns: 1), x, y)
  }

  /// Sets one cell, as fast as possible: a map has thousands.
  private mutating func set(_ cell: Cell, _ x: Int, _ y: Int) {
    guard clip.contains(Point(x: x, y: y)) else { return }
    let row = rowIndices(y)
    let index = row.lowerBound + x
    var all = cells.mutableSpan
    Canvas.mend(&all, row, index..<(index + 1))
    all[index] = cell
  }

  /// Fills an area with one cell; blank by default.
  public mutating func fill(_ area: Rect, with cell: Cell = .blank) {
    let area = area.intersection(clip)
    guard !area.isEmpty, cell.columns == 1 else { return }
    let width = size.width
    var all = cells.mutableSpan
    for y in area.y..<area.bottom {
      let row = (y * width)..<((y + 1) * width)
      let covered = (row.lowerBound + area.x)..<(row.lowerBound + area.right)
      Canvas.mend(&all, row, covered)
      for index in covered { all[index] = cell }
    }
  }

  /// Repeats a glyph to the right.
  public mutating func horizontalRun(
    _ glyph: Glyph = .horizontal, x: Int, y: Int, count: Int, ink: Ink = .border,
    modifiers: Modifiers = [],
  ) {
    fill(
      Rect(x: x, y: y, width: count, height: 1),
      with: Cell(unchecked: glyphs[glyph], ink: ink, modifiers: modifiers, columns: 1))
  }

  /// Changes the ink or adds modifiers and keeps the characters.
  public mutating func restyle(_ area: Rect, ink: Ink? = nil, adding modifiers: Modifiers = []) {
    let area = area.intersection(clip)
    guard !area.isEmpty else { return }
    let width = size.width
    var all = cells.mutableSpan
    for y in area.y..<area.bottom {
      for index in (y * width + area.x)..<(y * width + area.right) {
        if let ink { all[index].ink = ink }
        all[index].modifiers.formUnion(modifiers)
      }
    }
  }

  /// Draws another canvas over this one, its upper left corner at a place.
  public mutating func draw(_ other: Canvas, x: Int, y: Int) {
    let place = Rect(x: x, y: y, width: other.size.width, height: other.size.height)
    let area = place.intersection(clip)
    guard !area.isEmpty else { return }
    let width = size.width
    let source = other.cells.span
    var all = cells.mutableSpan
    for y in area.y..<area.bottom {
      let row = (y * width)..<((y + 1) * width)
      let covered = (row.lowerBound + area.x)..<(row.lowerBound + area.right)
      Canvas.mend(&all, row, covered)
      let start = (y - place.y) * place.width + (area.x - place.x)
      for (offset, index) in covered.enumerated() { all[index] = source[start + offset] }
      // A wide character cut at an edge leaves a space.
      if all[covered.lowerBound].isRightHalf { all[covered.lowerBound].blankHalf() }
      if all[covered.upperBound - 1].columns == 2 { all[covered.upperBound - 1].blankHalf() }
    }
  }
}

extension Canvas {
  /// Draws a bar over `width` columns for `part` of `whole`, to an eighth of a column.
  ///
  /// A part that is more than nothing shows as at least an eighth.
  public mutating func bar(
    x: Int, y: Int, width: Int, part: UInt64, of whole: UInt64, ink: Ink, rest: Ink = .dim,
  ) {
    let eighthsMax = UInt64(max(0, width) * 8)
    var eighths = part > 0 && whole > 0 ? Int(eighthsMax) : 0
    if part > 0, part < whole {
      let product = part.multipliedFullWidth(by: eighthsMax)
      eighths = max(1, Int(whole.dividingFullWidth(product).quotient))
    }
    for column in 0..<max(0, width) {
      if let glyph = Glyphs.bar(eighths: eighths - column * 8) {
        put(glyph, x: x + column, y: y, ink: ink)
      } else {
        fill(Rect(x: x + column, y: y, width: 1, height: 1), with: Cell(" ", ink: rest))
      }
    }
  }
}
