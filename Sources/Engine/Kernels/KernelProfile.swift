/// What one kernel version does differently from others, as data. One file a version.
///
/// The rules of the engine read these; they ask for a property, never for a version.
public struct KernelProfile: Equatable, Sendable {
  /// How an alias treats NX.
  public enum AliasNX: Equatable, Sendable {
    /// NX is taken out of both masks before the alias is changed (6.2 and later).
    case stripped
    /// A call that changes NX and nothing else looks for no alias; other calls pass NX on (6.1).
    case unaliasedAlone
  }

  /// The name by which it is chosen, such as `linux-6.12`.
  public var name: String
  /// What the kernel is built for.
  public var architecture = Architecture.x86_64
  /// How its rules are known.
  public var basis = KernelBasis.memory("")
  /// The last stable update that it holds for, such as 24 for 6.12.24; `nil`: it holds for the later
  /// ones, where its version has two profiles, and for all, where it has one.
  public var lastUpdate: Int?
  /// Whether `set_memory_ro` and `set_direct_map_invalid_noflush` clear D together with RW (6.12.25, 6.15
  /// and later).
  public var roClearsDirty: Bool
  /// How an alias treats NX.
  public var aliasNX: AliasNX
  /// Whether `set_memory_rox` exists.
  public var hasRox: Bool
  /// Whether `set_memory_p` is a public call.
  public var hasP: Bool
  /// Whether `set_direct_map_valid_noflush` exists.
  public var hasDirectMapValid: Bool
  /// Whether `set_memory_rox` tries to collapse, and vmstat counts collapses.
  public var collapses: Bool
  /// Whether `set_memory_4k` marks the entry KERNEL_4K.
  public var marksKernel4K: Bool
  /// Whether boot takes G out of leaves of 1G where page-table isolation takes it out of all others. From
  /// 5.7 to the end of 2022 `phys_pud_init()` set it past the mask.
  public var masksGlobalIn1G = true
  /// Whether `cpa_flush()` calls `flush_tlb_kernel_range()` once for a request of any size, and not
  /// `flush_tlb_all()` or a flush page by page ("x86/mm: Change cpa_flush() to call flush_kernel_range()
  /// directly"). The range begins at the first page and is as long as the request has pages, also where
  /// these are an array's, or ends at `TLB_FLUSH_ALL` where an alias was visited.
  public var flushesRange = false
  /// Whether eBPF prefers packs that branch predictors may remember, and classic BPF others.
  public var prefersDirtyPacks = false
  /// Whether full flushes and those of kernel ranges are broadcast by INVLPGB, which interrupts nobody.
  public var broadcastsFlushes = false
  /// Whether the kernel reaches pages outside the direct map through a window of the mm and the CPU, which is
  /// flushed on that CPU alone. Proposed in 2025 and 2026.
  public var hasMermap = false
  /// Whether `verify_rwx()` warns of what becomes writable and executable. Where it does not, it takes every
  /// address for read-only above its leaf: `lookup_address_in_pgd_attr()` ands a `bool` with `_PAGE_RW`,
  /// which is 2. Seen in 6.1.192, 6.18.15, 7.0.13, 7.1.13 and 7.2.13; 6.12.117 and 7.3.4 warn. Before 6.1
  /// there is no such function.
  public var warnsOfRWX = false
  /// Whether the table of a split is a page table like any other, which nr_page_table_pages of vmstat and
  /// PageTables of meminfo count (7.2.7 and later).
  public var countsSplitTables = false
  /// The rules of the page allocator.
  public var buddy = BuddyRules.claiming

  /// Whether what is present gets G back. A patch of August 2022; no release does it.
  public var restoresGlobal = false
  /// Whether vmstat has `direct_map_level1_merges` and `..._level2_merges`. Patches of 2022.
  public var countsMerges = false

  /// Whether areas whose pages are not in the direct map are mapped with their final permissions from
  /// the start, and later change them in their own mapping alone. `perm_alloc()`, proposed in
  /// November 2020.
  public var mapsFinalPermissions = false
  /// Whether the private buddy allocator proposed in March 2023 takes all of a fresh block out of the
  /// direct map, not only the pages that were asked for.
  public var unmapsWholeBlocks = false

  /// How the memory of a module is laid out.
  public enum ModuleLayout: Equatable, Sendable {
    /// One area for the core, text first, and one for init (before 6.4).
    case coreAndInit
    /// Seven areas, one for each kind of section (6.4 and later).
    case sections
  }

