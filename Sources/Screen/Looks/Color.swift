/// How many colours a terminal can show.
public enum ColorDepth: Int, Comparable, CaseIterable, Sendable {
  /// Attributes only: bold, underline, reverse, dim.
  case monochrome = 0
  /// The eight colours of ANSI.
  case colors8 = 8
  /// The eight colours and their bright variants.
  case colors16 = 16
  /// The 256 colours of xterm.
  case colors256 = 256

  /// The depth of a terminal with this number of colours.
  public init(colorCount: Int) {
    self =
      switch colorCount {
      case 256...: .colors256
      case 16...: .colors16
      case 8...: .colors8
      default: .monochrome
      }
  }

  /// Whether a depth has fewer colours than another.
  public static func < (left: ColorDepth, right: ColorDepth) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// A colour, with its nearest equivalents where fewer colours exist.
public struct Color: Hashable, Sendable {
  /// The index where 256 colours exist.
  public let index256: UInt8
  /// The index where 16 colours exist.
  public let index16: UInt8
  /// The index where 8 colours exist.
  public let index8: UInt8
  /// Whether this is the terminal's own ink or paper, which has no index.
  public let isTerminalDefault: Bool

  /// The terminal's own ink or paper.
  public static let terminal = Color()

  /// Makes a colour from its index among 256, 16 and 8 colours.
  public init(_ index256: UInt8, _ index16: UInt8, _ index8: UInt8) {
    precondition(index16 < 16 && index8 < 8, "A degraded colour lies in its own, smaller table.")
    (self.index256, self.index16, self.index8) = (index256, index16, index8)
    isTerminalDefault = false
  }

  private init() {
    (index256, index16, index8) = (0, 0, 0)
    isTerminalDefault = true
  }

  /// The index at this depth; nil for the terminal's own colour and without colours.
  public func index(in depth: ColorDepth) -> UInt8? {
    guard !isTerminalDefault else { return nil }
    return switch depth {
    case .colors256: index256
    case .colors16: index16
    case .colors8: index8
    case .monochrome: nil
    }
  }
}
