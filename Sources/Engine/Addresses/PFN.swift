/// A page frame number: a physical address in units of 4K pages.
public struct PFN: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The frame number.
  public var rawValue: UInt64

  /// Creates the frame with this number.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Creates a frame number from a literal.
  @inlinable public init(integerLiteral value: UInt64) { self.rawValue = value }

  /// The physical address of the frame's first byte.
  @inlinable public var address: PhysicalAddress { PhysicalAddress(rawValue << 12) }

  /// Whether one frame lies below another.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The frame `count` pages up.
  @inlinable public static func + (a: Self, count: PageCount) -> Self {
    Self(a.rawValue + count.rawValue)
  }

  /// The distance to a frame that is not above this one.
  @inlinable public static func - (a: Self, b: Self) -> PageCount {
    PageCount(a.rawValue - b.rawValue)
  }

  /// The largest multiple of `size` that is not above this frame.
  @inlinable public func alignedDown(to size: LeafSize) -> PFN {
    PFN(rawValue & ~(size.pages.rawValue - 1))
  }

  /// The smallest multiple of `size` that is not below this frame.
  @inlinable public func alignedUp(to size: LeafSize) -> PFN {
    PFN((rawValue + size.pages.rawValue - 1) & ~(size.pages.rawValue - 1))
  }

  /// Whether the frame is a multiple of `size`.
  @inlinable public func isAligned(to size: LeafSize) -> Bool {
    rawValue & (size.pages.rawValue - 1) == 0
  }
}
