/// The ways a terminal can show a character, other than colours.
public struct Attributes: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Heavier, or brighter.
  public static let bold = Attributes(rawValue: 1)
  /// With a line below.
  public static let underline = Attributes(rawValue: 2)
  /// Ink and paper exchanged.
  public static let reverse = Attributes(rawValue: 4)
  /// Fainter; not every terminal knows it.
  public static let dim = Attributes(rawValue: 8)
}

/// How a cell looks, for all depths of colour at once.
public struct Style: Hashable, Sendable {
  /// The colour of the character.
  public var foreground: Color
  /// The colour behind the character.
  public var background: Color
  /// The attributes where there are colours.
  public var attributes: Attributes
  /// Attributes added where there are 8 colours only.
  public var attributesAddedIn8: Attributes
  /// The attributes where there are no colours.
  public var attributesMonochrome: Attributes

  /// Makes a style.
  public init(
    _ foreground: Color = .terminal, on background: Color = .terminal,
    _ attributes: Attributes = [],
    addedIn8: Attributes = [], monochrome: Attributes = [],
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
    attributesAddedIn8 = addedIn8
    attributesMonochrome = monochrome
  }

  /// The style at this depth: plain indices and attributes.
  ///
  /// If ink and paper become the same, the ink becomes black or white.
  public func resolved(for depth: ColorDepth) -> ResolvedStyle {
    guard depth != .monochrome else {
      return ResolvedStyle(foreground: nil, background: nil, attributes: attributesMonochrome)
    }
    var ink = foreground.index(in: depth)
    let paper = background.index(in: depth)
    if let index = ink, index == paper { ink = index == 0 ? 7 : 0 }
    return ResolvedStyle(
      foreground: ink, background: paper,
      attributes: depth == .colors8 ? attributes.union(attributesAddedIn8) : attributes)
  }
}

/// A style for one depth of colour, ready for the terminal.
public struct ResolvedStyle: Hashable, Sendable {
  /// The ink's index; nil for the terminal's own.
  public var foreground: UInt8?
  /// The paper's index; nil for the terminal's own.
  public var background: UInt8?
  /// The attributes.
  public var attributes: Attributes

  /// Makes a resolved style.
  public init(foreground: UInt8?, background: UInt8?, attributes: Attributes) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}
