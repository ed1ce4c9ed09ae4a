extension Theme {
  /// Only the terminal's own colours on its own paper: readable wherever its owner can read it.
  ///
  /// Only the six middle colours of the sixteen are used: black, white and their bright variants
  /// are the paper of some terminals.
  public static let terminal = Theme(name: "terminal", assumes: .any, differing: nil) { ink in
    func own(
      _ index: UInt8, _ attributes: Attributes = [], monochrome: Attributes = [],
    ) -> Style {
      Style(
        Color(index, index, index), on: .terminal, attributes,
        monochrome: monochrome.isEmpty ? attributes : monochrome)
    }
    return switch ink {
    case .text, .bar2M: Style()
    case .dim, .border, .hole, .bar4K: Style(.terminal, on: .terminal, .dim, monochrome: .dim)
    case .title, .bar1G: Style(.terminal, on: .terminal, .bold, monochrome: .bold)
    case .selection: Style(.terminal, on: .terminal, .reverse, monochrome: .reverse)
    case .highlight: own(3, [.reverse, .bold])
    case .borderActive: own(6, .bold)
    case .warning: own(3, .bold)
    case .error: own(1, [.bold, .underline], monochrome: [.bold, .reverse])
    case .good: own(2)
    case .key: own(5, .bold)
    case .rwNX: own(4)
    case .roNX: own(2, monochrome: .underline)
    case .roX: own(3, monochrome: .bold)
    case .rwX: own(1, [.bold, .reverse])
    case .notPresent: own(5, monochrome: [.dim, .underline])
    case .uncached: own(6, monochrome: [.bold, .underline])
    case .overlay1: own(2)
    case .overlay2: own(2, .bold)
    case .overlay3: Style(.terminal, on: .terminal, .underline, monochrome: [.dim, .underline])
    case .overlay4: own(4, monochrome: .underline)
    case .overlay5: own(5, monochrome: [.bold, .underline])
    case .overlay6: own(6, monochrome: [.dim, .reverse])
    case .overlay7: own(5, .bold, monochrome: [.underline, .reverse])
    case .overlay8: own(3, .bold, monochrome: .reverse)
    case .overlay9: own(1, monochrome: [.bold, .underline, .reverse])
    case .overlay10: own(3, monochrome: [.bold, .reverse])
    }
  }
}
