/// What a cell means; a ``Theme`` says how that looks.
///
/// Of the last seventeen, seven are the permission classes of the map, and ten are for all else that its
/// colours can mean.
public enum Ink: UInt8, CaseIterable, Sendable {
  /// Ordinary text.
  case text
  /// Text of less weight.
  case dim
  /// The title of the program or a panel.
  case title
  /// The frame of a panel.
  case border
  /// The frame of the panel that has the keys.
  case borderActive
  /// What a search found, what is being pointed out.
  case highlight
  /// The selected row of a list, the cursor.
  case selection
  /// What deserves a look.
  case warning
  /// What went wrong.
  case error
  /// What holds, what went well.
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
  /// Writable and executable: never right.
  case rwX
  /// Memory whose mapping is taken away.
  case notPresent
  /// Memory mapped uncached, write-combining or write-through.
  case uncached
  /// No memory at all.
  case hole
  /// Classes of what the map's colours mean besides permissions; each of these overlays has a use of its
  /// own for them, and two of one overlay never share an ink unless they belong together.
  case overlay1, overlay2, overlay3, overlay4, overlay5, overlay6, overlay7, overlay8, overlay9,
    overlay10

  /// The letter that stands for the ink in golden screens; those of the classes also stand in
  /// for them on the map where there is no colour.
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

  /// The permission classes, from the most ordinary on.
  public static let permissionClasses: [Ink] = [
    .rwNX, .roNX, .roX, .rwX, .notPresent, .uncached, .hole,
  ]
}

/// What is said about a cell besides its ink.
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

  /// Not alike in two screens that are compared: on paper of its own.
  public static let differs = Modifiers(rawValue: 8)

  /// Pointed out among others, by the answer to a question: on the paper of what differs.
  public static let pointed = Modifiers(rawValue: 16)

  /// About to change by the next step: bold, and drawn as an outline.
  public static let next = Modifiers(rawValue: 32)

  /// How many different sets there are.
  public static let combinationCount = 64

  /// The letter that stands for the set in golden screens; a space for none.
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
