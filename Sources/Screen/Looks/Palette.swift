/// A colour as amounts of red, green and blue light.
public struct RGB: Hashable, Sendable {
  /// Red, green and blue, from 0 to 255.
  public var red, green, blue: UInt8

  /// Makes a colour.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// Reads `#rrggbb`.
  public init?(hexadecimal text: String) {
    let digits = text.utf8.dropFirst()
    guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6,
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), digits.first != 0x2b
    else { return nil }
    self.init(UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
  }

  /// How far apart two colours are, as the eye weighs red, green and blue; squared.
  func distance(to other: RGB) -> Int {
    func square(_ a: UInt8, _ b: UInt8) -> Int { (Int(a) - Int(b)) * (Int(a) - Int(b)) }
    return 2 * square(red, other.red) + 4 * square(green, other.green) + 3
      * square(blue, other.blue)
  }
}

/// The colours of the indices, as in xterm by default.
///
/// From 16 on they are the same nearly everywhere; the first 16 depend on the terminal.
public enum Palette {
  /// The colour of an index.
  public static func rgb(_ index: UInt8) -> RGB {
    switch index {
    case ..<16: return first[Int(index)]
    case ..<232:
      let cube = Int(index) - 16
      return RGB(steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
    default:
      let grey = UInt8(8 + 10 * (Int(index) - 232))
      return RGB(grey, grey, grey)
    }
  }

  /// The nearest of the indices that are the same everywhere.
  public static func nearest256(_ color: RGB) -> UInt8 { nearest(color, among: 16...255) }

  /// The nearest of the first 16, or of the first 8.
  public static func nearest(_ color: RGB, ofFirst count: UInt8) -> UInt8 {
    nearest(color, among: 0...(count - 1))
  }

  private static func nearest(_ color: RGB, among indices: ClosedRange<UInt8>) -> UInt8 {
    indices.min { rgb($0).distance(to: color) < rgb($1).distance(to: color) } ?? 0
  }

  private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

  private static let first: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
    RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
    RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
    RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
  ]
}

extension Color {
  /// A colour by its index among 256, with its nearest equivalents where fewer exist.
  public init(nearest index: UInt8) {
    let color = Palette.rgb(index)
    self.init(
      index, index < 16 ? index : Palette.nearest(color, ofFirst: 16),
      index < 16 ? index & 7 : Palette.nearest(color, ofFirst: 8))
  }
}
