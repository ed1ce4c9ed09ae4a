import Screen

/// A user's own theme: another theme with other styles for some inks.
public struct OwnTheme: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// The theme that it is based on.
  public var base: Theme
  /// The differences, in the given order.
  public var changes: [Change]
  /// Its origin.
  public var origin: Origin

  /// Makes a theme.
  public init(name: String, base: Theme, changes: [Change] = [], from origin: Origin = .standard) {
    self.name = name
    self.base = base
    self.changes = changes
    self.origin = origin
  }

  /// The theme itself.
  public var theme: Theme {
    Theme(name: name, from: base) { ink, style in
      changes.filter { $0.ink == ink }.reduce(style) { $1.applied(to: $0) }
    }
  }

  /// The changes to an ink.
  public struct Change: Equatable, Sendable {
    /// The ink.
    public var ink: Ink
    /// The colour of the character.
    public var foreground = ColorChange()
    /// The colour behind it.
    public var background = ColorChange()
    /// The attributes to set; others stay unchanged.
    public var wanted: Attributes = []
    /// The attributes to clear.
    public var unwanted: Attributes = []

    /// An empty change.
    public init(_ ink: Ink) { self.ink = ink }

    func applied(to style: Style) -> Style {
      var style = style
      style.foreground = foreground.applied(to: style.foreground)
      style.background = background.applied(to: style.background)
      style.attributes = style.attributes.union(wanted).subtracting(unwanted)
      style.attributesAddedIn8.subtract(unwanted)
      style.attributesMonochrome = style.attributesMonochrome.union(wanted).subtracting(unwanted)
      return style
    }
  }

  /// The changes to a colour; nil values stay unchanged, or follow from the rest.
  public struct ColorChange: Equatable, Sendable {
    /// The terminal's own colour.
    public var isTerminalDefault = false
    /// An index among 256, from 0.
    public var index256: Int?
    /// An index among 16.
    public var index16: Int?
    /// An index among 8.
    public var index8: Int?

    /// An empty change.
    public init() {}

    func applied(to color: Color) -> Color {
      if isTerminalDefault { return .terminal }
      let start = index256.map { Color(nearest: UInt8(clamping: $0)) } ?? color
      guard index16 != nil || index8 != nil else { return start }
      return Color(
        start.isTerminalDefault ? UInt8(clamping: index16 ?? index8 ?? 0) : start.index256,
        index16.map { UInt8(clamping: min($0, 15)) } ?? start.index16,
        index8.map { UInt8(clamping: min($0, 7)) } ?? start.index8)
    }
  }
}

extension OwnTheme {
  /// The attributes by their names.
  static let attributes: [(name: String, attribute: Attributes)] = [
    ("bold", .bold), ("underline", .underline), ("reverse", .reverse), ("dim", .dim),
  ]
}
