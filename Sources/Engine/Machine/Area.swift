/// The name of an area: 1 to 16 ASCII letters, digits and `_`, `-`, `.`, not beginning with a digit.
///
/// Kept in two words, so that calls and events stay plain values without references.
public struct AreaName: Hashable, Sendable, CustomStringConvertible {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// The longest a name may be, in characters.
  public static let limit = 16

  /// The name with these characters; `nil` if they make none.
  public init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.count <= Self.limit else { return nil }
    for (index, byte) in text.utf8.enumerated() {
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
      let isFurther = (48...57).contains(byte) || byte == 45 || byte == 46
      guard isLetter || index > 0 && isFurther else { return nil }
      let bits = UInt64(byte) << UInt64(index % 8 * 8)
      if index < 8 { low |= bits } else { high |= bits }
    }
  }

  /// The name as text.
  public var description: String {
    let bytes = (0..<Self.limit).map { index in
      UInt8(truncatingIfNeeded: (index < 8 ? low : high) >> UInt64(index % 8 * 8))
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// A stretch of vmalloc addresses that shows some frames a second time. A guard page follows it.
public struct Area: Equatable, Sendable {
  /// The name by which calls refer to it.
  public var name: AreaName
  /// The address of its first page.
  public var start: VirtualAddress
  /// Its pages, the guard page not counted.
  public var pages: PageCount

  /// Creates an area.
  public init(name: AreaName, start: VirtualAddress, pages: PageCount) {
    self.name = name
    self.start = start
    self.pages = pages
  }

  /// Its addresses with the guard page: what it takes from the vmalloc space, and what a flush of
  /// the freed area covers.
  public var reserved: Range<VirtualAddress> { start..<(start + pages + 1) }
}
