/// What a version of the arm64 kernel does differently about its linear map, as data.
///
/// Source: arch/arm64/mm/mmu.c and pageattr.c of 6.1, 6.12 and 7.0, and the series "Speed up boot with
/// faster linear map creation", March and April 2024.
public struct LinearMapRules: Equatable, Sendable {
  /// How often a page-table page goes through a slot of the fixmap while `map_mem()` fills it. The
  /// linear map is not there yet, so there is no other way to write to a table.
  public enum TableAccess: Equatable, Sendable {
    /// Once to zero it, and once for each contiguous group of its entries: 32 times for a table of
    /// 4K or 2M entries (6.9-rc2 and before).
    case perContiguousGroup
    /// Once to zero it, and once to fill it ("Don't remap pgtables per-cont(pte|pmd) block").
    case perFilling
    /// Once: allocated, zeroed, filled ("Don't remap pgtables for allocate vs populate").
    case once
    /// Once, and tables of 4K entries leave their slots sixteen at a time ("Lazily clear pte table
    /// mappings from fixmap"; posted, not kept).
    case lazily
  }

  /// Where a table that is allocated when the linear map is up is written to.
  public enum LateAccess: Equatable, Sendable {
    /// In a slot of the fixmap all the same, as the early ones.
    case fixmap
    /// At its own address in the linear map (`struct pgtable_ops`, proposed in April 2024).
    case linearMap
  }

  /// Who sets a table to zero that is allocated when the linear map is up.
  public enum LateZeroing: Equatable, Sendable {
    /// The page allocator (`__GFP_ZERO` in `GFP_PGTABLE_KERNEL`).
    case allocator
    /// The page allocator, and then who fills it: the review's change as it was first shown, which
    /// "will redundantly zero the tables".
    case twice
    /// Who fills it: `init_clear_pgtable()`, with `GFP_PGTABLE_KERNEL & ~__GFP_ZERO`, as was agreed
    /// in the thread and merged.
    case filling
  }

  /// How tables are reached while the map is built.
  public var tableAccess = TableAccess.once
  /// How tables are reached later.
  public var lateAccess = LateAccess.fixmap
  /// Who zeroes tables later.
  public var lateZeroing = LateZeroing.filling
  /// Whether DSB and ISB follow a whole table of 4K entries, not each entry ("Batch dsb and isb when
  /// populating pgtables").
  public var batchesBarriers = true
  /// Whether a KFENCE that may be enabled late makes the whole map of 4K pages, and an early one has a
  /// pool of 4K pages (6.4 and later).
  public var knowsLateKFENCE = true
  /// Whether a guest of the realm world needs 4K pages (6.13 and later).
  public var knowsRealms = false
  /// Whether CPUs with FEAT_BBM level 2 keep blocks and split them when asked to (6.18 and later).
  public var hasBBML2 = false
  /// Whether `change_memory_common()` refuses areas that may have huge mappings (about 6.16 and later).
  public var refusesHugeAreas = false
  /// Whether a change of RDONLY goes to the linear-map pages of the whole area, and not only of the
  /// pages that were asked for (up to 6.12 at least).
  public var mirrorsWholeArea = true
  /// Whether making pages valid is followed by a flush, though no TLB keeps an entry that is not valid
  /// (up to 6.12; "Avoid TLBI when marking pages as valid", 6.13).
  public var flushesMadeValid = true

