/// How every ink looks.
///
/// A reversed full block is a cell of paper: mark the selected, the flashing and the `rwX` cells of
/// the map with a glyph that leaves paper visible, such as ``Glyph/square`` or the class's letter.
public struct Theme: Hashable, Sendable {
  /// The name of the theme in the configuration.
  public let name: String
  /// The paper that the theme is made for.
  public let paper: Paper
  /// The ink and the paper of what differs between two screens; nil for attributes alone.
  private let differing: Style?
  private let styles: [Style]

  /// The paper that a theme is made for: the terminal's own, which a program cannot query.
  public enum Paper: Hashable, Sendable {
    /// Black, or nearly.
    case dark
    /// White, or nearly.
    case light
    /// Any paper.
    case any
  }

  /// Makes a theme that asks for the style of each ink once.
  ///
  /// - Parameter differing: the style of what differs: its ink counts where colours are few, as the
  ///   ink of the cell would be lost there.
  public init(
    name: String, assumes paper: Paper = .dark,
    differing: Style? = Style(Color(231, 15, 7), on: Color(53, 5, 5)), style: (Ink) -> Style,
  ) {
    self.name = name
    self.paper = paper
    self.differing = differing
    styles = Ink.allCases.map(style)
  }

  /// Makes a theme from another, with other styles for some inks.
  public init(name: String, from base: Theme, changing change: (Ink, Style) -> Style) {
    self.init(name: name, assumes: base.paper, differing: base.differing) { ink in
      change(ink, base.style(ink))
    }
  }

  /// The same theme on a paper of its own, for terminals that have another one; a theme for any paper
  /// stays as it is.
  public var painted: Theme {
    guard paper != .any else { return self }
    let isLight = paper == .light
    return Theme(name: name, from: self) { _, old in
      var style = old
      if style.background.isTerminalDefault {
        style.background = isLight ? Color(231, 15, 7) : Color(16, 0, 0)
      }
      if style.foreground.isTerminalDefault {
        style.foreground = isLight ? Color(16, 0, 0) : Color(252, 7, 7)
      }
      return style
    }
  }

  /// How an ink looks with these modifiers.
  public func style(_ ink: Ink, _ modifiers: Modifiers = []) -> Style {
    var style = styles[Int(ink.rawValue)]
    if !modifiers.isDisjoint(with: [.differs, .pointed]) { style.mark(differing) }
    if modifiers.contains(.selected), ink != .selection {
      style.select(on: styles[Int(Ink.selection.rawValue)])
    }
    if modifiers.contains(.changed) {
      style.toggle(.underline)
    }
    if modifiers.contains(.next) { style.announce() }
    if modifiers.contains(.flash) {
      style.toggle(.reverse)
      style.attributes.insert(.bold)
      style.attributesMonochrome.insert(.bold)
    }
    return style
  }
}

extension Style {
  /// Toggles an attribute, at every depth.
  fileprivate mutating func toggle(_ attribute: Attributes) {
    attributes.formSymmetricDifference(attribute)
    attributesMonochrome.formSymmetricDifference(attribute)
  }

  /// Makes it bold, or not bold where it is already; underlined where 8 colours show bold as
  /// bright.
  fileprivate mutating func announce() {
    toggle(.bold)
    if attributesAddedIn8.contains(.bold) { attributesAddedIn8.insert(.underline) }
  }

  /// Puts the ink on the paper of what differs; without one, swaps ink and paper. Where colours are
  /// few, the ink becomes that of what differs, as it would be lost.
  fileprivate mutating func mark(_ differing: Style?) {
    attributesMonochrome.formSymmetricDifference(.reverse)
    attributesMonochrome.insert(.bold)
    attributesMonochrome.remove(.dim)
    guard let differing, !foreground.isTerminalDefault || !background.isTerminalDefault else {
      attributes.formSymmetricDifference(.reverse)
      attributes.remove(.dim)
      attributes.insert(.bold)
      return
    }
    let ink = attributes.contains(.reverse) ? background : foreground
    let other = differing.foreground
    let isLost = ink.isTerminalDefault || ink.index256 == differing.background.index256
    foreground = Color(isLost ? other.index256 : ink.index256, other.index16, other.index8)
    background = differing.background
    attributes.remove([.reverse, .dim])
    attributes.insert(.bold)
  }

  /// Puts the ink on the selection's paper; without colours, swaps ink and paper.
  fileprivate mutating func select(on selection: Style) {
    guard !selection.background.isTerminalDefault else {
      toggle(.reverse)
      attributes.remove(.dim)
      return
    }
    background = selection.background
    if foreground.isTerminalDefault { foreground = selection.foreground }
    attributes.remove([.reverse, .dim])
    attributesMonochrome.formSymmetricDifference(.reverse)
  }
}

extension Theme: CustomStringConvertible {
  /// The theme's name.
  public var description: String { name }
}
