// Flushing the TLB and freeing what was gathered: mm/mmu_gather.c, 6.12.

extension Machine {
  /// Models `tlb_gather_mmu()`.
  mutating func beginGather(_ sink: inout EventListener) {
    emit(.process(.gatherBegan(processes.value.trialRules ?? zapRules)), &sink)
  }

  /// Whether nothing more can be gathered before all is freed; opens the next batch where one is due.
  mutating func isGatherFull(_ sink: inout EventListener) -> Bool {
    guard let gather = processes.value.gather else { return false }
    if gather.isAtPageCap {
      emit(
        .decided(.process(.gatherFull(.pageCap, pages: PageCount(UInt64(gather.pages))))), &sink)
      return true
    }
    return gather.isActiveFull && !openNextBatch(&sink)
  }

  /// Makes the next batch the active one; false if there is none. Models `tlb_next_batch()`.
  mutating func openNextBatch(_ sink: inout EventListener) -> Bool {
    guard let gather = processes.value.gather else { return false }
    var refusal = gather.refusal
    let isNew = gather.active + 1 == gather.batches.count
    if refusal == nil, isNew, !takeBatchPage(&sink) { refusal = .noMemory }
    if let refusal {
      emit(
        .decided(.process(.gatherFull(refusal, pages: PageCount(UInt64(gather.pages))))), &sink)
      return false
    }
    emit(.process(.batchOpened(isNew: isNew)), &sink)
    return true
  }

  /// Whether a page can be had for a batch: there is a free one, and `fail pages` does not say no.
  /// The page itself stays in the page allocator.
  mutating func takeBatchPage(_ sink: inout EventListener) -> Bool {
    !refuses(order: 0, &sink) && physical.freePages > 0
  }

  /// Flushes the TLB for what was cleared. Models `tlb_flush_mmu_tlbonly()` and, for x86,
  /// `tlb_flush()`: up to 33 pages one by one, more as a whole.
  mutating func flushTLB(isFullMM: Bool, isForced: Bool = false, _ sink: inout EventListener) {
    guard let range = processes.value.gather?.unflushed else { return }
    let pages = range.upperBound - range.lowerBound
    emit(
      .process(
        .tlbFlushed(
          range.lowerBound, pages, isFull: isFullMM || pages > Self.singlePageFlushCeiling,
          isForced: isForced)), &sink)
  }

  /// Models `tlb_flush_rmaps()`.
  mutating func removeDelayedRmaps(_ sink: inout EventListener) {
    guard let gather = processes.value.gather, gather.hasDelayedRmaps else { return }
    let looked = gather.active == 0 ? [0] : [0, gather.active]
    let entries = looked.reduce(0) { sum, index in
      gather.batches[index].groups.reduce(sum) {
        $0 + ($1.traits.contains(.delayedRmap) ? $1.entries : 0)
      }
    }
    emit(.process(.delayedRmapsRemoved(entries: entries)), &sink)
  }

  /// Lets all go that was gathered, page tables first. Models `tlb_flush_mmu_free()`.
  mutating func freeBatches(_ sink: inout EventListener) {
    freeTableBatch(&sink)
    guard let pages = processes.value.gather?.pages, pages > 0 else { return }
    while let batch = processes.value.gather?.firstFilled {
      let words = processes.value.gather?.chunkWords(ofBatch: batch) ?? 0
      freeChunk(words: words, ofBatch: batch, &sink)
    }
    emit(.process(.batchesEmptied), &sink)
  }

  private mutating func freeChunk(words: Int, ofBatch batch: Int, _ sink: inout EventListener) {
    let groups = processes.value.gather?.first(words: words, ofBatch: batch) ?? []
    let folios = processes.value.foliosFreed(by: groups)
    let pagesFreed = folios.reduce(0) { $0 + UInt32(1) << UInt32($1.order) }
    // Where a policy wants to see blocks that are freed, each goes by itself.
    let goesOneByOne = setup.hooks.contains(.blocks)
    if goesOneByOne {
      for folio in folios { freePages(folio.first, order: Int(folio.order), &sink) }
    }
    emit(
      .process(
        .chunkFreed(
          FreedChunk(
            words: UInt16(words), entries: UInt16(groups.reduce(0) { $0 + $1.entries }),
            pages: UInt32(groups.reduce(0) { $0 + $1.pages }), folios: UInt16(folios.count),
            pagesFreed: pagesFreed, givesBack: !goesOneByOne))), &sink)
  }

  /// Flushes and frees what is left. Models `tlb_finish_mmu()`.
  mutating func finishGather(isFullMM: Bool, _ sink: inout EventListener) {
    flushTLB(isFullMM: isFullMM, &sink)
    freeBatches(&sink)
    emit(.process(.gatherFinished), &sink)
  }
}

extension Processes {
  /// The folios that nobody holds any more when the references of these entries are dropped.
  fileprivate func foliosFreed(by groups: [MmuGather.Group]) -> [FreedFolio] {
    var copy = self
    return copy.drop(groups)
  }
}
