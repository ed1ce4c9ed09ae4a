/// The drawing characters of the views, by meaning.
public enum Glyph: UInt8, CaseIterable, Sendable {
  /// One leaf of the panel's size, and a full step of a bar.
  case full
  /// A slot that is split, with no 4K page inside.
  case dark
  /// A slot with 4K pages inside.
  case medium
  /// The empty part of a bar.
  case light
  /// A hole, a separator.
  case dot
  /// A leaf that leaves some paper visible, for cells on coloured paper.
  case square
  /// The selected leaf, where nothing else happened to it.
  case disc
  /// An entry that is about to change: an outline.
  case hollow
  /// A mark on a line.
  case diamond
  /// Steps of a bar, in eighths of a cell.
  case eighth1, eighth2, eighth3, eighth4, eighth5, eighth6, eighth7
  /// Arrow heads.
  case right, down, left, up
  /// From one to another.
  case arrow
  /// Holds, and does not hold.
  case tick, cross
  /// Times.
  case times
  /// Something is left out.
  case ellipsis
  /// Lines.
  case horizontal, vertical
  /// Corners of a frame.
  case topLeft, topRight, bottomLeft, bottomRight
  /// Where lines meet.
  case teeRight, teeLeft, teeDown, teeUp, crossing
  /// Memory that nothing maps yet.
  case colon

  /// The character where Unicode can be shown.
  public var unicode: Unicode.Scalar { Glyphs.table[Int(rawValue)].0 }
  /// The character where only ASCII can be shown.
  public var ascii: Unicode.Scalar { Glyphs.table[Int(rawValue)].1 }
}

/// Which set of drawing characters is in use.
public enum Glyphs: Hashable, Sendable {
  /// Blocks, box drawing, arrows.
  case unicode
  /// Nothing beyond ASCII.
  case ascii

  /// The character for a glyph in this set.
  public subscript(glyph: Glyph) -> Unicode.Scalar {
    self == .unicode ? glyph.unicode : glyph.ascii
  }

  /// The glyph that fills this number of eighths of a cell from the left; nil for none.
  public static func bar(eighths: Int) -> Glyph? {
    switch eighths {
    case ...0: nil
    case 1...7: Glyph(rawValue: Glyph.eighth1.rawValue + UInt8(eighths - 1))
    default: .full
    }
  }

  /// The nearest ASCII character; `?` if there is none.
  public static func ascii(for scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard !scalar.isASCII else { return scalar }
    for (unicode, ascii) in table where unicode == scalar { return ascii }
    for (unicode, ascii) in lookalikes where unicode == scalar { return ascii }
    return "?"
  }

  /// In the order of ``Glyph``.
  fileprivate static let table: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("█", "#"), ("▓", "%"), ("▒", "+"), ("░", "."), ("·", "."), ("■", "#"), ("●", "O"), ("□", "@"),
    ("◆", "*"),
    ("▏", "."), ("▎", "."), ("▍", "-"), ("▌", "-"), ("▋", "="), ("▊", "="), ("▉", "#"),
    ("▸", ">"), ("▼", "v"), ("◂", "<"), ("▲", "^"), ("→", ">"), ("✓", "+"), ("✗", "x"),
    ("×", "x"), ("…", "~"), ("─", "-"), ("│", "|"),
    ("╭", "+"), ("╮", "+"), ("╰", "+"), ("╯", "+"),
    ("├", "+"), ("┤", "+"), ("┬", "+"), ("┴", "+"), ("┼", "+"), (":", ":"),
  ]

  /// Characters that text from elsewhere may contain.
  private static let lookalikes: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("–", "-"), ("—", "-"), ("‘", "'"), ("’", "'"), ("“", "\""), ("”", "\""), ("•", "*"),
    ("←", "<"), ("↑", "^"), ("↓", "v"), ("≤", "<"), ("≥", ">"), ("≠", "#"), ("−", "-"),
    ("▶", ">"), ("◀", "<"), ("○", "o"), ("µ", "u"), ("\u{A0}", " "),
    ("┌", "+"), ("┐", "+"), ("└", "+"), ("┘", "+"), ("━", "="), ("═", "="), ("┃", "|"),
  ]
}
