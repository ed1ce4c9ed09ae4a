extension Canvas {
  /// Draws a frame with a title in its upper edge and returns the area inside it.
  ///
  /// Where its edges lie on those of another frame, the two join, and an active edge stays active.
  /// Draws nothing if the area is too small to have an inside.
  @discardableResult
  public mutating func box(
    _ area: Rect, title: String = "", ink: Ink = .border, titleInk: Ink = .title,
  ) -> Rect {
    let inside = area.inset(by: 1)
    guard area.width >= 2, area.height >= 2 else { return inside }
    let (right, bottom) = (area.right - 1, area.bottom - 1)
    for x in inside.x..<inside.right {
      join(.horizontal, .horizontal, x, area.y, ink)
      join(.horizontal, .horizontal, x, bottom, ink)
    }
    for y in inside.y..<inside.bottom {
      join(.vertical, .vertical, area.x, y, ink)
      join(.vertical, .vertical, right, y, ink)
    }
    join([.right, .down], area.x, area.y, ink)
    join([.left, .down], right, area.y, ink)
    join([.right, .up], area.x, bottom, ink)
    join([.left, .up], right, bottom, ink)
    if !title.isEmpty, inside.width >= 3 {
      let width = min(TextWidth.columns(title), inside.width - 2)
      let place = Rect(x: inside.x + 1, y: area.y, width: width, height: 1)
      fill(Rect(x: inside.x, y: area.y, width: width + 2, height: 1))
      put(title, in: place, ink: titleInk)
    }
    return inside
  }

  /// Draws a piece of a frame, joined with the line that is there.
  private mutating func join(_ arms: Arms, _ x: Int, _ y: Int, _ ink: Ink) {
    join(arms, arms.glyph, x, y, ink)
  }

  /// Draws a piece of a frame whose glyph is known: most of a frame repeats two of them.
  private mutating func join(_ arms: Arms, _ glyph: Glyph, _ x: Int, _ y: Int, _ ink: Ink) {
    let there = self[x, y]
    guard there.ink == .border || there.ink == .borderActive, let other = Arms(there.scalar)
    else {
      put(glyph, x: x, y: y, ink: ink)
      return
    }
    put(
      arms.union(other).glyph, x: x, y: y, ink: there.ink == .borderActive ? .borderActive : ink)
  }
}

/// The ways in which a line leaves a cell.
private struct Arms: OptionSet {
  let rawValue: UInt8

  static let left = Arms(rawValue: 1)
  static let right = Arms(rawValue: 2)
  static let up = Arms(rawValue: 4)
  static let down = Arms(rawValue: 8)
  static let horizontal: Arms = [.left, .right]
  static let vertical: Arms = [.up, .down]

  /// The glyphs that draw lines, by their arms.
  private static let glyphs: [(Arms, Glyph)] = [
    (.horizontal, .horizontal), (.vertical, .vertical), ([.right, .down], .topLeft),
    ([.left, .down], .topRight), ([.right, .up], .bottomLeft), ([.left, .up], .bottomRight),
    ([.vertical, .right], .teeRight), ([.vertical, .left], .teeLeft),
    ([.horizontal, .down], .teeDown), ([.horizontal, .up], .teeUp),
    ([.horizontal, .vertical], .crossing),
  ]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The arms of a character that draws lines; in ASCII one character stands for all that meet.
  init?(_ scalar: Unicode.Scalar) {
    if scalar == Glyph.crossing.ascii {
      self = [.horizontal, .vertical]
      return
    }
    let found = Self.glyphs.first { scalar == $0.1.unicode || scalar == $0.1.ascii }
    guard let found else { return nil }
    self = found.0
  }

  /// The glyph with these arms.
  var glyph: Glyph { Self.glyphs.first { $0.0 == self }?.1 ?? .crossing }
}
