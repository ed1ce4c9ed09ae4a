import Engine

// The building of arm64's linear map in plain English.

extension TableKind {
  /// This many tables: `1 PTE table`, `512 PTE tables`.
  func words(_ count: UInt64) -> String {
    "\(count) \(level.name) table\(count == 1 ? "" : "s")"
  }

  fileprivate var lower: String { level.name.lowercased() }
}

extension LinearMapChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .cleared: "the linear map is removed"
    case .allocated(let kind, let count):
      "\(kind.words(count)) allocated" + (kind.isLate ? ", late" : "")
    case .zeroed(let kind, let count): "\(kind.words(count)) zeroed"
    case .cameZeroed(let kind, let count): "\(kind.words(count)) zeroed by the allocator"
    case .fixmapSet(let kind, let count): "\(kind.lower)_set_fixmap x \(count)"
    case .fixmapCleared(let kind, let count, let invalidations):
      "\(kind.lower)_clear_fixmap x \(count): \(invalidations) TLBI"
    case .filled(let kind, let visits, _, let entries):
      "\(counted(entries, "entry", "entries")) in \(visits == 0 ? "the same \(kind.level.name) table" : kind.words(visits))"
    case .barriers(_, let count): "DSB, ISB x \(count)"
    case .andSoOn(let kind, let count): "and so with \(kind.words(count)) more"
    case .groupsAndSoOn(let kind, let count):
      "and so with \(count) more group\(count == 1 ? "" : "s") of 16 \(kind.level.name)s"
    case .rewritten(let run, let flags):
      "\(run.leafCount) x \(run.sizeName): \(run.flags.changeWords(to: flags, run.size ?? .size4K))"
    case .splitToPages(let run):
      "\(run.leafCount) x \(run.sizeName) become \(run.pages.rawValue) x 4K"
    case .splitCounted(let size): "\(size.name) split, no flush"
    case .contDropped(let size): "16 x \(size.name) are no group any more"
    case .flushedRange(let pages): "flush_tlb_kernel_range: \(pages.words)"
    case .memoryAdded(let pfn, let pages): "\(pages.words) added from \(pfn.hex)"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .cleared: "All of the linear map is removed, with its tables and what was counted."
    case .allocated(let kind, let count): allocatedSentence(kind, count)
    case .zeroed(let kind, let count): "\(kind.words(count)): 4096 bytes each are set to zero."
    case .cameZeroed(let kind, let count):
      "The page allocator has set \(kind.words(count)) to zero already, as __GFP_ZERO asks."
    case .fixmapSet(let kind, let count):
      "\(kind.lower)_set_fixmap puts a table into its slot of the fixmap, \(Self.times(count)): the "
        + "linear map cannot be used to write to it."
    case .fixmapCleared(let kind, let count, let invalidations):
      "\(kind.lower)_clear_fixmap clears the slot, \(Self.times(count)), "
        + "with \(invalidations) TLB invalidation\(invalidations == 1 ? "" : "s") and the barriers "
        + "around \(invalidations == 1 ? "it" : "them")."
    case .filled(let kind, let visits, let groups, let entries):
      "\(counted(entries, "entry", "entries")) \(entries == 1 ? "is" : "are") written in "
        + (visits == 0 ? "the same \(kind.level.name) table" : kind.words(visits))
        + (kind.level >= .pud ? "." : ", in \(groups) contiguous group\(groups == 1 ? "" : "s").")
    case .barriers(let kind, let count):
      "DSB and ISB make \(kind.level.name) entries visible, \(Self.times(count))."
    case .andSoOn(let kind, let count):
      "What was done for one \(kind.level.name) table is done for \(count) more."
    case .groupsAndSoOn(let kind, let count):
      "What was done for one group of 16 \(kind.level.name) entries is done for \(count) more of the "
        + "same table: slot in, 16 entries, slot out, TLBI."
    case .rewritten(let run, let flags):
      "\(run.leafCount) x \(run.sizeName) from \(run.start.words) are written: each "
        + run.flags.changeWords(to: flags, run.size ?? .size4K, set: "gains", clear: "loses") + "."
    case .splitToPages(let run):
      "\(run.leafCount) x \(run.sizeName) from \(run.start.words) become "
        + "\(run.pages.rawValue) x 4K without CONT."
    case .splitCounted(let size):
      "One \(size.name) block was split while it was live; FEAT_BBM level 2 needs no flush for it."
    case .contDropped(let size): "16 entries of \(size.name) lost CONT; nothing is flushed."
    case .flushedRange(let pages): Self.flushSentence(pages)
    case .memoryAdded(let pfn, let pages):
      "\(pages.words) from pfn \(pfn.hex) are memory from here on; the page allocator does not "
        + "have them yet."
    }
  }

  private func allocatedSentence(_ kind: TableKind, _ count: UInt64) -> String {
    kind.isLate
      ? "\(kind.words(count)) \(count == 1 ? "is" : "are") taken from the page allocator."
      : "early_pgtable_alloc takes \(kind.words(count)) from memblock."
  }

  private static func times(_ count: UInt64) -> String {
    count == 1 ? "once" : "\(count) times"
  }

  private static func flushSentence(_ pages: PageCount) -> String {
    pages > LinearMapRules.maxFlushedPages
      ? "flush_tlb_kernel_range: \(pages.words) are more than "
        + "\(LinearMapRules.maxFlushedPages.rawValue), so everything is flushed, on all CPUs at once."
      : "flush_tlb_kernel_range invalidates \(pages.words), one broadcast TLBI each, which every CPU "
        + "hears."
  }
}

extension LeafRun {
  fileprivate var sizeName: String { size?.name ?? "4K" }
}
