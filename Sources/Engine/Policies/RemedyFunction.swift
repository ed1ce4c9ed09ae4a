/// A function that a remedy added to the kernel, or one of the kernel's by which a remedy's cache is
/// shrunk: what happens in front of the page allocator happens in these.
///
/// The functions of policies that merge in the walk of CPA are not among them: they do not tell that
/// they are entered (`WalkGrammar`).
public enum RemedyFunction: UInt8, CaseIterable, Sendable {
  // edgecombe-2021: mm/vmalloc.c and mm/list_lru.c of the patches.
  case getGroupedPage, removeFirstPage, listLRUGetMRU, replenishGroupedPages, freeGroupedPage
  case groupedShrinkCount, groupedShrinkScan, groupedIsolate, disposePages
  // pte-cache-2021: mm/page_alloc.c.
  case allocPagePTEMapped, pteMappedCacheGet, pteMappedListGetMRU, pteMappedCacheReplenish
  case pteMappedCacheAdd, freePagePTEMapped, pteMappedShrinkCount, pteMappedShrinkScan
  case pteMappedShrinkIsolate
  // perm-alloc-2020: arch/x86/mm/vmalloc.c.
  case getPermPage, replenishPages, replenishPagesOne, permFreePages, permShrinkCount
  case permShrinkScan
  // unmapped-2022 and its stub for merging on free: mm/page_alloc.c.
  case setPageblockUnmapped, migrateUnmappedUnmapPages, migrateUnmappedMapPages, freeOnePage
  case setDirectMapPMD
  // unmapped-alloc-2023: mm/unmapped-alloc.c.
  case unmappedPagesAlloc, unmappedRmqueueSmallest, unmappedPagesFree, unmappedFreeOnePage
  case unmappedCountObjects, unmappedScanObjects, scanFreeArea
  // mermap-2026: mm/mermap.c.
  case mermapGet, mermapGetReserved, mermapPut
  // kpkeys-2025 and kpkeys-blocks-2026: mm/kpkeys_hardened_pgtables.c.
  case kpkeysPgtableAlloc, kpkeysPgtableFree, refillPages, pbaShrinkCount, pbaShrinkScan
  // Shrinking, mm/vmscan.c and mm/list_lru.c.
  case dropSlab, doShrinkSlab, listLRUShrinkWalk
  // BPF packs, kernel/bpf/core.c.
  case bpfProgPackAlloc, allocNewPack, bpfProgPackFree
  // The cache of read-only executable memory, mm/execmem.c.
  case execmemCacheAlloc, execmemCachePopulate, execmemForceRW, execmemRestoreROX
  case execmemCacheFree, execmemCacheClean

  /// The name in the patch, or in the kernel's source.
  public var name: String {
    switch self {
    case .getGroupedPage: "__get_grouped_page"
    case .removeFirstPage: "__remove_first_page"
    case .listLRUGetMRU, .pteMappedListGetMRU: "list_lru_get_mru"
    case .replenishGroupedPages: "__replenish_grouped_pages"
    case .freeGroupedPage: "__free_grouped_page"
    case .groupedShrinkCount: "grouped_shrink_count"
    case .groupedShrinkScan: "grouped_shrink_scan"
    case .groupedIsolate: "grouped_isolate"
    case .disposePages: "__dispose_pages"
    case .allocPagePTEMapped: "alloc_page_pte_mapped"
    case .pteMappedCacheGet: "pte_mapped_cache_get"
    case .pteMappedCacheReplenish: "pte_mapped_cache_replenish"
    case .pteMappedCacheAdd: "pte_mapped_cache_add"
    case .freePagePTEMapped: "free_page_pte_mapped"
    case .pteMappedShrinkCount: "pte_mapped_cache_shrink_count"
    case .pteMappedShrinkScan: "pte_mapped_cache_shrink_scan"
    case .pteMappedShrinkIsolate: "pte_mapped_cache_shrink_isolate"
    case .getPermPage: "get_perm_page"
    case .replenishPages: "replenish_pages"
    case .replenishPagesOne: "replenish_pages_one"
    case .permFreePages: "__perm_free_pages"
    case .permShrinkCount: "perm_shrink_count"
    case .permShrinkScan: "perm_shrink_scan"
    case .setPageblockUnmapped: "set_pageblock_unmapped"
    case .migrateUnmappedUnmapPages: "migrate_unmapped_unmap_pages"
    case .migrateUnmappedMapPages: "migrate_unmapped_map_pages"
    case .freeOnePage, .unmappedFreeOnePage: "__free_one_page"
    case .setDirectMapPMD: "set_direct_map_PMD"
    case .unmappedPagesAlloc: "unmapped_pages_alloc"
    case .unmappedRmqueueSmallest: "__rmqueue_smallest"
    case .unmappedPagesFree: "unmapped_pages_free"
    case .unmappedCountObjects: "unmapped_alloc_count_objects"
    case .unmappedScanObjects: "unmapped_alloc_scan_objects"
    case .scanFreeArea: "scan_free_area"
    case .mermapGet: "mermap_get"
    case .mermapGetReserved: "mermap_get_reserved"
    case .mermapPut: "mermap_put"
    case .kpkeysPgtableAlloc: "kpkeys_pgtable_alloc"
    case .kpkeysPgtableFree: "kpkeys_pgtable_free"
    case .refillPages: "__refill_pages"
    case .pbaShrinkCount: "pba_shrink_count"
    case .pbaShrinkScan: "pba_shrink_scan"
    case .dropSlab: "drop_slab"
    case .doShrinkSlab: "do_shrink_slab"
    case .listLRUShrinkWalk: "list_lru_shrink_walk"
    case .bpfProgPackAlloc: "bpf_prog_pack_alloc"
    case .allocNewPack: "alloc_new_pack"
    case .bpfProgPackFree: "bpf_prog_pack_free"
    case .execmemCacheAlloc: "execmem_cache_alloc"
    case .execmemCachePopulate: "execmem_cache_populate"
    case .execmemForceRW: "execmem_force_rw"
    case .execmemRestoreROX: "execmem_restore_rox"
    case .execmemCacheFree: "execmem_cache_free"
    case .execmemCacheClean: "execmem_cache_clean"
    }
  }

