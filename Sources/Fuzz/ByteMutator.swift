/// Changes inputs at random: the same seed gives the same inputs.
struct ByteMutator {
  private var state: UInt64
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]

  /// The longest input.
  private static let lengthMax = 8192

  /// - Parameters:
  ///   - seeds: inputs to start from.
  ///   - words: words that the parser knows.
  init(seed: UInt64, from seeds: [[UInt8]], words: [String]) {
    state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    self.seeds = seeds.isEmpty ? [[]] : seeds
    self.words = words.map { Array($0.utf8) }
  }

  /// The next number of SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  private mutating func next(below limit: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(1, limit))).high)
  }

  /// The next input.
  mutating func input() -> [UInt8] {
    var bytes = seeds[next(below: seeds.count)]
    for _ in 0...next(below: 6) { change(&bytes) }
    if bytes.count > Self.lengthMax { bytes.removeLast(bytes.count - Self.lengthMax) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = next(below: bytes.count + 1)
    let length = min(next(below: next(below: 4) == 0 ? 400 : 12), bytes.count - place)
    let range = place..<(place + length)
    switch next(below: 9) {
    case 0: bytes.removeSubrange(range)
    case 1: bytes.insert(contentsOf: Array(bytes[range]), at: place)
    case 2: bytes.replaceSubrange(range, with: words[next(below: words.count)])
    case 3: bytes.insert(contentsOf: words[next(below: words.count)], at: place)
    case 4 where !bytes.isEmpty:
      bytes[min(place, bytes.count - 1)] ^= UInt8(1) << UInt8(next(below: 8))
    case 5: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
    case 6: number(&bytes, around: place)
    case 7:
      let other = seeds[next(below: seeds.count)]
      let from = next(below: other.count + 1)
      let end = min(other.count, from + next(below: 300))
      bytes.replaceSubrange(range, with: other[from..<end])
    default: bytes.removeSubrange(place...)
    }
  }

  /// Replaces the digits around a position by a number at the limit of a type.
  private mutating func number(_ bytes: inout [UInt8], around place: Int) {
    func isDigit(_ index: Int) -> Bool { (0x30...0x39).contains(bytes[index]) }
    guard let start = bytes.indices[place...].first(where: isDigit) else { return }
    let end = bytes.indices[start...].first { !isDigit($0) } ?? bytes.endIndex
    let edges = [
      "0", "1", "-1", "511", "512", "513", "2147483648", "4294967296", "9223372036854775807",
      "9223372036854775808", "18446744073709551615", "18446744073709551616", "1099511627776",
    ]
    bytes.replaceSubrange(start..<end, with: edges[next(below: edges.count)].utf8)
  }
}