  /// Which page-table pages get a protection key in the linear map. Proposed from 2024 on.
  public var tableKeys = TableKeys.none
  /// Whether x86's CPA, moved to common code, changes attributes: it changes whole leaves in one piece, takes
  /// linear-map addresses, and `set_memory_rox()` collapses. A plan of 2026.
  public var hasGenericCPA = false
  /// What the words of `rodata=` mean.
  public var rodata = RodataWords.onOffFull
  /// Whether `crashkernel=` makes the whole map of 4K pages, as the memory is reserved after the map is
  /// built (6.1; gone in 6.12).
  public var crashkernelNeedsPages = false
  /// Whether the kernel image has 2M blocks in a map of pages too, and never contiguous groups (until 7.1);
  /// else it is built as the rest.
  public var imageKeepsBlocks = true
  /// Whether the image's part begins at `_stext`, not at `_text` (6.1).
  public var imageBeginsAtStext = false
  /// What becomes of the data and bss of the kernel image in the linear map, from `__init_end` to
  /// `__bss_stop`.
  public var dataAlias = DataAlias.writable
  /// Whether the kernel is built for 52 bits of virtual address, which a CPU with FEAT_LPA2 takes: five
  /// levels of tables. A matter of the build: Debian's.
  public var takesLPA2 = true
  /// Whether KFENCE is built in with an interval of 0, so that it may be enabled late unless
  /// `kfence.sample_interval=` says otherwise. A matter of the build: Debian's.
  public var hasKFENCE = true
  /// Whether bit 55 (PTE_DIRTY) is set in every leaf of the kernel.
  public var marksDirty = true
  /// Whether what is made invalid gets bit 11 (PTE_PRESENT_INVALID; 7.0 and later).
  public var marksInvalid = false
  /// What `paging_init()` maps by `__create_pgd_mapping()` besides the linear map.
  public var pagingInit = PagingInit()

  /// Slots of the fixmap that tables of 4K entries go round under `lazily`.
  public static let lazySlots: UInt64 = 16
  /// `flush_tlb_kernel_range()`: more pages than these flush everything (`MAX_DVM_OPS`).
  public static let maxFlushedPages: PageCount = 512

  /// The rules of 6.12.
  public init() {}
}

extension LinearMapRules {
  /// Where page-table pages with a protection key come from.
  public enum TableKeys: Equatable, Sendable {
    /// They have none.
    case none
    /// From the page allocator, one by one.
    case pages
    /// From blocks of 2M that get the key as a whole.
    case blocks
  }

  /// What the kernel does about its data and bss in the linear map.
  public enum DataAlias: Equatable, Sendable {
    /// It stays as the rest of the memory (up to 7.1).
    case writable
    /// It becomes read-only, and memory without tags as the text, but for this many pages between
    /// `__bss_stop` and `_end`, a matter of the build (7.2).
    case readOnly(behindBSS: PageCount)
    /// It becomes invalid, but for as many (7.3).
    case invalid(behindBSS: PageCount)
  }

  /// What `paging_init()` maps besides the linear map, as calls of `__create_pgd_mapping()`.
  public struct PagingInit: Equatable, Sendable {
    /// Calls before those of `map_mem()`: the segments of the kernel image (`map_kernel()`).
    public var callsBefore = 0
    /// Calls after them: the identity map.
    public var callsAfter = 0
    /// TLB invalidations between: the slot of the root is cleared, and the new tables are switched to.
    public var invalidationsBetween: UInt64 = 0
  }

  /// The stages of April 2024, from before the first patch to what was merged.
  public enum Stage: String, CaseIterable, Sendable {
    /// 6.9-rc2: before the series.
    case base
    /// With the first patch.
    case noContRemap = "no-cont-remap"
    /// With the second: the "before" of the third patch's table.
    case before
    /// With the third, as posted (`struct pgtable_ops`).
    case after
    /// The smaller change of the review as it was first shown: late tables are zeroed twice.
    case reviewSketch = "review-sketch"
    /// The same with what was agreed in the thread, which was merged.
    case review
    /// With the fourth, posted and not kept.
    case lazyUnmap = "lazy-unmap"

    /// What it changes of the rules.
    public func adjust(_ rules: inout LinearMapRules) {
      rules.lateAccess = self == .after || self == .lazyUnmap ? .linearMap : .fixmap
      rules.lateZeroing =
        switch self {
        case .base, .noContRemap, .before, .after, .lazyUnmap: .allocator
        case .reviewSketch: .twice
        case .review: .filling
        }
      rules.batchesBarriers = self != .base && self != .noContRemap
      rules.tableAccess =
        switch self {
        case .base: .perContiguousGroup
        case .noContRemap, .before: .perFilling
        case .after, .reviewSketch, .review: .once
        case .lazyUnmap: .lazily
        }
    }

    /// The rules of 6.12 with the stage in place of what was merged.
    public var rules: LinearMapRules {
      var rules = LinearMapRules()
      adjust(&rules)
      return rules
    }
  }
}