  /// The policy whose patch added it; `nil` for a function of the kernel.
  public var policy: PolicyName? {
    switch self {
    case .getGroupedPage, .removeFirstPage, .listLRUGetMRU, .replenishGroupedPages,
      .freeGroupedPage, .groupedShrinkCount, .groupedShrinkScan, .groupedIsolate, .disposePages:
      .edgecombe2021
    case .allocPagePTEMapped, .pteMappedCacheGet, .pteMappedListGetMRU, .pteMappedCacheReplenish,
      .pteMappedCacheAdd, .freePagePTEMapped, .pteMappedShrinkCount, .pteMappedShrinkScan,
      .pteMappedShrinkIsolate:
      .pteCache2021
    case .getPermPage, .replenishPages, .replenishPagesOne, .permFreePages, .permShrinkCount,
      .permShrinkScan:
      .permAlloc2020
    case .setPageblockUnmapped, .migrateUnmappedUnmapPages, .migrateUnmappedMapPages: .unmapped2022
    case .freeOnePage, .setDirectMapPMD: .mergeOnFree
    case .unmappedPagesAlloc, .unmappedRmqueueSmallest, .unmappedPagesFree, .unmappedFreeOnePage,
      .unmappedCountObjects, .unmappedScanObjects, .scanFreeArea:
      .unmappedAlloc2023
    case .mermapGet, .mermapGetReserved, .mermapPut: .mermap2026
    case .kpkeysPgtableAlloc, .kpkeysPgtableFree: .kpkeys2025
    case .refillPages, .pbaShrinkCount, .pbaShrinkScan: .kpkeysBlocks2026
    case .dropSlab, .doShrinkSlab, .listLRUShrinkWalk, .bpfProgPackAlloc, .allocNewPack,
      .bpfProgPackFree, .execmemCacheAlloc, .execmemCachePopulate, .execmemForceRW,
      .execmemRestoreROX, .execmemCacheFree, .execmemCacheClean:
      nil
    }
  }
}

/// What a function of a remedy is called with.
public enum RemedyArgument: Equatable, Sendable {
  /// Nothing that matters here.
  case none
  /// A node; `nil`: no node in particular (NUMA_NO_NODE).
  case node(Int?)
  /// A page, or the first of a block of this order.
  case page(PFN, order: Int)
  /// A block of this order is wanted.
  case order(Int)
  /// This many pages of a node are to be scanned; `nil`: of no node in particular.
  case scan(Int?, pages: Int)
  /// This many pages.
  case pages(PageCount)
  /// This many pages from an address on.
  case range(VirtualAddress, PageCount)
}

/// What a function of a remedy returned.
public enum RemedyResult: Equatable, Sendable {
  /// Nothing: the function is `void`.
  case nothing
  /// A page, or the first of a block; `nil`: NULL.
  case page(PFN?)
  /// An address; `nil`: NULL.
  case address(VirtualAddress?)
  /// 0 or an error number.
  case code(ReturnCode)
  /// Whether it is so.
  case truth(Bool)
  /// What a shrinker returns.
  case shrink(ShrinkResult)
  /// A number of pages.
  case count(Int)
}

/// A function of a remedy is entered or left.
public enum RemedyStep: Equatable, Sendable {
  /// It was entered.
  case entered(RemedyFunction, RemedyArgument)
  /// The one that was entered last was left.
  case left(RemedyFunction, RemedyResult)
}

extension Machine {
  /// Tells that a function of a remedy is entered, and with what.
  mutating func enter<Sink: EventSink>(
    _ function: RemedyFunction, _ argument: RemedyArgument, _ sink: inout Sink,
  ) {
    emit(.remedy(.entered(function, argument)), &sink)
  }

  /// Tells that it is entered with nothing that matters.
  mutating func enter<Sink: EventSink>(_ function: RemedyFunction, _ sink: inout Sink) {
    enter(function, .none, &sink)
  }

  /// Tells that it is left, and what it returned.
  mutating func leave<Sink: EventSink>(
    _ function: RemedyFunction, _ result: RemedyResult, _ sink: inout Sink,
  ) {
    emit(.remedy(.left(function, result)), &sink)
  }

  /// Tells that it is left and returns nothing.
  mutating func leave<Sink: EventSink>(_ function: RemedyFunction, _ sink: inout Sink) {
    leave(function, .nothing, &sink)
  }
}
