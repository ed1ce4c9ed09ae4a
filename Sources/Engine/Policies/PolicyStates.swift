/// What policies keep beside the page tables: one field a policy, its own type.
struct PolicyStates: Equatable, Sendable {
  var edgecombe2021 = Edgecombe2021.State()
  var permAlloc2020 = PermAlloc2020.State()
  var pteCache2021 = PTECache2021.State()
  var unmapped2022 = Unmapped2022.State()
  var mergeOnFree = MergeOnFree.State()
  var unmappedAlloc2023 = UnmappedAlloc2023.State()
  var rules = RuleStates()
  var freetype2026 = Freetype2026.State()
  var mermap2026 = Mermap2026.State()
  var kpkeys = KpkeysState()

  func add(to sum: inout Checksum) {
    edgecombe2021.add(to: &sum)
    permAlloc2020.add(to: &sum)
    pteCache2021.add(to: &sum)
    unmapped2022.add(to: &sum)
    mergeOnFree.add(to: &sum)
    unmappedAlloc2023.add(to: &sum)
    rules.add(to: &sum)
    freetype2026.add(to: &sum)
    mermap2026.add(to: &sum)
    kpkeys.add(to: &sum)
  }

  mutating func apply(_ change: PolicyChange) {
    switch change {
    case .edgecombe2021(let change): edgecombe2021.apply(change)
    case .permAlloc2020(let change): permAlloc2020.apply(change)
    case .pteCache2021(let change): pteCache2021.apply(change)
    case .unmapped2022(let change): unmapped2022.apply(change)
    case .mergeOnFree(let change): mergeOnFree.apply(change)
    case .unmappedAlloc2023(let change): unmappedAlloc2023.apply(change)
    case .rule(let change): rules.apply(change)
    case .freetype2026(let change): freetype2026.apply(change)
    case .mermap2026(let change): mermap2026.apply(change)
    case .kpkeys(let change): kpkeys.apply(change)
    }
  }
}

/// A change of what a policy keeps: each has its own.
public enum PolicyChange: Equatable, Sendable {
  /// The grouping cache of April 2021.
  case edgecombe2021(Edgecombe2021.Change)
  /// `perm_alloc()` of November 2020.
  case permAlloc2020(PermAlloc2020.Change)
  /// The cache of August 2021.
  case pteCache2021(PTECache2021.Change)
  /// The type Unmapped of January 2022.
  case unmapped2022(Unmapped2022.Change)
  /// Merging on free, with either trigger.
  case mergeOnFree(MergeOnFree.Change)
  /// The private allocator of March 2023.
  case unmappedAlloc2023(UnmappedAlloc2023.Change)
  /// The unmapped pageblocks of 2026.
  case freetype2026(Freetype2026.Change)
  /// The window of the Mermap, 2025 and 2026.
  case mermap2026(Mermap2026.Change)
  /// The page tables with a protection key, 2024 to 2026.
  case kpkeys(KpkeysChange)
  /// A rule of one's own.
  case rule(RuleChange)
}

/// The pages of a pageblock that are not on the free lists, by what keeps them.
public struct PageblockUse: Equatable, Sendable {
  // Small, as each event has room for the largest.
  private let counts: SIMD4<UInt16>

  /// In use by Unmapped requests.
  public var own: Int { Int(counts[0]) }
  /// Borrowed by other types.
  public var borrowed: Int { Int(counts[1]) }
  /// Kept by boot.
  public var boot: Int { Int(counts[2]) }
  /// Free, on the CPU's lists.
  public var waiting: Int { Int(counts[3]) }

  /// Creates counts.
  public init(own: Int, borrowed: Int, boot: Int, waiting: Int) {
    counts = SIMD4(clamping: SIMD4(own, borrowed, boot, waiting))
  }
}

/// What a policy decided that changes nothing by itself.
public enum PolicyDecision: Equatable, Sendable {
  /// The request's flags are not those the cache was made for: no page.
  case requestRefused(PolicyName, GFPFlags)
  /// The cache has no page for this node; -1: for none.
  case cacheEmpty(PolicyName, node: Int)
  /// A 2M block was taken from the page allocator.
  case blockTaken(PolicyName, PFN, node: Int)
  /// No block was to be had: a single page takes its place, and will join the cache when it is freed.
  case fellBack(PolicyName, PFN)
  /// Neither a block nor a page was to be had.
  case nothingLeft(PolicyName)
  /// The largest block that could be had was taken from the page allocator.
  case blockOfOrderTaken(PolicyName, PFN, order: Int)
  /// A pageblock becomes Unmapped; its 2M leaf is split first, and its free pages change lists.
  case pageblockMarked(PolicyName, PFN)
  /// A page is handed out as unmapped and is still in the direct map.
  case handedOutPresent(PolicyName, PFN)
  /// A page goes back to the page allocator and is not in the direct map: its pageblock is not
  /// Unmapped any more.
  case freedNotPresent(PolicyName, PFN)
  /// An Unmapped pageblock cannot get its 2M leaf, because some of its pages are not on the free lists.
  case pageblockWaits(PolicyName, PFN, PageblockUse)
  /// A pageblock is free as a whole, but merging ended at this order, not at 9.
  case mergeMissed(PolicyName, PFN, order: Int)
  /// An Unmapped pageblock is free as a whole, and stays as it is: this page's entry is not ordinary.
  case mergeRefused(PolicyName, PFN, odd: PFN)
  /// The merge of a pageblock makes this many entries ordinary that were not.
  case rightsRewritten(PolicyName, PFN, entries: Int)
  /// The merge of a pageblock flushes other CPUs with interrupts off and the zone's lock held.
  case flushesUnderLock(PolicyName, PFN)
  /// A request that may not sleep splits a leaf, and the split allocates its table with GFP_KERNEL.
  case sleepsInAtomic(PolicyName, PFN)
  /// A page whose leaf could not be split is warned of (`CONFIG_DEBUG_LIST`), and lost.
  case lost(PolicyName, PFN)
  /// A free in a softirq takes `cpa_lock`, which others hold with softirqs on.
  case lockedInSoftirq(PolicyName, PFN)
  /// The 1G leaf that begins at the frame stays split.
  case largerLeafStays(PolicyName, PFN)
  /// The cache of executable memory gives back this many pages from an address on, of which somebody still
  /// holds some: what is free there begins and ends at 2M, but is a part of its area.
  case chunkInUse(VirtualAddress, PageCount, held: PageCount)
  /// The shrinker gave pages back.
  case shrunk(PolicyName, node: Int, asked: Int, freed: Int)
  /// A line of a rule ran.
  case ruleRan(RuleLine)
}
