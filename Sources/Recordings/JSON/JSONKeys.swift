/// The keys that an object of a kind may have.
///
/// Objects of a kind mostly have them in the same order, so the key after the last match is tried
/// first.
final class JSONKeys<Key: CaseIterable & RawRepresentable<String> & Sendable>: Sendable {
  private let all: [Key]
  /// The names as they stand in a file, one after the other, each with the quotes around it.
  private let bytes: [UInt8]
  /// Where each begins, and where the last ends.
  private let starts: [Int]
  /// A bit for each key that an object must have, at the index of the key.
  private let required: UInt64

  /// - Parameter isOptional: whether an object may lack a key.
  init(isOptional: (Key) -> Bool = { _ in false }) {
    all = Array(Key.allCases)
    var bytes: [UInt8] = []
    var starts = [0]
    for key in all {
      bytes += Array("\"\(key.rawValue)\"".utf8)
      starts.append(bytes.count)
    }
    precondition(all.count <= 64, "What was found of an object is a word of bits.")
    self.bytes = bytes
    self.starts = starts
    var required: UInt64 = 0
    for (index, key) in all.enumerated() where !isOptional(key) { required |= 1 << UInt64(index) }
    self.required = required
  }

  /// The first key that an object must have and does not, by a bit for each that was seen.
  @inline(__always)
  func missing(from seen: UInt64) -> Key? {
    let missing = required & ~seen
    return missing == 0 ? nil : all[missing.trailingZeroBitCount]
  }

  /// The key that stands at a place of a text in which a line feed follows, and its length with its
  /// quotes.
  ///
  /// - Parameter guess: the index that is tried first; becomes that of the key.
  @inline(__always)
  func find(in text: [UInt8], at place: Int, _ guess: inout Int) -> (key: Key, length: Int)? {
    for _ in 0..<all.count {
      if guess >= all.count { guess = 0 }
      var index = starts[guess]
      let end = starts[guess + 1]
      var position = place
      // A line feed is in no name, so this ends before the text does.
      while index < end, text[position] == bytes[index] {
        index += 1
        position += 1
      }
      if index == end { return (all[guess], position - place) }
      guess += 1
    }
    return nil
  }

  /// The key of a name, and its index.
  func find(_ name: String) -> (key: Key, index: Int)? {
    all.firstIndex { $0.rawValue == name }.map { (all[$0], $0) }
  }
}
