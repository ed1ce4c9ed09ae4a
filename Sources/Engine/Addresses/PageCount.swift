/// A number of 4K pages.
public struct PageCount: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of pages.
  public var rawValue: UInt64

  /// Creates a count of `rawValue` pages.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Creates a count from a literal.
  @inlinable public init(integerLiteral value: UInt64) { self.rawValue = value }

  /// The size in bytes.
  @inlinable public var bytes: UInt64 { rawValue << 12 }

  /// The size in KiB, the unit of `/proc/meminfo`.
  @inlinable public var kilobytes: UInt64 { rawValue << 2 }

  /// Whether one count is smaller than another.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The sum of two counts.
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(a.rawValue + b.rawValue) }

  /// The difference of two counts; the second must not be the larger one.
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(a.rawValue - b.rawValue) }

  /// Adds a count in place.
  @inlinable public static func += (a: inout Self, b: Self) { a.rawValue += b.rawValue }

  /// Subtracts a count in place; it must not exceed the receiver.
  @inlinable public static func -= (a: inout Self, b: Self) { a.rawValue -= b.rawValue }
}
