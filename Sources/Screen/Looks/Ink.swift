/// The role of a cell; a ``Theme`` says how that looks.
///
/// Of the last seventeen, seven are the permission classes of the map, and ten are for all else that its
/// colours can mean.
public enum Ink: UInt8, CaseIterable, Sendable {
  /// Ordinary text.
  case text
  /// Less important text.
  case dim
  /// The title of the program or a panel.
  case title
  /// The frame of a panel.
  case border
  /// The frame of the focused panel.
  case borderActive
  /// A search result, or what is being pointed out.
  case highlight
  /// The selected row of a list, the cursor.
  case selection
  /// Something that deserves attention.
  case warning
  /// Something that failed.
  case error
  /// Something that holds or succeeded.
  case good
  /// The name of a key in a hint.
  case key
  /// The bar of memory mapped by 4K pages.
  case bar4K
  /// The bar of memory mapped by 2M pages.
  case bar2M
  /// The bar of memory mapped by 1G pages.
  case bar1G
  /// Writable, not executable: ordinary memory.
  case rwNX
  /// Read-only, not executable.
  case roNX
  /// Read-only and executable.
  case roX
  /// Writable and executable: always a mistake.
  case rwX
  /// Memory whose mapping is removed.
  case notPresent
  /// Memory mapped uncached, write-combining or write-through.
  case uncached
  /// No memory at all.
  case hole
  /// Classes of what the map's colours mean besides permissions; each of these overlays has a use of its
  /// own for them, and two of one overlay never share an ink unless they belong together.
  case overlay1, overlay2, overlay3, overlay4, overlay5, overlay6, overlay7, overlay8, overlay9,
    overlay10

  /// The letter for the ink in golden screens; the letters of the classes also replace colours on
  /// the map where there are none.
  ///
  /// ```
  /// t text     d dim      T title     b border   B borderActive   h highlight   s selection
  /// y warning  e error    g good      k key      4 bar4K          2 bar2M       1 bar1G
  /// w rwNX     r roNX     x roX       W rwX      - notPresent     u uncached    . hole
  /// A C D E F G H I J K   overlay1 to overlay10
  /// ```
  public var letter: Unicode.Scalar {
    switch self {
    case .text: "t"
    case .dim: "d"
    case .title: "T"
    case .border: "b"
    case .borderActive: "B"
    case .highlight: "h"
    case .selection: "s"
    case .warning: "y"
    case .error: "e"
    case .good: "g"
    case .key: "k"
    case .bar4K: "4"
    case .bar2M: "2"
    case .bar1G: "1"
    case .rwNX: "w"
    case .roNX: "r"
    case .roX: "x"
    case .rwX: "W"
    case .notPresent: "-"
    case .uncached: "u"
    case .hole: "."
    case .overlay1: "A"
    case .overlay2: "C"
    case .overlay3: "D"
    case .overlay4: "E"
    case .overlay5: "F"
    case .overlay6: "G"
    case .overlay7: "H"
    case .overlay8: "I"
    case .overlay9: "J"
    case .overlay10: "K"
    }
  }

  /// The permission classes, the most ordinary first.
  public static let permissionClasses: [Ink] = [
    .rwNX, .roNX, .roX, .rwX, .notPresent, .uncached, .hole,
  ]
}

/// Properties of a cell besides its ink.
public struct Modifiers: OptionSet, Hashable, Sendable {
  /// The bits; five are in use.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Changed since the last step: underlined.
  public static let changed = Modifiers(rawValue: 1)
  /// Changed by this very event: reversed and bold, for one frame.
  public static let flash = Modifiers(rawValue: 2)
  /// Under the cursor: on the selection's paper, with its own ink kept.
  public static let selected = Modifiers(rawValue: 4)

  /// Different in two screens that are compared: on its own paper.
  public static let differs = Modifiers(rawValue: 8)

  /// Pointed out by the answer to a question: on the paper of what differs.
  public static let pointed = Modifiers(rawValue: 16)

  /// About to change in the next step: bold, and drawn as an outline.
  public static let next = Modifiers(rawValue: 32)

  /// The number of different sets.
  public static let combinationCount = 64

  /// The letter for the set in golden screens; a space for none.
  ///
  /// ```
  /// c changed   f flash   F both   s selected   C selected changed   S selected flash   A all
  /// d differs   and in the same order, differing too:   e   g   G   t   E   T   B
  /// p pointed   and in the same order, pointed out too:   q   r   P   Q   R   u   v; differing
  ///             besides:   w   U   V   W   x   y   z   X
  /// n next      and in the same order, about to change too:   m   l   k   N   M   L   K
  /// ```
  public var letter: Unicode.Scalar { Self.letters[Int(rawValue & 63)] }

  private static let letters = Array(
    " cfFsCSAdegGtETBpqrPQRuvwUVWxyzXnmlkNMLKjihaJIHD0123456789bYZo+*".unicodeScalars)
}
