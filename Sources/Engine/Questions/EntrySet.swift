/// A set of the 512 entries of a table.
public struct EntrySet: Hashable, Sendable {
  private var words: SIMD8<UInt64> = .zero

  /// No entry.
  public init() {}

  /// How many entries are in the set.
  public var count: Int {
    var sum = 0
    for index in words.indices { sum += words[index].nonzeroBitCount }
    return sum
  }

  /// Whether the set has no entry.
  public var isEmpty: Bool { words == .zero }

  /// Whether an entry, 0 to 511, is in the set.
  public func contains(_ index: Int) -> Bool {
    words[index >> 6] & 1 << UInt64(index & 63) != 0
  }

  /// Adds an entry, 0 to 511.
  @inline(__always)
  mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

  /// Adds the entries of another set.
  mutating func formUnion(_ other: EntrySet) { words |= other.words }

  /// The entries that are in both sets.
  func intersection(_ other: EntrySet) -> EntrySet {
    var both = self
    both.words &= other.words
    return both
  }

  /// The first entry from an index on, or, backwards, the last one up to it; `nil` if there is none.
  /// An index outside of 0 to 511 is before or behind all entries.
  public func next(from index: Int, forwards: Bool = true) -> Int? {
    var place = forwards ? max(0, index) : min(TableNode.entryCount - 1, index)
    while place >= 0, place < TableNode.entryCount {
      if contains(place) { return place }
      place += forwards ? 1 : -1
    }
    return nil
  }
}
