/// A physical address in bytes, 52 bits at most.
public struct PhysicalAddress: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The address.
  public var rawValue: UInt64

  /// The number of bits that an x86-64 physical address can have.
  public static let bits: UInt64 = 52

  /// Creates an address.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Creates an address from a literal.
  @inlinable public init(integerLiteral value: UInt64) { self.rawValue = value }

  /// The frame that holds the address.
  @inlinable public var pfn: PFN { PFN(rawValue >> 12) }

  /// Whether one address lies below another.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
