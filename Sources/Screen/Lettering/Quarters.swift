/// The quarters of a cell that a block character fills.
public struct Quarters: OptionSet, Hashable, Sendable {
  /// One bit a quarter.
  public let rawValue: UInt8

  /// Makes a set of quarters; bits above the fourth mean nothing.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 15 }

  /// The upper left quarter.
  public static let upperLeft = Quarters(rawValue: 1)
  /// The upper right quarter.
  public static let upperRight = Quarters(rawValue: 2)
  /// The lower left quarter.
  public static let lowerLeft = Quarters(rawValue: 4)
  /// The lower right quarter.
  public static let lowerRight = Quarters(rawValue: 8)

  /// Each quarter, row by row from the left.
  public static let inOrder: [Quarters] = [.upperLeft, .upperRight, .lowerLeft, .lowerRight]

  /// The characters, by the bits of what they fill.
  private static let characters = Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█".unicodeScalars)

  /// The quarters that a character fills; nil if it is no such block.
  public init?(_ scalar: Unicode.Scalar) {
    guard scalar != " ", let index = Self.characters.firstIndex(of: scalar) else { return nil }
    self.init(rawValue: UInt8(index))
  }

  /// The character that fills them; a space for none.
  public var character: Unicode.Scalar { Self.characters[Int(rawValue)] }
}
