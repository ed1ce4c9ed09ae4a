import Engine
import Screen

/// Draws what it is given into an area of a canvas, and nothing outside of it.
protocol View {
  func draw(on canvas: inout Canvas, in area: Rect)
}

extension PermissionClass {
  /// The ink of the class.
  var ink: Ink {
    switch self {
    case .rwNX: .rwNX
    case .roNX: .roNX
    case .roX: .roX
    case .rwX: .rwX
    case .notPresent: .notPresent
    case .uncached: .uncached
    case .hole: .hole
    }
  }
}

extension Canvas {
  /// Puts pieces of text of different inks into a row; returns the column after them.
  @discardableResult
  mutating func put(_ pieces: [(String, Ink)], in area: Rect, row: Int = 0) -> Int {
    guard row >= 0, row < area.height else { return area.x }
    return clipped(to: area) { canvas in
      var x = area.x
      for (text, ink) in pieces { x = canvas.put(text, x: x, y: area.y + row, ink: ink) }
      return x
    }
  }

  /// Puts text into an area, wrapped at spaces; the last row is shortened where there is more.
  /// Returns the rows it took.
  @discardableResult
  mutating func putWrapped(_ text: String, in area: Rect, row: Int = 0, ink: Ink = .text) -> Int {
    let lines = TextWrap.lines(text, width: area.width)
    for (index, line) in lines.enumerated() where row + index < area.height {
      let isLast = row + index == area.height - 1 && index < lines.count - 1
      let rest = isLast ? lines[index...].joined(separator: " ") : line
      put(rest, in: area, row: row + index, ink: ink)
    }
    return min(lines.count, max(0, area.height - row))
  }
}
