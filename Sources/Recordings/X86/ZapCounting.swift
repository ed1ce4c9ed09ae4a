import Engine

/// What the functions of a zap were called with here, by the names that a recorder counts.
struct ZapCounting {
  private(set) var calls: [String: UInt64] = [:]
  private(set) var logs: [String: RecordedLog] = [:]
  /// The words in the bundle and the page batches that were filled since all were empty.
  private var batches = [0]
  private var hasFreedTables = false
  private let isBatched: Bool

  /// Counts the calls of a zap.
  ///
  /// - Parameter isExit: whether the process ends, so that every flush is of all of its addresses.
  init(_ events: [Event], _ kernel: KernelProfile, isExit: Bool) {
    isBatched = kernel.batchesZap
    for name in Self.counted where calls[name] == nil { calls[name] = 0 }
    var isInZap = false
    for event in events {
      switch event {
      case .entered(.zapPteRange, _, _): isInZap = true
      case .left(.zapPteRange, _): isInZap = false
      case .process(let change):
        if isInZap, case .tlbFlushed = change { add("tlb_flush_rmaps") }
        count(change, isExit: isExit)
      case .decided(.process(.gatherFull(let limit, pages: _))):
        add("tlb_next_batch")
        if limit == .noMemory { countBatchPage() }
      case .entered, .left, .decided, .flushed, .tableInstalled, .vmalloc, .memory, .asked, .remedy,
        .seen,
        .mapped, .unmapped, .entryWritten, .tableBacked, .tableFreed, .tableTracked, .kept, .policy,
        .supply, .counted, .memoryTypeSet, .systemRunning, .stopped, .kernelSetReadOnly, .linearMap:
        break
      }
    }
    for (name, log) in logs { calls[name] = log.count }
  }

  /// Functions that are counted also where they are never called.
  private static let counted = [
    "tlb_flush_mmu", "flush_tlb_mm_range", "free_pages_and_swap_cache", "folio_remove_rmap_ptes",
    "page_remove_rmap", "__tlb_remove_page_size", "__tlb_remove_folio_pages",
    "__tlb_batch_free_encoded_pages", "tlb_flush_rmaps", "tlb_next_batch", "__get_free_pages",
    "get_free_pages_noprof", "tlb_remove_table",
  ]

  private mutating func add(_ name: String, _ times: UInt64 = 1) {
    calls[name, default: 0] += times
  }

  private mutating func countBatchPage() {
    add("__get_free_pages")
    add("get_free_pages_noprof")
  }

  /// All addresses, as `flush_tlb_mm_range()` is given them, in pages.
  private static let everything: UInt64 = (1 << 52) - 1

  private mutating func count(_ change: ProcessChange, isExit: Bool) {
    switch change {
    case .gathered(let entries):
      let words = entries.pagesEach == 1 ? 1 : 2
      batches[batches.count - 1] += Int(entries.runs) * words
      let (pages, runs) = (UInt64(entries.pagesEach), Int(entries.runs))
      guard isBatched else {
        add("__tlb_remove_page_size", UInt64(runs))
        add("page_remove_rmap", UInt64(runs))
        return
      }
      logs["folio_remove_rmap_ptes", default: RecordedLog()].add(pages, times: runs)
      logs["__tlb_remove_folio_pages", default: RecordedLog()].add(
        pages, entries.traits.contains(.delayedRmap) ? 1 : 0, times: runs)
    case .batchOpened(let isNew):
      add("tlb_next_batch")
      if isNew { countBatchPage() }
      batches.append(0)
    case .tlbFlushed(_, let pages, isFull: _, let isForced):
      logs["flush_tlb_mm_range", default: RecordedLog()].add(
        isExit ? Self.everything : pages.rawValue, hasFreedTables ? 1 : 0)
      hasFreedTables = false
      if isForced { add("tlb_flush_mmu") }
    case .chunkFreed(let chunk):
      logs["free_pages_and_swap_cache", default: RecordedLog()].add(UInt64(chunk.words))
    case .batchesEmptied:
      for words in batches where words > 0 {
        logs["__tlb_batch_free_encoded_pages", default: RecordedLog()].add(UInt64(words))
      }
      batches = [0]
    case .tablesGathered(let tables):
      hasFreedTables = true
      switch tables.route {
      case .word:
        batches[batches.count - 1] += tables.count
        add("__tlb_remove_page_size", UInt64(tables.count))
      case .tableBatch: add("tlb_remove_table", UInt64(tables.count))
      case .freedAtOnce:
        add("tlb_remove_table")
        countBatchPage()
      }
    case .tableBatchOpened: countBatchPage()
    case .rangeMapped, .rangeRemoved, .gatherBegan, .gatherFinished, .delayedRmapsRemoved,
      .tableBatchFreed:
      break
    }
  }
}
