extension Canvas {
  /// The planes in which a canvas can be written out.
  public enum Plane: String, CaseIterable, Sendable {
    /// The characters themselves.
    case characters
    /// A letter for each column's ink, see ``Ink/letter``; a space where nothing was drawn.
    case inks
    /// A letter for each column's modifiers, see ``Modifiers/letter``.
    case modifiers
  }

  /// The canvas as text for golden files: each plane under its name, each row between bars.
  ///
  /// A plane of modifiers is written only if there are any.
  public func text(planes: [Plane] = Plane.allCases) -> String {
    var result = ""
    for plane in planes {
      if plane == .modifiers, cells.allSatisfy({ $0.modifiers.isEmpty }) { continue }
      result += "\(plane.rawValue) \(size)\n"
      for y in 0..<size.height {
        result += "|\(rowText(y, plane))|\n"
      }
    }
    return result
  }

  /// One row of a plane; the characters without trailing spaces.
  public func rowText(_ y: Int, _ plane: Plane = .characters) -> String {
    var scalars = String.UnicodeScalarView()
    for x in 0..<size.width {
      let cell = self[x, y]
      switch plane {
      case .characters where cell.isRightHalf: break
      case .characters:
        scalars.append(cell.scalar)
        if let mark = cell.combining { scalars.append(mark) }
      case .inks: scalars.append(cell.isBlank ? " " : cell.ink.letter)
      case .modifiers: scalars.append(cell.modifiers.letter)
      }
    }
    return String(scalars)
  }
}
