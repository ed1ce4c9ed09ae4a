public import Engine

/// The result of a series of accesses.
public struct TLBResult: Equatable, Sendable {
  /// The accesses that were made.
  public var accesses: UInt64 = 0
  /// Accesses without an entry in the first level.
  public var firstMisses: UInt64 = 0
  /// Accesses without an entry in any level: each is a walk through the tables.
  public var walks: UInt64 = 0
  /// The tables that the walks read.
  public var walkSteps: UInt64 = 0
  /// Walks that ended where nothing is present; they leave no entry.
  public var faults: UInt64 = 0
  /// Walks that ended at a leaf of 4K.
  public var walks4K: UInt64 = 0
  /// Walks that ended at a leaf of 2M.
  public var walks2M: UInt64 = 0
  /// Walks that ended at a leaf of 1G.
  public var walks1G: UInt64 = 0
  /// The bytes that the entries of both levels cover at the end.
  public var reachBytes: UInt64 = 0

  /// A series of no accesses.
  public init() {}

  /// Accesses with an entry in the first level.
  public var firstHits: UInt64 { accesses - firstMisses }

  /// Accesses with an entry only in the second level.
  public var secondHits: UInt64 { firstMisses - walks }

  /// The walks that ended at a present leaf of a size.
  public subscript(size: LeafSize) -> UInt64 {
    switch size {
    case .size4K: walks4K
    case .size2M: walks2M
    case .size1G: walks1G
    }
  }

  /// Counts a walk to a present leaf.
  mutating func countWalk(_ size: LeafSize) {
    switch size {
    case .size4K: walks4K &+= 1
    case .size2M: walks2M &+= 1
    case .size1G: walks1G &+= 1
    }
  }
}
