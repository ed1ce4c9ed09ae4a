/// The policies: the names by which they are chosen. `kind` tells three kinds apart.
public enum PolicyName: String, CaseIterable, Sendable, Hashable {
  /// `perm_alloc()`, November 2020.
  case permAlloc2020 = "perm-alloc-2020"
  /// Grouping cache for module memory, VM_GROUP_PAGES, April 2021.
  case edgecombe2021 = "edgecombe-2021"
  /// Cache of pages that 4K entries map, `__GFP_PTE_MAPPED`, August 2021.
  case pteCache2021 = "pte-cache-2021"
  /// Pageblocks that 4K entries map, MIGRATE_UNMAPPED, January 2022.
  case unmapped2022 = "unmapped-2022"
  /// 2M leaves put back when a pageblock is free: the stub of January 2022, repaired.
  case mergeOnFree = "merge-on-free"
  /// The same with the trigger as it was posted.
  case mergeOnFreeLiteral = "merge-on-free-literal"
  /// Merging on free, repaired, of pageblocks whose 512 entries are ordinary.
  case mergeOnFreeChecked = "merge-on-free-checked"
  /// The same with the trigger as it was posted.
  case mergeOnFreeLiteralChecked = "merge-on-free-literal-checked"
  /// A private buddy allocator of unmapped pages, March 2023.
  case unmappedAlloc2023 = "unmapped-alloc-2023"
  /// The same, and a fresh block leaves the direct map whole.
  case unmappedAllocWholeBlock = "unmapped-alloc-whole-block"
  /// ALLOC_UNMAPPED and freetypes, 2026.
  case freetype2026 = "freetype-2026"
  /// The Mermap: a window for each mm and CPU to reach pages outside the direct map, 2026.
  case mermap2026 = "mermap-2026"
  /// arm64: page tables with a protection key in the linear map, each page by itself, RFC v5 of August 2025.
  case kpkeys2025 = "kpkeys-2025"
  /// arm64: the same, page tables from whole blocks.
  case kpkeysBlocks2026 = "kpkeys-blocks-2026"
  /// arm64: x86's CPA in common code, an experiment.
  case genericCPA2026 = "generic-cpa-2026"
  /// "Restore large pages after fragmentation", April 2020.
  case kirill2020 = "kirill-2020"
  /// One bit for eight entries, as the thread of May 2022 puts it.
  case hyeyooBitmap2022 = "hyeyoo-bitmap-2022"
  /// The counter that the merge-mapping branch of 2022 really used.
  case hyeyooCount2022 = "hyeyoo-count-2022"
  /// "Merge small mappings whenever possible", August 2022.
  case aaronLu2022 = "aaronlu-2022"
  /// BPF programs share packs (5.18 and later).
  case progPack = "prog-pack"
  /// They do not.
  case noProgPack = "no-prog-pack"
  /// Cache of read-only executable memory (6.15 and later).
  case roxCache = "rox-cache"
  /// No such cache.
  case noROXCache = "no-rox-cache"
  /// Collapse by `set_memory_rox()` (6.15 and later).
  case roxCollapse = "rox-collapse"
  /// No such collapse.
  case noROXCollapse = "no-rox-collapse"
  /// arm64: tables are not mapped again for each contiguous group (first patch of April 2024).
  case noContRemap2024 = "no-cont-remap-2024"
  /// arm64: and barriers come once a table (second patch).
  case batchBarriers2024 = "batch-barriers-2024"
  /// arm64: and tables are mapped once, by `struct pgtable_ops` (third patch as posted).
  case pgtableOps2024 = "pgtable-ops-2024"
  /// arm64: and tables are mapped once, in the simpler form of the review as it was first shown.
  case rutlandSketch2024 = "rutland-sketch-2024"
  /// arm64: the same with what was agreed in the thread, which was merged.
  case rutland2024 = "rutland-2024"
  /// arm64: and tables of 4K entries leave the fixmap sixteen at a time (fourth patch, not kept).
  case lazyUnmap2024 = "lazy-unmap-2024"
  /// "mm/vmalloc: Hugepage vmalloc mappings", April 2020.
  case hugeVmalloc2020 = "huge-vmalloc-2020"
  /// 2M leaves for `vmap()` too, as the review of that patch asks.
  case hugeVmap2020 = "huge-vmap-2020"
  /// No 2M leaves for vmalloc: the boot parameter `nohugevmalloc`.
  case noHugeVmalloc = "no-huge-vmalloc"
  /// Zapping page by page, as before 6.9.
  case zapByPage = "zap-by-page"
  /// Zapping in batches of a folio's pages, as posted in January 2024.
  case zapBatched2024 = "zap-batched-2024"
  /// No more than about 512 pages freed in a stretch where freed pages are zeroed (6.9 and later).
  case zapFreeLimit = "zap-free-limit"

