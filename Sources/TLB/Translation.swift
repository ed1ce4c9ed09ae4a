public import Engine

/// The stretches that one TLB entry can translate; raw values are indices into a model's tables.
public enum Translation: UInt8, CaseIterable, Comparable, Sendable {
  /// A leaf of 4K.
  case size4K
  /// Sixteen consecutive 4K leaves: a contiguous group of arm64, or a base page of 64K.
  case size64K
  /// A leaf of 2M.
  case size2M
  /// Sixteen consecutive 2M leaves: a contiguous group of arm64.
  case size32M
  /// A leaf of 1G.
  case size1G

  /// The bits of the byte offset within the stretch.
  @inlinable public var shift: UInt64 {
    switch self {
    case .size4K: 12
    case .size64K: 16
    case .size2M: 21
    case .size32M: 25
    case .size1G: 30
    }
  }

  /// The size of the leaves that form the stretch.
  @inlinable public var leaf: LeafSize {
    switch self {
    case .size4K, .size64K: .size4K
    case .size2M, .size32M: .size2M
    case .size1G: .size1G
    }
  }

  /// The stretch of one leaf.
  @inlinable public init(_ leaf: LeafSize) {
    switch leaf {
    case .size4K: self = .size4K
    case .size2M: self = .size2M
    case .size1G: self = .size1G
    }
  }

  /// The tables that a walk of four levels reads down to its leaf: 4, 3 or 2. One of five reads one more.
  @inlinable public var tableReads: Int { 5 - Int(leaf.rawValue) }

  /// Whether one stretch is smaller than another.
  @inlinable public static func < (a: Translation, b: Translation) -> Bool {
    a.rawValue < b.rawValue
  }
}
