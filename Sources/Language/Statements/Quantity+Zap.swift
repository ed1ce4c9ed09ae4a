import Engine

extension ZapCounter {
  /// The number of the language that shows it for the last zap.
  public var quantity: Expression.Quantity {
    switch self {
    case .pages: .zapPages
    case .runs: .zapRuns
    case .words: .zapWords
    case .batches: .zapBatches
    case .forcedFlushes: .zapForcedFlushes
    case .flushes: .zapFlushes
    case .fullFlushes: .zapFullFlushes
    case .tlbRemovals: .zapTLBRemovals
    case .rmapOperations: .zapRmapOperations
    case .delayedRmaps: .zapDelayedRmaps
    case .refOperations: .zapRefOperations
    case .pagesFreed: .zapPagesFreed
    case .foliosFreed: .zapFoliosFreed
    case .chunks: .zapChunks
    case .longestChunkPages: .zapLongestPages
    case .longestChunkCost: .zapLongestCost
    case .longestWait: .zapLongestWait
    case .cost: .zapCost
    case .mostPages: .zapMostPages
    case .tables: .zapTables
    }
  }

  /// The name in the language.
  public var name: String { quantity.rawValue }

  /// What it counts, in one line.
  public var help: String {
    switch self {
    case .pages: "The last zap: page-table entries cleared."
    case .runs: "Batches of entries cleared together; page by page, as many as entries."
    case .words: "Words of 8 bytes added to the gather: one for a page, two for a page and a count."
    case .batches: "Page batches allocated, beside the bundle of 8 on the stack; at most 19."
    case .forcedFlushes: "Flushes before the end, after which all that was gathered was freed."
    case .flushes: "Flushes of the TLB."
    case .fullFlushes: "Of these, those of the whole TLB: more than 33 pages."
    case .tlbRemovals: "Calls of `tlb_remove_tlb_entry()` or `tlb_remove_tlb_entries()`."
    case .rmapOperations: "Removals of an rmap."
    case .delayedRmaps: "Of these, those that waited for a flush: dirty pages of a file."
    case .refOperations: "Changes of a folio's reference count."
    case .pagesFreed: "Pages freed to the page allocator."
    case .foliosFreed: "Folios freed."
    case .chunks: "Stretches of freeing, with a chance for the scheduler after each."
    case .longestChunkPages: "The most pages freed in one stretch."
    case .longestChunkCost: "The cost of the dearest stretch, in units (see `zapping.md`)."
    case .longestWait:
      "The longest that others wait for the CPU, in units: a stretch; with `cpu preempt on`, a step."
    case .cost: "The cost of all freeing, in units."
    case .tables: "Page tables of the process freed."
    case .mostPages: "The most pages that the gather held at once."
    }
  }
}

extension Expression.Quantity {
  /// The counter of the last zap that it shows; `nil` for what is no such counter.
  var zapCounter: ZapCounter? { ZapCounter.allCases.first { $0.quantity == self } }
}
