/// A virtual address in canonical form. With five levels of tables the bits from 39 to 47 are the index
/// into a table of its own, the P4D, and the sign is shorter.
///
///     63      48 47   39 38   30 29   21 20   12 11        0
///     +---------+-------+-------+-------+-------+-----------+
///     |  sign   |  pgd  |  pud  |  pmd  |  pte  |  offset   |
///     +---------+-------+-------+-------+-------+-----------+
///     63 57 56 48
///     +----+----+-------+-------+-------+-------+-----------+
///     |sign| pgd|  p4d  |  pud  |  pmd  |  pte  |  offset   |
///     +----+----+-------+-------+-------+-------+-----------+
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

  /// Whether the upper 8 bits are all equal, as the CPU demands with five levels.
  @inlinable public var isCanonicalWithFiveLevels: Bool {
    let sign = Int64(bitPattern: rawValue) >> 56
    return sign == 0 || sign == -1
  }

  /// Whether it is an address of the kernel's half that only five levels of tables have.
  @inlinable public var needsFiveLevels: Bool { rawValue >> 63 == 1 && !isCanonical }

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
