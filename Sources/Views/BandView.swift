import Interface
import Screen

/// The lines of a caption in a band, in letters of the largest size that fits.
struct CaptionBand: Equatable {
  /// The size of the letters.
  let size: CaptionSize
  /// The lines from the top.
  let lines: [String]
  /// The rows of a line.
  let rowsOfLine: Int
  /// The rows of the whole band.
  let height: Int

  /// Lays a caption out.
  ///
  /// Large letters may take two thirds of the rows of the screen. A caption that needs more, or has a
  /// character without a large letter, takes the next smaller size; ordinary letters fit always.
  ///
  /// - Parameter chosen: the size that is wanted.
  init(_ text: CaptionText, _ chosen: CaptionSize, on screen: Size, _ glyphs: Glyphs) {
    let paragraphs = text.allText.filter { !$0.isEmpty }
    for size in CaptionSize.allCases.reversed() where size <= chosen {
      guard let scale = size.scale else { continue }
      let pieces = paragraphs.map {
        LargeText.evenLines($0, width: screen.width - 2, scale, glyphs)
      }
      guard !pieces.contains(nil) else { continue }
      let lines = pieces.compactMap(\.self).flatMap(\.self)
      let rows = LargeText.rows(scale, glyphs)
      let most = screen.height * 2 / 3
      guard lines.count * rows <= most else { continue }
      (self.size, self.lines, rowsOfLine) = (size, lines, rows)
      height = min(most, lines.count * rows + 2)
      return
    }
    size = .text
    lines = paragraphs.flatMap { TextWrap.lines($0, width: max(1, screen.width - 6)) }
    rowsOfLine = 1
    height = min(lines.count + 2, screen.height / 2)
  }
}

/// A caption in a band of the full width: the words in the middle, on the paper that stands out most.
struct BandView: View {
  let band: CaptionBand
  /// The ink of band and words.
  let ink: Ink

  func draw(on canvas: inout Canvas, in area: Rect) {
    canvas.fill(area, with: Cell(" ", ink: ink))
    let top = max(0, (area.height - band.lines.count * band.rowsOfLine) / 2)
    for (index, line) in band.lines.enumerated() {
      let row = top + index * band.rowsOfLine
      guard let scale = band.size.scale else {
        canvas.put(line, in: area, row: row, alignment: .center, ink: ink)
        continue
      }
      let columns = LargeText.columns(line, scale, canvas.glyphs) ?? 0
      canvas.put(
        large: line, x: area.x + max(0, (area.width - columns) / 2), y: area.y + row, scale,
        ink: ink)
    }
  }
}
