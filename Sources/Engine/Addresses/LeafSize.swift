/// The sizes an x86-64 leaf can have; raw values are the kernel's page-table levels (`PG_LEVEL_4K`
/// and so on), by which its counters are named.
public enum LeafSize: UInt8, Comparable, Sendable, CaseIterable {
  /// A PTE: one page.
  case size4K = 1
  /// A PMD leaf: 512 pages.
  case size2M = 2
  /// A PUD leaf: 262144 pages.
  case size1G = 3

  /// The bits of the byte offset within a leaf: 12, 21 or 30.
  @inlinable public var shift: UInt64 { 3 &+ 9 &* UInt64(rawValue) }

  /// The size in bytes.
  @inlinable public var bytes: UInt64 { 1 << shift }

  /// The size in 4K pages.
  @inlinable public var pages: PageCount { PageCount(1 << (shift &- 12)) }

  /// The next smaller size: what a leaf splits into. A 4K leaf has none.
  @inlinable public var smaller: LeafSize? { LeafSize(rawValue: rawValue - 1) }

  /// The next larger size: what 512 leaves collapse to. A 1G leaf has none.
  @inlinable public var larger: LeafSize? { LeafSize(rawValue: rawValue + 1) }

  /// The name that the kernel prints: `4K`, `2M` or `1G`.
  public var name: String {
    switch self {
    case .size4K: "4K"
    case .size2M: "2M"
    case .size1G: "1G"
    }
  }

  /// The size with this name.
  public init?(name: some StringProtocol) {
    switch name {
    case "4K": self = .size4K
    case "2M": self = .size2M
    case "1G": self = .size1G
    default: return nil
    }
  }

  /// Whether one size is smaller than another.
  @inlinable public static func < (a: LeafSize, b: LeafSize) -> Bool { a.rawValue < b.rawValue }
}
