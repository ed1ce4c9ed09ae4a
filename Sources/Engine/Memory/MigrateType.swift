/// What the pages of a block are used for, by how well they can be moved (`enum migratetype`).
///
/// Raw values only number the lists; the kernel's own numbers shift with its configuration.
public enum MigrateType: UInt8, CaseIterable, Sendable {
  /// Kernel memory: stays where it is (GFP_KERNEL, GFP_HIGHUSER).
  case unmovable
  /// User memory: can be moved to other frames.
  case movable
  /// Kernel memory that can be given up: caches.
  case reclaimable
  /// Blocks kept back for urgent allocations.
  case highAtomic
  /// Blocks lent to movable pages until a device wants them.
  case cma
  /// Blocks that nothing may be allocated from.
  case isolate
  /// Blocks that are not in the direct map: proposed in January 2022, in no kernel.
  case unmapped

  /// The name that `/proc/pagetypeinfo` shows.
  public var name: String {
    switch self {
    case .unmovable: "Unmovable"
    case .movable: "Movable"
    case .reclaimable: "Reclaimable"
    case .highAtomic: "HighAtomic"
    case .cma: "CMA"
    case .isolate: "Isolate"
    case .unmapped: "Unmapped"
    }
  }

  /// Whether two blocks of 2M may merge though only one has this type. Models
  /// `migratetype_is_mergeable()`, mm/page_alloc.c, 6.12.
  @inline(__always)
  var isMergeable: Bool { self != .highAtomic && self != .cma && self != .isolate }
}
