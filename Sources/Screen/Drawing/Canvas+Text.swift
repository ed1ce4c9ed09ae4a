/// The alignment of a text in its area.
public enum Alignment: Sendable {
  /// At the left edge.
  case leading
  /// In the middle.
  case center
  /// At the right edge.
  case trailing
}

extension Canvas {
  /// Puts one line of text, cut at the clip, and returns the column after it.
  ///
  /// Combining marks go onto the character before them; a wide character that does not fit becomes
  /// a space.
  @discardableResult
  public mutating func put(
    _ text: String, x: Int, y: Int, ink: Ink = .text, modifiers: Modifiers = [],
  ) -> Int {
    guard y >= clip.y, y < clip.bottom, x < clip.right else {
      return x + TextWidth.columns(text)
    }
    let onlyASCII = glyphs == .ascii
    let row = rowIndices(y)
    // From here on, columns are counted in the cells of all rows.
    let visible = (row.lowerBound + clip.x)..<(row.lowerBound + clip.right)
    var column = row.lowerBound + x
    var all = cells.mutableSpan
    var marked: Int?
    for scalar in text.unicodeScalars {
      let shown = TextWidth.harmless(scalar)
      let columns = TextWidth.columns(shown)
      guard columns > 0 else {
        if let marked, !onlyASCII, all[marked].combining == nil, TextWidth.isCombining(scalar) {
          all[marked].combining = scalar
        }
        continue
      }
      let end = column + columns
      let isWhole = visible.contains(column) && visible.contains(end - 1)
      if isWhole, columns == 1 || !onlyASCII {
        Canvas.mend(&all, row, column..<end)
        all[column] = Cell(
          unchecked: onlyASCII ? Glyphs.ascii(for: shown) : shown, ink: ink, modifiers: modifiers,
          columns: UInt8(columns))
        if columns == 2 { all[column + 1] = Cell(rightHalf: ink, modifiers) }
      } else if columns == 2 {
        // If only one half fits, or wide characters cannot be shown, the columns are used all the
        // same.
        for half in column..<end where visible.contains(half) {
          Canvas.mend(&all, row, half..<(half + 1))
          all[half] = Cell(
            unchecked: isWhole && half == column ? "?" : " ", ink: ink, modifiers: modifiers,
            columns: 1)
        }
      }
      marked = isWhole ? column : nil
      column = end
    }
    return column - row.lowerBound
  }

  /// Puts one line of text into a row of an area, shortened with an ellipsis if it is too long.
  public mutating func put(
    _ text: String, in area: Rect, row: Int = 0, alignment: Alignment = .leading,
    ink: Ink = .text, modifiers: Modifiers = [],
  ) {
    guard row >= 0, row < area.height, area.width > 0 else { return }
    let columns = TextWidth.columns(text)
    let spare = area.width - columns
    let y = area.y + row
    guard spare < 0 else {
      let shift =
        switch alignment {
        case .leading: 0
        case .center: spare / 2
        case .trailing: spare
        }
      put(text, x: area.x + shift, y: y, ink: ink, modifiers: modifiers)
      return
    }
    let kept = Rect(x: area.x, y: y, width: area.width - 1, height: 1)
    clipped(to: kept) { canvas in
      _ = canvas.put(text, x: area.x, y: y, ink: ink, modifiers: modifiers)
    }
    put(.ellipsis, x: area.right - 1, y: y, ink: ink, modifiers: modifiers)
  }

  /// The index of a row's first cell.
  func rowIndices(_ y: Int) -> Range<Int> {
    (y * size.width)..<((y + 1) * size.width)
  }

  /// Blanks the halves of wide characters that are left when the others are covered.
  static func mend(_ all: inout MutableSpan<Cell>, _ row: Range<Int>, _ covered: Range<Int>) {
    let (first, next) = (covered.lowerBound, covered.upperBound)
    if first > row.lowerBound, all[first].isRightHalf { all[first - 1].blankHalf() }
    if next < row.upperBound, all[next].isRightHalf { all[next].blankHalf() }
  }
}
