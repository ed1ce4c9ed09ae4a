// Freeing the page tables of a process: free_pgtables() in mm/memory.c, tlb_remove_table() in
// mm/mmu_gather.c, and mm/pt_reclaim.c.

extension Machine {
  /// Frees the tables that only a range of addresses uses, from PTE to the highest below
  /// the root. Models `free_pgd_range()`.
  ///
  /// - Parameters:
  ///   - floor: the end of what lies below and stays; 0 if nothing does.
  ///   - ceiling: the start of what lies above and stays; 0 if nothing does.
  mutating func freeTables(
    of addresses: Range<VirtualAddress>, floor: VirtualAddress, ceiling: VirtualAddress,
    isFullMM: Bool, _ sink: inout EventListener,
  ) {
    let highest = processes.value.userTables.highest
    freeTables(highest, addresses, floor, ceiling, isFullMM: isFullMM, &sink)
  }

  /// Frees the tables of a level and below that lie in a range: first those below each, then it.
  private mutating func freeTables(
    _ level: TableLevel, _ addresses: Range<VirtualAddress>, _ floor: VirtualAddress,
    _ ceiling: VirtualAddress, isFullMM: Bool, _ sink: inout EventListener,
  ) {
    let span = level.span.bytes
    var waiting: GatheredTables?
    var slot = addresses.lowerBound.rawValue & ~(span - 1)
    while slot < addresses.upperBound.rawValue {
      let start = VirtualAddress(slot)
      let end = VirtualAddress(slot + span)
      if level > .pte, let below = TableLevel(rawValue: level.rawValue - 1),
        processes.value.userTables.has(level, at: start)
      {
        let part = max(start, addresses.lowerBound)..<min(end, addresses.upperBound)
        freeTables(below, part, floor, ceiling, isFullMM: isFullMM, &sink)
      }
      let isFree = start >= floor && (ceiling == 0 || end <= ceiling)
      if isFree, processes.value.userTables.has(level, at: start) {
        if waiting == nil {
          waiting = GatheredTables(level: level, address: start, count: 0, route: tableRoute)
        }
        waiting?.count += 1
        // Tables of a higher level have others between them.
        if level > .pte { gatherWaiting(&waiting, isFullMM: isFullMM, &sink) }
      } else {
        gatherWaiting(&waiting, isFullMM: isFullMM, &sink)
      }
      slot += span
    }
    gatherWaiting(&waiting, isFullMM: isFullMM, &sink)
  }

  /// Where page tables wait on this kernel.
  var tableRoute: GatheredTables.Route {
    setup.kernel.batchesPageTables ? .tableBatch : .word
  }

  private mutating func gatherWaiting(
    _ waiting: inout GatheredTables?, isFullMM: Bool, _ sink: inout EventListener,
  ) {
    if let tables = waiting { gatherTables(tables, isFullMM: isFullMM, &sink) }
    waiting = nil
  }

  /// Takes page tables out and lets them wait for the flush. Models `pte_free_tlb()` and its like.
  mutating func gatherTables(
    _ tables: GatheredTables, isFullMM: Bool, _ sink: inout EventListener,
  ) {
    var left = tables
    while left.count > 0 {
      var part = left
      if left.route == .word {
        part.count = min(left.count, max(1, processes.value.gather?.room(pagesEach: 1) ?? 1))
      } else {
        let held = tableBatch(&sink)
        part.route = held == nil ? .freedAtOnce : .tableBatch
        part.count = held.map { min(left.count, MmuGather.tableLimit - $0) } ?? 1
      }
      emit(.process(.tablesGathered(part)), &sink)
      switch part.route {
      case .word: if isGatherFull(&sink) { flushAndFree(isFullMM: isFullMM, &sink) }
      case .freedAtOnce: flushTLB(isFullMM: isFullMM, &sink)
      case .tableBatch:
        if processes.value.gather?.tables == MmuGather.tableLimit {
          flushTLB(isFullMM: isFullMM, &sink)
          freeTableBatch(&sink)
        }
      }
      left.count -= part.count
      left.address = left.address + PageCount(UInt64(part.count) * left.level.span.rawValue)
    }
  }

  /// How many tables the page of tables holds; takes one where there is none. `nil` if none is to be
  /// had. Models the head of `tlb_remove_table()`.
  private mutating func tableBatch(_ sink: inout EventListener) -> Int? {
    if let held = processes.value.gather?.tables { return held }
    guard takeBatchPage(&sink) else { return nil }
    emit(.process(.tableBatchOpened), &sink)
    return 0
  }

  /// Flushes, then frees tables and pages. Models `tlb_flush_mmu()`.
  private mutating func flushAndFree(isFullMM: Bool, _ sink: inout EventListener) {
    flushTLB(isFullMM: isFullMM, isForced: true, &sink)
    freeBatches(&sink)
  }

  /// Models what `tlb_table_flush()` does behind its flush.
  mutating func freeTableBatch(_ sink: inout EventListener) {
    guard let tables = processes.value.gather?.tables else { return }
    emit(.process(.tableBatchFreed(tables)), &sink)
  }
}
