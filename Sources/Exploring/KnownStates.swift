/// The keys of the states that were reached: a table of words with at most three of four places taken.
///
/// Keys are mixed already, so that their lowest bits say where they stand.
struct KnownStates: Sendable {
  private var words: [UInt64]
  /// How many states there are.
  private(set) var count = 0

  init() { words = Array(repeating: 0, count: 64) }

  /// The bytes that it takes.
  var bytes: Int { words.count * MemoryLayout<UInt64>.stride }

  /// Adds a key; whether it was not there.
  mutating func insert(_ key: UInt64) -> Bool {
    // 0 stands for a free place. That two keys share one happens by chance alone, as with any two.
    let key = key == 0 ? 1 : key
    guard let place = place(of: key) else { return false }
    words[place] = key
    count += 1
    if count * 4 > words.count * 3 { grow() }
    return true
  }

  /// The free place for a key; `nil` if it is there.
  private func place(of key: UInt64) -> Int? {
    let mask = words.count - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while words[place] != 0 {
      if words[place] == key { return nil }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func grow() {
    let old = words
    words = Array(repeating: 0, count: old.count * 2)
    for key in old where key != 0 {
      if let place = place(of: key) { words[place] = key }
    }
  }
}
