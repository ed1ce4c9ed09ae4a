public import Engine

extension PolicyName {
  /// How the policy's rules are known.
  public var knowledge: Knowledge {
    switch self {
    case .edgecombe2021, .aaronLu2022, .hyeyooCount2022, .unmapped2022, .mergeOnFree,
      .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked:
      .recorded(RecordedCalls.total(under: rawValue))
    case .noContRemap2024, .batchBarriers2024, .pgtableOps2024, .lazyUnmap2024:
      .published(
        "the numbers of entries, flushes and invalidations that the thread of April 2024 gives")
    case .rutlandSketch2024: .source("the review's mail")
    case .rutland2024:
      .published("the thread of April 2024; what was merged is recorded on 6.12 for arm64")
    case .progPack, .noProgPack, .roxCache, .noROXCache, .roxCollapse, .noROXCollapse,
      .noHugeVmalloc,
      .zapByPage, .zapFreeLimit:
      .source("as kernels with and without it are recorded; a mixture of both is not")
    case .zapBatched2024, .zapPageCap: .source("the mails of January 2024")
    case .dirtyPacks: .source("kernel/bpf/core.c, 7.2.13 and 7.3.4")
    case .invlpgb: .source("arch/x86/mm/tlb.c, 7.3; the release from memory")
    case .mermap2026:
      .source("mm/mermap.c and its headers in the author's public branch, not posted mails")
    case .kpkeys2025:
      .source("the mails of v1 to v5; with blocks in the map it was never posted")
    case .kpkeysBlocks2026: .source("mm/kpkeys_hardened_pgtables.c of copies of the mm tree, 2026")
    case .genericCPA2026:
      .source("a working plan and headers of a branch; the arm64 part is a guess")
    case .cpuLists: .source("mm/page_alloc.c, as recordings of merging on free show the lists")
    case .permAlloc2020, .pteCache2021, .unmappedAlloc2023,
      .hyeyooBitmap2022, .hugeVmalloc2020, .kirill2020, .hugeVmap2020, .unmappedAllocWholeBlock,
      .freetype2026:
      .source("the mails of \(origin)")
    }
  }
}
