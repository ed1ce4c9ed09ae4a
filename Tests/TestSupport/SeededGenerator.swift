/// SplitMix64: the same numbers for the same seed, everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator for a seed.
  public init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from 0 up to but not including a limit.
  public mutating func next(below limit: UInt64) -> UInt64 {
    limit == 0 ? 0 : next().multipliedFullWidth(by: limit).high
  }

  /// True in one of `count` cases.
  public mutating func oneIn(_ count: UInt64) -> Bool { next(below: count) == 0 }

  /// One element of a list that is not empty.
  public mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int(next(below: UInt64(list.count)))]
  }
}
