/// One place of a canvas: a character, its ink, and its modifiers.
///
/// Twelve plain bytes, so that a canvas is one flat block of memory:
/// ```
/// 0        4            8     9           10        11
/// | scalar | combining  | ink | modifiers | columns | 0 |
/// ```
public struct Cell: Hashable, Sendable {
  /// The character; never one that controls a terminal.
  public let scalar: Unicode.Scalar
  private var combiningValue: UInt32
  /// What the cell means.
  public var ink: Ink
  /// The modifiers of the cell.
  public var modifiers: Modifiers
  /// 1, 2 for a wide character, 0 for the column its right half covers.
  public let columns: UInt8
  private let unused: UInt8 = 0

  /// A space in ordinary ink.
  public static let blank = Cell(" ", ink: .text)

  /// Makes a cell one column wide; wide, combining and control characters become `?`.
  public init(_ scalar: Unicode.Scalar, ink: Ink, modifiers: Modifiers = []) {
    let shown = TextWidth.harmless(scalar)
    self.init(
      unchecked: TextWidth.columns(shown) == 1 ? shown : "?", ink: ink, modifiers: modifiers,
      columns: 1)
  }

  /// Makes a cell with a drawing character, all of which are one column wide.
  public init(_ glyph: Glyph, of glyphs: Glyphs, ink: Ink, modifiers: Modifiers = []) {
    self.init(unchecked: glyphs[glyph], ink: ink, modifiers: modifiers, columns: 1)
  }

  init(unchecked scalar: Unicode.Scalar, ink: Ink, modifiers: Modifiers, columns: UInt8) {
    self.scalar = scalar
    combiningValue = 0
    self.ink = ink
    self.modifiers = modifiers
    self.columns = columns
  }

  /// Makes the cell the right half of a wide character covers.
  init(rightHalf ink: Ink, _ modifiers: Modifiers) {
    self.init(unchecked: " ", ink: ink, modifiers: modifiers, columns: 0)
  }

  /// Turns half a wide character into a space of the same ink.
  mutating func blankHalf() {
    self = Cell(unchecked: " ", ink: ink, modifiers: modifiers, columns: 1)
  }

  /// The mark drawn over the character, if there is one.
  public internal(set) var combining: Unicode.Scalar? {
    get { combiningValue == 0 ? nil : Unicode.Scalar(combiningValue) }
    set { combiningValue = newValue?.value ?? 0 }
  }

  /// Whether the cell is the right half of the wide character before it.
  public var isRightHalf: Bool { columns == 0 }

  /// Whether nothing was drawn here.
  public var isBlank: Bool { self == .blank }
}
