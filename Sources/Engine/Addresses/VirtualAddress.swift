/// A kernel virtual address in canonical form, 4-level paging.
///
///     63      48 47   39 38   30 29   21 20   12 11        0
///     +---------+-------+-------+-------+-------+-----------+
///     |  sign   |  pgd  |  pud  |  pmd  |  pte  |  offset   |
///     +---------+-------+-------+-------+-------+-----------+
public struct VirtualAddress: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The address.
  public var rawValue: UInt64

  /// Creates an address.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Creates an address from a literal.
  @inlinable public init(integerLiteral value: UInt64) { self.rawValue = value }

  /// Whether one address lies below another.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The address `count` pages up, wrapping at the end of the space.
  @inlinable public static func + (a: Self, count: PageCount) -> Self {
    Self(a.rawValue &+ count.bytes)
  }

  /// The whole pages between an address that is not above this one and this one.
  @inlinable public static func - (a: Self, b: Self) -> PageCount {
    PageCount((a.rawValue &- b.rawValue) >> 12)
  }

  /// Whether the upper 17 bits are all equal, as the CPU demands with four levels.
  @inlinable public var isCanonical: Bool {
    let sign = Int64(bitPattern: rawValue) >> 47
    return sign == 0 || sign == -1
  }

  /// The largest multiple of `size` that is not above this address.
  @inlinable public func alignedDown(to size: LeafSize) -> VirtualAddress {
    VirtualAddress(rawValue & ~(size.bytes - 1))
  }

  /// Whether the address is a multiple of `size`.
  @inlinable public func isAligned(to size: LeafSize) -> Bool { rawValue & (size.bytes - 1) == 0 }

  /// The pages from this address to the end of the `size` slot that holds it.
  @inlinable public func pagesToEnd(of size: LeafSize) -> PageCount {
    PageCount((size.bytes - (rawValue & (size.bytes - 1)) + 4095) >> 12)
  }
}
