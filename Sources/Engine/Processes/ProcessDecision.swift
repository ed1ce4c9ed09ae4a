/// The outcome of a rule of zapping, with the numbers that led to it.
public enum ProcessDecision: Equatable, Sendable {
  /// The entries from here on are batches of this many pages, each ended for this reason.
  case batched(VirtualAddress, runs: Int, pagesEach: Int, RunEnd)
  /// Pages of a file are dirty: the TLB must be flushed before the page-table lock is given up.
  case mustFlush(VirtualAddress, PageCount, delaysRmap: Bool)
  /// The next batch cannot be had: all must be freed now.
  case gatherFull(GatherLimit, pages: PageCount)
  /// This many entries in a row map nothing.
  case holeSkipped(VirtualAddress, PageCount)

  /// The address that is decided on; `nil` for what is about none.
  public var address: VirtualAddress? {
    switch self {
    case .batched(let address, runs: _, pagesEach: _, _), .mustFlush(let address, _, delaysRmap: _),
      .holeSkipped(let address, _):
      address
    case .gatherFull: nil
    }
  }

  /// The kernel function that makes the decision.
  public var function: KernelFunction? {
    switch self {
    case .batched, .mustFlush, .holeSkipped: .zapPteRange
    case .gatherFull: .tlbNextBatch
    }
  }
}

/// What ends a batch of page-table entries that are cleared together (`folio_pte_batch()`).
public enum RunEnd: UInt8, Equatable, Sendable {
  /// The kernel clears one by one.
  case oneByOne
  /// The folio has one page.
  case smallFolio
  /// The folio ends.
  case folioEnd
  /// The range that is unmapped ends, or the page table does.
  case rangeEnd
  /// The next entry shows no page, or another than the next of the folio.
  case otherPage
  /// The next entry has other flags.
  case otherFlags
}

/// Why `tlb_next_batch()` gives no batch.
public enum GatherLimit: UInt8, Equatable, Sendable {
  /// Rmaps are delayed, and the active batch is not the first.
  case delayedRmap
  /// There are 19 batches already (MAX_GATHER_BATCH_COUNT).
  case batchCount
  /// There are 10000 pages already, where pages are capped.
  case pageCap
  /// There is no free page for one.
  case noMemory
}