  /// At most 10000 pages gathered, whatever their folios: what the thread of January 2024 would rather
  /// not do.
  case zapPageCap = "zap-page-cap"

  /// The CPU keeps lists of free pages for itself.
  case cpuLists = "cpu-lists"
  /// BPF programs choose packs by what branch predictors remember (7.2.13 and later).
  case dirtyPacks = "dirty-packs"
  /// Flushes by broadcast on AMD CPUs (6.15 and later).
  case invlpgb

  /// What kind of policy a name stands for; lists of policies are grouped by it.
  public enum Kind: CaseIterable, Sendable {
    /// A remedy as it was proposed: rules of its own, or a change of the kernel's.
    case remedy
    /// A part of the kernel that is turned on or off, as in other versions or by a boot parameter.
    case upstreamSwitch
    /// A stage of the series that made arm64 build its linear map faster: it takes the place of how the
    /// version goes about it.
    case linearMapStage
  }

  /// What kind of policy it is.
  public var kind: Kind {
    switch self {
    case .permAlloc2020, .edgecombe2021, .pteCache2021, .unmapped2022, .mergeOnFree,
      .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked, .unmappedAlloc2023,
      .unmappedAllocWholeBlock, .kirill2020,
      .hyeyooBitmap2022, .hyeyooCount2022, .aaronLu2022, .hugeVmalloc2020, .hugeVmap2020,
      .freetype2026, .mermap2026, .kpkeys2025, .kpkeysBlocks2026, .genericCPA2026:
      .remedy
    case .progPack, .noProgPack, .roxCache, .noROXCache, .roxCollapse, .noROXCollapse,
      .noHugeVmalloc, .zapByPage, .zapBatched2024, .zapFreeLimit, .zapPageCap, .cpuLists,
      .invlpgb, .dirtyPacks:
      .upstreamSwitch
    case .noContRemap2024, .batchBarriers2024, .pgtableOps2024, .rutlandSketch2024, .rutland2024,
      .lazyUnmap2024:
      .linearMapStage
    }
  }

