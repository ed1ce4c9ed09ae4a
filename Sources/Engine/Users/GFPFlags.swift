/// The flags of a request for pages. Raw values are those of 6.1.
public struct GFPFlags: OptionSet, Hashable, Sendable {
  /// The bits.
  public var rawValue: UInt32
  /// Creates flags from bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `__GFP_HIGHMEM`: high memory will do. There is none on x86-64.
  public static let highmem = GFPFlags(rawValue: 0x2)
  /// `__GFP_DMA32`: from below 4 GiB.
  public static let dma32 = GFPFlags(rawValue: 0x4)
  /// `__GFP_MOVABLE`.
  public static let movable = GFPFlags(rawValue: 0x8)
  /// `__GFP_RECLAIMABLE`.
  public static let reclaimable = GFPFlags(rawValue: 0x10)
  /// `__GFP_ZERO`.
  public static let zero = GFPFlags(rawValue: 0x100)
  /// `__GFP_DIRECT_RECLAIM`: who asks may sleep.
  public static let directReclaim = GFPFlags(rawValue: 0x400)
  /// `__GFP_NOWARN`.
  public static let nowarn = GFPFlags(rawValue: 0x2000)
  /// `__GFP_RETRY_MAYFAIL`.
  public static let retryMayFail = GFPFlags(rawValue: 0x4000)
  /// `__GFP_HARDWALL`: what GFP_USER adds.
  public static let hardwall = GFPFlags(rawValue: 0x100000)
  /// `__GFP_ACCOUNT`.
  public static let account = GFPFlags(rawValue: 0x400000)

  /// GFP_KERNEL: direct reclaim, kswapd, I/O and file systems.
  public static let kernel = GFPFlags(rawValue: 0xcc0)
  /// GFP_NOFS.
  public static let nofs = GFPFlags(rawValue: 0xc40)
  /// GFP_USER.
  public static let user: GFPFlags = [.kernel, .hardwall]
  /// GFP_ATOMIC: kswapd and the reserves.
  public static let atomic = GFPFlags(rawValue: 0x820)
  /// GFP_NOWAIT: kswapd.
  public static let nowait = GFPFlags(rawValue: 0x800)

  /// The type of blocks that serve the request. Models `gfp_migratetype()`.
  public var migrateType: MigrateType {
    contains(.movable) ? .movable : contains(.reclaimable) ? .reclaimable : .unmovable
  }
}

/// A request for pages.
struct PageRequest {
  /// 2 to the power of this many pages.
  var order = 0
  /// What may be done to get them, and what they are for.
  var gfp = GFPFlags.kernel
  /// The node that should serve; `nil` (NUMA_NO_NODE): that of the CPU.
  var node: Int?
  /// Who will hold them.
  var owner: Name
  /// Whether the permissions of the pages will change: the area is flagged VM_GROUP_PAGES, or the
  /// request is secretmem's.
  var isGrouped = false
  /// Whether `alloc_pages_bulk()` serves it, with others.
  var isBulk = false
  /// Whether the page is for memfd_secret.
  var isSecret = false
  /// The type of blocks that serve, if a policy wants another than the flags say.
  var type: MigrateType?
}

/// A policy's answer to a request for pages.
enum PageAnswer: Equatable {
  /// The request is none of the policy's business.
  case notMine
  /// The policy hands this page out. Unmapped: it is out of the direct map, and the one who asked
  /// leaves it so, when it takes the page and when it gives it back.
  case page(PFN, isUnmapped: Bool = false)
  /// The policy refuses, or has nothing; the page allocator is not asked.
  case failed
}
