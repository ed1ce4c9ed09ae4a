import Engine
import Narration

/// What one cell of a panel stands for: a slot of a page-table page, summed up.
public struct Slot: Equatable, Sendable {
  /// How the slot is mapped.
  public enum Kind: UInt8, Sendable {
    /// Nothing is mapped, and no RAM is there.
    case hole
    /// There is RAM, and nothing maps it yet.
    case unmapped
    /// One leaf of the panel's size, or part of a larger one.
    case leaf
    /// Smaller leaves, none of them 4K.
    case split
    /// Smaller leaves, some of them 4K.
    case splitTo4K
    /// Nothing is mapped, and nothing may be: a guard page, or an area that is freed but not flushed.
    case reserved
  }

  /// How the slot is mapped.
  public var kind = Kind.hole
  /// The class of its leaves; the worst where they differ.
  public var worst = PermissionClass.hole
  /// How many 4K leaves are inside.
  public var leaves4K: UInt32 = 0
  /// Whether it is a leaf that stands alone where others stand in contiguous groups of sixteen (arm64).
  public var isAlone = false
  /// Whether the last step changed something inside.
  public var isChanged = false

  /// A slot where nothing is mapped.
  package init() {}

  /// Whether anything is mapped.
  package var isMapped: Bool { kind != .hole && kind != .unmapped && kind != .reserved }

  /// Adds leaves of one size and class that lie inside.
  mutating func add(_ size: LeafSize, _ permission: PermissionClass, pages: UInt64, slot: LeafSize)
  {
    if permission.severity > worst.severity { worst = permission }
    if size >= slot {
      kind = .leaf
      return
    }
    if size == .size4K {
      kind = .splitTo4K
      leaves4K += UInt32(truncatingIfNeeded: pages)
    } else if kind != .splitTo4K {
      kind = .split
    }
  }
}

extension PermissionClass {
  /// How much a class deserves to be seen where several share a cell.
  var severity: Int {
    switch self {
    case .hole: 0
    case .rwNX: 1
    case .roNX: 2
    case .roX: 3
    case .uncached: 4
    case .notPresent: 5
    case .rwX: 6
    }
  }
}

extension LeafRun {
  /// Whether its leaves stand alone where others stand in contiguous groups of sixteen (arm64).
  var standsAlone: Bool {
    size != .size1G && flags.isOfArm64 && !flags.contains(.contiguous)
  }
}