  /// What it is, in one line.
  public var summary: String {
    switch self {
    case .permAlloc2020: "module memory from a cache outside the direct map (November 2020)"
    case .edgecombe2021: "module memory from 2M blocks, cached (April 2021)"
    case .pteCache2021: "pages mapped by 4K entries, cached by the page allocator (August 2021)"
    case .unmapped2022: "pageblocks of their own for unmapped pages (January 2022)"
    case .mergeOnFree: "2M leaf back when an Unmapped pageblock is free, trigger repaired"
    case .mergeOnFreeLiteral: "the same, trigger as posted: merging must end at order 9"
    case .mergeOnFreeChecked: "2M leaf back, repaired, if all 512 entries are ordinary"
    case .mergeOnFreeLiteralChecked: "2M leaf back, trigger as posted, if all entries are ordinary"
    case .unmappedAlloc2023: "a private buddy allocator of unmapped pages (March 2023)"
    case .unmappedAllocWholeBlock: "the same, its blocks unmapped whole, not one page of them"
    case .freetype2026: "unmapped pageblocks in the page allocator, flipped whole (2026)"
    case .mermap2026: "unmapped pages are reached through a window of the CPU (2026)"
    case .kpkeys2025: "arm64: page tables get a protection key, page by page (August 2025)"
    case .kpkeysBlocks2026: "arm64: the same, page tables from whole blocks (2026)"
    case .genericCPA2026: "arm64: x86's CPA, which collapses; an experiment (2026)"
    case .kirill2020: "collapse in cpa_flush, after every request (April 2020)"
    case .hyeyooBitmap2022: "merge in CPA, 64 bits a table (May 2022)"
    case .hyeyooCount2022: "merge in CPA, a counter of non-standard entries (2022)"
    case .aaronLu2022: "merge whenever 512 entries are equal (August 2022)"
    case .progPack: "BPF programs share packs of 2 MiB, as upstream from 5.18"
    case .noProgPack: "each BPF program has an area of its own, as before 5.18"
    case .roxCache: "module text shares read-only 2M blocks, as upstream from 6.15"
    case .noROXCache: "module text has areas of its own, as before 6.15"
    case .roxCollapse: "set_memory_rox collapses, as upstream from 6.15"
    case .noROXCollapse: "set_memory_rox does not collapse, as before 6.15"
    case .noContRemap2024: "arm64: a table is mapped twice, not 33 times (April 2024, 1st patch)"
    case .batchBarriers2024: "arm64: and barriers come once a table (2nd patch): the before"
    case .pgtableOps2024:
      "arm64: and a table is mapped once, late ones never (3rd patch): the after"
    case .rutlandSketch2024: "arm64: the review's form as first shown, late tables zeroed twice"
    case .rutland2024: "arm64: a table is mapped once, in the simpler form of the review; merged"
    case .lazyUnmap2024: "arm64: and slots are cleared sixteen at a time (4th patch, not kept)"
    case .hugeVmalloc2020: "vmalloc tries 2M blocks for all ordinary memory (April 2020)"
    case .hugeVmap2020: "vmap uses 2M leaves where frames allow, as a review asked (April 2020)"
    case .noHugeVmalloc: "no 2M leaves for vmalloc, as with the boot parameter nohugevmalloc"
    case .zapByPage: "zapping clears and gathers page by page, as before 6.9"
    case .zapBatched2024: "zapping batches the pages of a folio, as posted (January 2024)"
    case .zapPageCap: "zapping frees at 10000 pages, not words, as discussed (January 2024)"
    case .dirtyPacks: "BPF packs are chosen by what branch predictors remember (7.2.13)"
    case .invlpgb: "AMD CPUs flush by broadcast, without interrupts, as upstream from 6.15"
    case .cpuLists: "freed pages wait on lists of the CPU before they merge (6.1)"
    case .zapFreeLimit: "zeroing on free limits a stretch to 512 pages, as upstream from 6.9"
    }
  }

  /// The rule.
  var policy: any Policy {
    switch self {
    case .permAlloc2020: PermAlloc2020()
    case .edgecombe2021: Edgecombe2021()
    case .pteCache2021: PTECache2021()
    case .unmapped2022: Unmapped2022()
    case .mergeOnFree: MergeOnFree(isLiteral: false, isChecked: false)
    case .mergeOnFreeLiteral: MergeOnFree(isLiteral: true, isChecked: false)
    case .mergeOnFreeChecked: MergeOnFree(isLiteral: false, isChecked: true)
    case .mergeOnFreeLiteralChecked: MergeOnFree(isLiteral: true, isChecked: true)
    case .unmappedAlloc2023: UnmappedAlloc2023()
    case .unmappedAllocWholeBlock: UnmappedAllocWholeBlock()
    case .freetype2026: Freetype2026()
    case .mermap2026: Mermap2026()
    case .kpkeys2025: Kpkeys2025()
    case .kpkeysBlocks2026: KpkeysBlocks2026()
    case .genericCPA2026: GenericCPA2026()
    case .kirill2020: Kirill2020()
    case .hyeyooBitmap2022: HyeyooBitmap2022()
    case .hyeyooCount2022: HyeyooCount2022()
    case .aaronLu2022: AaronLu2022()
    case .progPack, .noProgPack, .roxCache, .noROXCache, .roxCollapse, .noROXCollapse,
      .zapByPage, .zapBatched2024, .zapFreeLimit, .zapPageCap, .cpuLists:
      UpstreamSwitch(name: self)
    case .noContRemap2024, .batchBarriers2024, .pgtableOps2024, .rutlandSketch2024, .rutland2024,
      .lazyUnmap2024:
      LinearMapStage(name: self)
    case .hugeVmalloc2020: HugeVmalloc2020()
    case .hugeVmap2020: HugeVmap2020()
    case .noHugeVmalloc: NoHugeVmalloc()
    case .invlpgb: Invlpgb()
    case .dirtyPacks: DirtyPacks()
    }
  }
}
