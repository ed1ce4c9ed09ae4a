/// FNV-1a over words of 64 bits.
///
/// Tests in debug builds spend much of their time here, so the words of tables are added in one loop,
/// without a call for each.
struct Checksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  private static var prime: UInt64 { 0x0000_0100_0000_01b3 }

  @inline(__always)
  mutating func add(_ word: UInt64) { value = (value ^ word) &* Self.prime }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ flag: Bool) { add(flag ? UInt64(1) : 0) }

  /// Adds words in a row.
  mutating func add(_ words: UnsafePointer<UInt64>, count: Int) {
    var sum = value
    var word = unsafe words
    let end = unsafe words + count
    while unsafe word < end {
      sum = unsafe (sum ^ word.pointee) &* Self.prime
      unsafe word += 1
    }
    value = sum
  }

  /// Adds how many elements there are, and each in turn.
  mutating func add<Elements: Collection>(
    _ elements: Elements, _ each: (Elements.Element, inout Checksum) -> Void,
  ) {
    add(elements.count)
    for element in elements { each(element, &self) }
  }
}
