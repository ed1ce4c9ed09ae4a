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

/// Breaks text into lines.
enum TextWrap {
  /// The lines of a text, broken at spaces, and within a word that is too long for one.
  static func lines(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var columns = 0
    for part in text.utf8.split(separator: UInt8(ascii: " ")) {
      let word = Substring(part)
      let more = TextWidth.columns(word)
      if line.isEmpty {
        line = String(word)
        columns = more
      } else if columns + 1 + more <= width {
        line += " "
        line += word
        columns += 1 + more
      } else {
        lines.append(line)
        line = String(word)
        columns = more
      }
      while columns > width, let cut = breakingPoint(of: line, width: width) {
        lines.append(String(line[..<cut]))
        line = String(line[cut...])
        columns = TextWidth.columns(line)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Where a word goes on in the next line: behind as many characters as fit, and behind one at least.
  private static func breakingPoint(of word: String, width: Int) -> String.Index? {
    var columns = 0
    for index in word.indices {
      columns += TextWidth.columns(String(word[index]))
      if columns > width, index > word.startIndex { return index }
    }
    return nil
  }
}

/// Numbers as the screen writes them.
enum NumberText {
  /// A number with its thousands apart.
  static func grouped(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// A length in the largest unit that divides it.
  static func length(_ pages: UInt64) -> String {
    var value = pages * 4
    for unit in ["KiB", "MiB", "GiB"] {
      if value % 1024 != 0 || value == 0 { return "\(value) \(unit)" }
      value /= 1024
    }
    return "\(value) TiB"
  }
}
