import Engine

/// A range as the kernel prints it: both ends in hexadecimal, the last byte included.
struct AddressRangeText {
  /// The first byte.
  let first: UInt64
  /// The last byte.
  let last: UInt64

  /// Reads `START-END`; `nil` if it is not a range, or the end is before the start.
  init?(_ text: some StringProtocol) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = UInt64(hex: ends[0]), let last = UInt64(hex: ends[1]),
      first <= last
    else { return nil }
    self.first = first
    self.last = last
  }

  /// A range given by the byte after the last one; `nil` if it is empty.
  init?(_ first: UInt64, behindLast end: UInt64) {
    guard first < end else { return nil }
    self.first = first
    last = end - 1
  }

  /// The range of physical addresses; `nil` if it ends above all of them.
  var physical: Range<PhysicalAddress>? {
    guard last < Self.limit else { return nil }
    return PhysicalAddress(first)..<PhysicalAddress(last + 1)
  }

  /// The part of the range that can be of physical addresses.
  var clampedToPhysical: Range<PhysicalAddress> {
    let end = min(last, Self.limit - 1) + 1
    return PhysicalAddress(min(first, end))..<PhysicalAddress(end)
  }

  private static let limit: UInt64 = 1 << PhysicalAddress.bits
}

extension Range<PhysicalAddress> {
  /// The frames that hold any byte of the range.
  public var frames: Range<PFN> {
    lowerBound.pfn..<PFN((upperBound.rawValue + 4095) >> 12)
  }
}
