/// The lists of free pages that the CPU keeps for itself, in front of the free lists of a zone
/// (`struct per_cpu_pages`, mm/page_alloc.c, 6.1).
///
/// Requests of orders 0 to 3 are served from them, and freed blocks of these orders go there first:
/// the page allocator neither merges them nor sees them as free. One CPU makes all calls, so there is
/// one set for each zone.
struct CPULists: Equatable, Sendable {
  /// The name by which the books know the pages on the lists.
  static let ownerName = Name("cpu-list")

  /// The lists of a zone.
  struct Zone: Equatable, Sendable {
    /// The blocks of each list, the one at the head last; `CPUListRules.index(_:_:)` numbers the lists.
    var lists = [[PFN]](repeating: [], count: CPUListRules.listCount)
    /// The pages on all of them (`pcp->count`).
    var pages = 0
    /// How often the number of blocks that an overflow frees was doubled (`pcp->free_factor`).
    var freeFactor = 0

    func add(to sum: inout Checksum) {
      for list in lists { sum.add(list) { $1.add($0.rawValue) } }
      sum.add(pages)
      sum.add(freeFactor)
    }
  }

  /// By zone; empty until the first page comes.
  var zones: [Zone] = []
  /// The owner of the pages on the lists, once there was one.
  var owner: Owner?

  func add(to sum: inout Checksum) {
    sum.add(zones) { $0.add(to: &$1) }
    sum.add(owner.map { Int($0.rawValue) } ?? -1)
  }
}

/// A change of the CPU's lists.
public enum CPUListChange: Equatable, Sendable {
  /// A block that is on no list and has no owner came to the list of its type and order.
  case added(PageState.Block, atTail: Bool)
  /// A block left its list, and is on none.
  case removed(PageState.Block)
  /// A zone's overflows free 2 to the power of this many batches.
  case freeFactor(zone: Int, Int)
}

/// How a kernel's CPUs keep lists of free pages.
public struct CPUListRules: Equatable, Sendable {
  /// Whether blocks of 2M have a list too, as with transparent huge pages.
  public var holdsHugePages = false

  /// Rules of 6.1 without transparent huge pages.
  public init() {}

  /// PAGE_ALLOC_COSTLY_ORDER: higher orders go past the lists.
  public static let largestOrder = 3
  /// Types with lists, in the order in which they are emptied (MIGRATE_PCPTYPES).
  static let types: [MigrateType] = [.unmovable, .movable, .reclaimable, .unmapped]
  static let listCount = (largestOrder + 2) * types.count

  /// Whether blocks of an order go through the lists. Models `pcp_allowed_order()`.
  func hold(order: Int) -> Bool {
    order <= Self.largestOrder || holdsHugePages && order == PhysicalMemory.pageblockOrder
  }

  /// The number of a list. Models `order_to_pindex()`.
  static func index(_ type: MigrateType, order: Int) -> Int? {
    guard let place = types.firstIndex(of: type) else { return nil }
    return min(order, largestOrder + 1) * types.count + place
  }

  /// The order of the blocks on a list.
  static func order(ofList index: Int) -> Int {
    let order = index / types.count
    return order > largestOrder ? PhysicalMemory.pageblockOrder : order
  }

  /// The type of the blocks on a list.
  static func type(ofList index: Int) -> MigrateType { types[index % types.count] }

  /// The pages that a refill takes (`pcp->batch`), by the managed pages of the zone. Models `zone_batchsize()`.
  public static func batch(managed: PageCount) -> Int {
    let quarter = max(1, min(Int(managed.rawValue >> 10), 256) / 4)
    let rough = quarter + quarter / 2
    return max(1, 1 << (Int.bitWidth - 1 - rough.leadingZeroBitCount) - 1)
  }

  /// The pages that all zones together keep back (`min_free_kbytes` of the recorded kernels).
  static let minFreePages: UInt64 = 256 / 4

  /// What a zone keeps back for those who cannot wait, and from where on others are asked first. Models
  /// `__setup_per_zone_wmarks()`, with `watermark_scale_factor` 10.
  static func watermarks(managed: PageCount, ofAll all: PageCount) -> (min: UInt64, low: UInt64) {
    let min = minFreePages * managed.rawValue / Swift.max(1, all.rawValue)
    return (min, min + Swift.max(min / 4, managed.rawValue * 10 / 10_000))
  }
}
