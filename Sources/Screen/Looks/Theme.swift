/// How every ink looks.
///
/// A reversed full block is a cell of paper: mark the selected, the flashing and the `rwX` cells of
/// the map with a glyph that leaves paper to see, such as ``Glyph/square`` or the class's letter.
public struct Theme: Hashable, Sendable {
  /// What the theme is called in the configuration.
  public let name: String
  private let styles: [Style]

  /// Makes a theme that asks for the style of each ink once.
  public init(name: String, style: (Ink) -> Style) {
    self.name = name
    styles = Ink.allCases.map(style)
  }

  /// How an ink looks with these modifiers.
  public func style(_ ink: Ink, _ modifiers: Modifiers = []) -> Style {
    var style = styles[Int(ink.rawValue)]
    if modifiers.contains(.differs) { style.mark() }
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
  /// Turns an attribute over, at every depth.
  fileprivate mutating func toggle(_ attribute: Attributes) {
    attributes.formSymmetricDifference(attribute)
    attributesMonochrome.formSymmetricDifference(attribute)
  }

  /// Heavier, or lighter where it is heavy; underlined where 8 colours take the weight for brightness.
  fileprivate mutating func announce() {
    toggle(.bold)
    if attributesAddedIn8.contains(.bold) { attributesAddedIn8.insert(.underline) }
  }

  /// Puts the ink on the paper of what differs, violet in every theme that has colours. Where colours
  /// are few, the ink becomes white, as it would be lost.
  fileprivate mutating func mark() {
    attributesMonochrome.formSymmetricDifference(.reverse)
    attributesMonochrome.insert(.bold)
    attributesMonochrome.remove(.dim)
    guard !foreground.isTerminalDefault || !background.isTerminalDefault else {
      attributes.formSymmetricDifference(.reverse)
      return
    }
    let ink = attributes.contains(.reverse) ? background : foreground
    let index = ink.isTerminalDefault ? 231 : ink.index256
    foreground = Color(index == Self.violet.index256 ? 231 : index, 15, 7)
    background = Self.violet
    attributes.remove([.reverse, .dim])
    attributes.insert(.bold)
  }

  private static var violet: Color { Color(53, 5, 5) }

  /// Puts the ink on the selection's paper; without colours, exchanges ink and paper.
  fileprivate mutating func select(on selection: Style) {
    guard !selection.background.isTerminalDefault else {
      toggle(.reverse)
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
