import Screen

/// A character that is drawn as a shape, so that no font leaves gaps.
enum SVGShape: Equatable {
  /// The whole cell.
  case full
  /// Dots: 1, 2 or 3 quarters of the cell.
  case shade(Int)
  /// The left part, in eighths.
  case eighths(Int)
  /// Quarters of the cell, as large letters have them.
  case quarters(Quarters)
  /// Lines from the middle to the edges, and whether a corner is round.
  case line(SVGLine)
  /// A figure in the middle: its outline, relative to the corner of the cell.
  case figure(String)

  /// The shape of a character; nil if a font draws it.
  init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case ..<0x80: return nil
    case 0x2588: self = .full
    case 0x2591...0x2593: self = .shade(Int(scalar.value) - 0x2590)
    case 0x2589...0x258F: self = .eighths(0x2590 - Int(scalar.value))
    case 0x25A0: self = .figure("m2 5h6v10h-6z")
    case 0x25A1: self = .figure("m1 4h8v12h-8zm2 2v8h4v-8z")
    case 0x25C6: self = .figure("m5 5l4 5l-4 5l-4 -5z")
    case 0x00B7: self = .figure("m4 9h2v2h-2z")
    case 0x25B8, 0x25B6: self = .figure("m2 6l6 4l-6 4z")
    case 0x25C2, 0x25C0: self = .figure("m8 6l-6 4l6 4z")
    case 0x25BC: self = .figure("m1 7h8l-4 7z")
    case 0x25B2: self = .figure("m5 6l4 7h-8z")
    case 0x2580...0x259F:
      guard let quarters = Quarters(scalar) else { return nil }
      self = .quarters(quarters)
    default:
      guard let line = SVGLine(scalar) else { return nil }
      self = .line(line)
    }
  }
}

extension Quarters {
  /// Their outline in the cell with the given corner, as a path.
  func path(x: Int, y: Int) -> String {
    let (width, height) = (SVGGeometry.cellWidth / 2, SVGGeometry.cellHeight / 2)
    return Self.inOrder.enumerated().filter { contains($0.element) }.map { index, _ in
      "M\(x + index % 2 * width) \(y + index / 2 * height)h\(width)v\(height)h-\(width)z"
    }.joined()
  }
}

/// Which lines of a frame meet in a cell.
struct SVGLine: OptionSet {
  let rawValue: UInt8

  static let left = SVGLine(rawValue: 1)
  static let right = SVGLine(rawValue: 2)
  static let up = SVGLine(rawValue: 4)
  static let down = SVGLine(rawValue: 8)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init?(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "─": self = [.left, .right]
    case "│": self = [.up, .down]
    case "╭", "┌": self = [.right, .down]
    case "╮", "┐": self = [.left, .down]
    case "╰", "└": self = [.right, .up]
    case "╯", "┘": self = [.left, .up]
    case "├": self = [.up, .down, .right]
    case "┤": self = [.up, .down, .left]
    case "┬": self = [.left, .right, .down]
    case "┴": self = [.left, .right, .up]
    case "┼": self = [.left, .right, .up, .down]
    default: return nil
    }
  }

  /// Whether the line is bent.
  var isCorner: Bool {
    [[.right, .down], [.left, .down], [.right, .up], [.left, .up]].contains(self)
  }

  /// The line through a cell with the given corner, as a path.
  func path(x: Int, y: Int) -> String {
    switch self {
    case [.right, .down]: "M\(x + 10) \(y + 10)q-5 0-5 5v5"
    case [.left, .down]: "M\(x) \(y + 10)q5 0 5 5v5"
    case [.right, .up]: "M\(x + 10) \(y + 10)q-5 0-5-5v-5"
    case [.left, .up]: "M\(x) \(y + 10)q5 0 5-5v-5"
    default: straightPath(x: x, y: y)
    }
  }

  private func straightPath(x: Int, y: Int) -> String {
    var path = ""
    if !isDisjoint(with: [.left, .right]) {
      let start = contains(.left) ? x : x + 4
      let end = contains(.right) ? x + 10 : x + 6
      path += "M\(start) \(y + 10)h\(end - start)"
    }
    if !isDisjoint(with: [.up, .down]) {
      let start = contains(.up) ? y : y + 9
      let end = contains(.down) ? y + 20 : y + 11
      path += "M\(x + 5) \(start)v\(end - start)"
    }
    return path
  }
}

/// Dots of a colour, repeated over the whole picture.
struct SVGPattern: Equatable {
  /// 1, 2 or 3 quarters of the area that it covers.
  var quarters: Int
  /// The colour of the dots.
  var ink: RGB

  /// The name that shapes use for it.
  var name: String { "p\(quarters)\(ink.hexadecimal.dropFirst())" }

  /// The element that shapes refer to.
  var definition: String {
    let dots =
      switch quarters {
      case 1: "M0 0h2v2h-2z"
      case 2: "M0 0h2v2h-2zM2 2h2v2h-2z"
      default: "M0 0h4v2h-4zM0 2h2v2h-2z"
      }
    return
      "<pattern id=\"\(name)\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">"
      + "<path class=\"r\" fill=\"\(ink.hexadecimal)\" d=\"\(dots)\"/></pattern>"
  }
}
