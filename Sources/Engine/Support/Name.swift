/// The name of an area or of an owner of pages: 1 to 32 ASCII letters, digits and `_`, `-`, `.`, not
/// beginning with a digit.
///
/// Kept in four words, so that calls and events stay plain values without references.
public struct Name: Hashable, Sendable, CustomStringConvertible {
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var fourth: UInt64 = 0

  /// The longest a name may be, in characters.
  public static let limit = 32

  /// The name with these characters; `nil` if they make none.
  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// The same for a whole string, without the detour by which any kind of text is read.
  public init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= Self.limit else { return nil }
    for (index, byte) in text.utf8.enumerated() {
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
      let isFurther = (48...57).contains(byte) || byte == 45 || byte == 46
      guard isLetter || index > 0 && isFurther else { return nil }
      let bits = UInt64(byte) << UInt64(index % 8 * 8)
      switch index / 8 {
      case 0: first |= bits
      case 1: second |= bits
      case 2: third |= bits
      default: fourth |= bits
      }
    }
  }

  /// The name as text.
  public var description: String {
    let bytes = [first, second, third, fourth].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  func add(to sum: inout Checksum) {
    sum.add(first)
    sum.add(second)
    sum.add(third)
    sum.add(fourth)
  }

  /// The name with an ending; `nil` if there is no room for it.
  func with(suffix: String) -> Name? { Name(description + suffix) }
}
