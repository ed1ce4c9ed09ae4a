/// The rules of the page allocator that differ between kernels and proposals, as data.
public struct BuddyRules: Equatable, Sendable {
  /// What happens when a type has no free block left.
  public enum Fallback: Equatable, Sendable {
    /// Up to 6.14 and not in its later updates: `__rmqueue_fallback()` moves blocks to the lists of
    /// the wanted type, if need be without the pageblock's type.
    case steal61
    /// From 6.15 on, and 6.12.117: `__rmqueue_claim()` takes whole pageblocks, `__rmqueue_steal()`
    /// single blocks that keep their type.
    case claimSteal
  }

  /// The types from which one type may take, in the order in which they are asked.
  public struct Victims: Equatable, Sendable {
    /// The type that has nothing left.
    public var type: MigrateType
    /// The types that it takes from.
    public var victims: [MigrateType]
    /// Whether it may always take, but takes the single block only and leaves the pageblock's type
    /// (the Unmapped type of January 2022).
    public var takesSingleBlock: Bool

    /// Creates a row of the table.
    public init(_ type: MigrateType, _ victims: [MigrateType], takesSingleBlock: Bool = false) {
      self.type = type
      self.victims = victims
      self.takesSingleBlock = takesSingleBlock
    }
  }

  /// What happens when a type has no free block left.
  public var fallback: Fallback
  /// From which types which may take.
  public var victims: [Victims]
  /// The types in the order in which `/proc/pagetypeinfo` shows them.
  public var shownTypes: [MigrateType]
  /// Whether a freed block of order 10 is freed as two of order 9 (`split_large_buddy()`).
  public var splitsFreedBlocks: Bool
  /// Whether a free pageblock that merges with one of another type takes its type.
  public var retypesMergedBlocks: Bool

  /// How the CPUs keep lists of free pages for themselves; `nil`: what is freed is on the free lists at
  /// once.
  public var cpuLists: CPUListRules?

  /// CONFIG_DEBUG_LIST: a page that is moved from list to list and is on none is warned of, not fatal.
  public var debugsLists = false

  /// Where the zone DMA ends: at 16 MiB on x86-64. On arm64 it reaches up to what devices with 32
  /// address bits can see, and the zone DMA32 is empty.
  public var dmaEnd: PFN = 0x1000

  /// The frames of a zone.
  func frames(of zone: ZoneKind) -> Range<PFN> {
    switch zone {
    case .dma: 0..<dmaEnd
    case .dma32: dmaEnd..<max(dmaEnd, zone.frames.upperBound)
    case .normal: zone.frames
    }
  }

  /// The same rules on arm64.
  public var onArm64: BuddyRules {
    var rules = self
    rules.dmaEnd = ZoneKind.normal.frames.lowerBound
    return rules
  }

  /// Creates rules.
  public init(
    fallback: Fallback, victims: [Victims] = Self.mainline,
    shownTypes: [MigrateType] = [.unmovable, .movable, .reclaimable, .highAtomic, .isolate],
    splitsFreedBlocks: Bool, retypesMergedBlocks: Bool,
  ) {
    self.fallback = fallback
    self.victims = victims
    self.shownTypes = shownTypes
    self.splitsFreedBlocks = splitsFreedBlocks
    self.retypesMergedBlocks = retypesMergedBlocks
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 6.1.
  public static var linux6_1: BuddyRules {
    BuddyRules(fallback: .steal61, splitsFreedBlocks: false, retypesMergedBlocks: false)
  }

  /// The rules of 6.12.117 and of 6.15 and later.
  public static var claiming: BuddyRules {
    BuddyRules(fallback: .claimSteal, splitsFreedBlocks: true, retypesMergedBlocks: true)
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The rules of 7.2, as recorded: with contiguous memory for devices (CMA) built in.
  public static var linux7_2: BuddyRules {
    var rules = claiming
    rules.shownTypes.insert(.cma, at: 4)
    return rules
  }

  /// `fallbacks[]` of mm/page_alloc.c.
  public static var mainline: [Victims] {
    [
      Victims(.unmovable, [.reclaimable, .movable]),
      Victims(.movable, [.reclaimable, .unmovable]),
      Victims(.reclaimable, [.unmovable, .movable]),
    ]
  }

  func row(of type: MigrateType) -> Victims? { victims.first { $0.type == type } }
}