  /// How the memory of a module is laid out.
  public var moduleLayout = ModuleLayout.sections
  /// Whether a module's read-only data is made read-only again after its init (up to 6.12).
  public var repeatsRodataAfterInit = true
  /// Whether BPF programs share packs of 2 MiB (here from 6.1 on: the packs of 5.18 were 4 KiB).
  public var hasProgPack = true
  /// Whether module text, ftrace and kprobes share a cache of read-only executable memory (6.15 and
  /// later).
  public var hasROXCache = false
  /// Whether BPF takes its packs and its large programs from that cache too (7.3 and later).
  public var takesPacksFromROXCache = false
  /// Whether the cache gives back free addresses only if they are one whole area (7.3.4 and later); before,
  /// what begins and ends at 2M is enough.
  public var returnsWholeAreas = false
  /// Whether vmalloc can map 2M leaves where the caller allows it (on x86 about 5.18 and later).
  public var hasHugeVmalloc = true
  /// Whether a huge vmalloc without a node counts only its share of each node (up to 6.12).
  public var dividesHugeVmalloc = true
  /// Whether vmalloc takes its pages in the largest blocks first (7.0 and later).
  public var vmallocsLargeFirst = false
  /// Whether vmalloc tries 2M blocks for every ordinary kernel mapping, whether the caller allows them
  /// or not. Proposed in April 2020.
  public var vmallocsHugeByDefault = false
  /// Whether an area of `ioremap()` is aligned as its caller asks even above `IOREMAP_MAX_ORDER`. A
  /// hunk of the same patch.
  public var alignsIoremapAsAsked = false
  /// Whether `vmap()` maps 2M leaves where frames and addresses allow it. Proposed in the review of
  /// that patch.
  public var vmapsHuge = false
  /// Whether `apply_to_existing_page_range()` stops the kernel at a large leaf (`BUG_ON()`, before
  /// 5.13), and does not just fail.
  public var walkersStopAtLargeLeaves = false

  /// What arm64 does about its linear map; of no use on x86-64.
  public var linearMap = LinearMapRules()

  /// Whether a zap clears the entries of one folio together, and its gather holds a page and a count
  /// (6.9 and later).
  public var batchesZap = true
  /// Whether the rmap of a dirty file page is removed after the flush, and no more than one page
  /// batch is filled until then (6.2 and later).
  public var delaysRmap = true
  /// Whether a zap lets no more than about 512 pages go in one stretch where freed pages are zeroed or
  /// poisoned (6.9 and later).
  public var limitsFreedPages = true
  /// Whether a request that looks for no alias takes what is not mapped for a hole that is no error
  /// (6.1: one argument says both).
  public var ignoresFaultsWithoutAlias = false
  /// Whether the end of a reserved range of cache types can be freed by itself (up to 6.12).
  public var shrinksMemoryTypes = true
  /// Whether page tables of a process wait for the flush in a page of their own, not among the pages
  /// of the gather (on x86 from 6.14 on).
  public var batchesPageTables = false
  /// Whether MADV_DONTNEED frees the page tables that it empties (CONFIG_PT_RECLAIM, 6.14 and later).
  public var reclaimsPageTables = false
  /// Whether a read of a page of a shared and writable file mapping leaves D in its entry.
  public var marksSharedReadsDirty = false
  /// Whether a zap frees what it gathered at 10000 pages, not only at 10000 words: no version does.
  public var capsGatheredPages = false

  /// Pages from `__bss_start` to `idt_table`, which boot makes read-only. A matter of the build: the
  /// recorded one's.
  public var idtPageInBSS: PageCount = 3
  /// Pages of the stack unwinder's tables, which lie between the image's data and the init sections
  /// and stay. A matter of the build: what is missing from the recorded one's managed pages.
  public var unwindTablePages: PageCount = 1140
  /// Pages of the real-mode blob below 1 MiB (`real_mode_blob_end - real_mode_blob`).
  public var realModePages: PageCount = 7
  /// How many of them, from the first on, are read-only; all of these but the first are executable.
  public var realModeReadOnlyPages: PageCount = 3
}

extension KernelProfile {
  /// Every profile: those of x86-64, then those of arm64, each oldest first.
  public static var all: [KernelProfile] { x86 + arm64 }

  /// The profiles for x86-64, oldest first.
  public static var x86: [KernelProfile] {
    [
      .linux5_11, .linux5_15, .linux6_1, .linux6_6, .linux6_12_24, .linux6_12, .linux6_18,
      .linux7_0,
      .linux7_1, .linux7_2_6, .linux7_2, .linux7_3,
    ]
  }

  /// The profiles for arm64, oldest first.
  public static var arm64: [KernelProfile] {
    [
      .linux6_1Arm64, .linux6_9RC2Arm64, .linux6_12Arm64, .linux6_18Arm64, .linux7_0Arm64,
      .linux7_1Arm64, .linux7_2Arm64, .linux7_3Arm64,
    ]
  }

  /// The profile for a machine of which nobody says what it runs.
  public static func standard(for architecture: Architecture) -> KernelProfile {
    switch architecture {
    case .x86_64: .linux7_2
    case .arm64: .linux6_12Arm64
    }
  }

  /// The profile that a user chose by its name.
  public init?(named name: some StringProtocol) {
    guard let profile = Self.all.first(where: { $0.name == name }) else { return nil }
    self = profile
  }
}
