/// Text in large letters that are made of cells, for readers far from the screen.
///
/// A letter is 5 by 7 dots; ``Scale`` says how large a dot is. With Unicode a dot may be half as wide and
/// half as high as a cell; where only ASCII can be shown, it is at least one cell, shown as `#`.
public enum LargeText {
  /// How large a dot of a letter is.
  public struct Scale: Equatable, Sendable {
    /// Its width, in halves of a column; at least 1.
    public var halfColumns: Int
    /// Its height, in halves of a row; at least 1.
    public var halfRows: Int

    /// Makes a scale; lengths below 1 count as 1.
    public init(halfColumns: Int, halfRows: Int) {
      self.halfColumns = max(1, halfColumns)
      self.halfRows = max(1, halfRows)
    }

    /// The scale with which these drawing characters show it: whole cells where there are no halves.
    func shown(with glyphs: Glyphs) -> Scale {
      guard glyphs == .ascii else { return self }
      return Scale(halfColumns: (halfColumns + 1) / 2 * 2, halfRows: (halfRows + 1) / 2 * 2)
    }
  }

  /// The rows of cells that a line takes.
  public static func rows(_ scale: Scale, _ glyphs: Glyphs) -> Int {
    (LargeFont.rows * scale.shown(with: glyphs).halfRows + 1) / 2
  }

  /// The columns of cells that a text takes in one line; nil if a character has no large letter.
  public static func columns(_ text: String, _ scale: Scale, _ glyphs: Glyphs) -> Int? {
    dots(text).map { (($0.count * scale.shown(with: glyphs).halfColumns) + 1) / 2 }
  }

  /// The lines of a text, broken at spaces.
  ///
  /// - Parameter width: the columns of cells that a line may take.
  /// - Returns: nil if a character has no large letter, or a word is wider than a line.
  public static func lines(
    _ text: String, width: Int, _ scale: Scale, _ glyphs: Glyphs,
  ) -> [String]? {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      guard let alone = columns(String(word), scale, glyphs), alone <= width else { return nil }
      let longer = lines.last.map { "\($0) \(word)" }
      if let longer, let columns = columns(longer, scale, glyphs), columns <= width {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// The same number of lines as ``lines(_:width:_:_:)`` makes, as even in length as they can be.
  ///
  /// - Returns: nil if a character has no large letter, or a word is wider than a line.
  public static func evenLines(
    _ text: String, width: Int, _ scale: Scale, _ glyphs: Glyphs,
  ) -> [String]? {
    guard var best = lines(text, width: width, scale, glyphs) else { return nil }
    var (narrow, wide) = (0, width)
    while wide - narrow > 1 {
      let middle = (narrow + wide) / 2
      if let lines = lines(text, width: middle, scale, glyphs), lines.count == best.count {
        (best, wide) = (lines, middle)
      } else {
        narrow = middle
      }
    }
    return best
  }

  /// The columns of dots of a line; nil if a character has no large letter.
  static func dots(_ text: String) -> [UInt8]? {
    var all: [UInt8] = []
    for scalar in text.unicodeScalars {
      let pieces = scalar == "…" ? "..." : String(Character(Glyphs.plain(scalar)))
      for piece in pieces.unicodeScalars {
        guard let letter = LargeFont.letter(piece) else { return nil }
        if !all.isEmpty { all += Array(repeating: 0, count: LargeFont.gap) }
        all += letter.columns
      }
    }
    return all
  }
}

extension Glyphs {
  /// The ASCII character that text means by a typographic one, such as a curled quotation mark; any
  /// other character unchanged.
  fileprivate static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let plain = ascii(for: scalar)
    return plain == "?" ? scalar : plain
  }
}

extension Canvas {
  /// Puts one line of text in large letters, with its upper left corner at a cell.
  ///
  /// - Returns: false, with nothing drawn, if a character has no large letter.
  @discardableResult
  public mutating func put(
    large text: String, x: Int, y: Int, _ scale: LargeText.Scale, ink: Ink = .text,
  ) -> Bool {
    guard let dots = LargeText.dots(text) else { return false }
    let shown = scale.shown(with: glyphs)
    func isInked(_ column: Int, _ row: Int) -> Bool {
      let (dot, bit) = (column / shown.halfColumns, row / shown.halfRows)
      return dots.indices.contains(dot) && bit < LargeFont.rows && dots[dot] >> bit & 1 == 1
    }
    for row in 0..<LargeText.rows(scale, glyphs) {
      for column in 0..<(dots.count * shown.halfColumns + 1) / 2 {
        var quarters: Quarters = []
        for (index, quarter) in Quarters.inOrder.enumerated()
        where isInked(2 * column + index % 2, 2 * row + index / 2) {
          quarters.insert(quarter)
        }
        guard !quarters.isEmpty else { continue }
        let sign: Unicode.Scalar = glyphs == .ascii ? "#" : quarters.character
        put(sign, x: x + column, y: y + row, ink: ink)
      }
    }
    return true
  }
}
