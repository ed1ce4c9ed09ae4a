/// Numbers that look random and are the same for the same seed, everywhere: SplitMix64.
public struct SeededNumbers: Sendable {
  @usableFromInline var state: UInt64

  /// Begins a row of numbers.
  @inlinable public init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// The next number.
  @inlinable @inline(__always)
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z &>> 31)
  }

  /// A number from 0 up to but not including a limit; 0 for a limit of 0.
  @inlinable @inline(__always)
  public mutating func next(below limit: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: limit).high
  }

  /// An index from 0 up to but not including a limit.
  @inlinable @inline(__always)
  public mutating func index(below limit: Int) -> Int {
    Int(truncatingIfNeeded: next(below: UInt64(limit)))
  }

  /// One element of a list that is not empty.
  public mutating func pick<Element>(_ list: [Element]) -> Element {
    list[index(below: list.count)]
  }
}
