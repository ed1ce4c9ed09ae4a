// What process changes do to the machine: to the address space, and to the page allocator where
// folios are taken and given back without an event for each.

extension Machine {
  /// Makes one change true.
  mutating func apply(_ change: ProcessChange) {
    switch change {
    case .rangeMapped(let range):
      guard let populated = populated(range) else {
        preconditionFailure("A range was mapped for which there are no pages.")
      }
      take(range, populated)
    case .rangeRemoved(let name):
      processes.value.ranges.removeAll { $0.range.name == name }
      if processes.value.ranges.isEmpty {
        processes.value.tables = PageTables(hasFiveLevels: layout.hasFiveLevels)
        processes.value.userTables = UserTables(hasFiveLevels: layout.hasFiveLevels)
      }
    case .gatherBegan(let rules):
      processes.value.gather = MmuGather(rules)
      processes.value.lastZap = ZapCounts()
    case .gathered(let entries): processes.value.gather(entries)
    case .batchOpened(let isNew):
      processes.value.gather?.openNextBatch()
      if isNew { processes.value.count(.batches) }
    case .tlbFlushed(_, _, let isFull, let isForced):
      processes.value.gather?.unflushed = nil
      processes.value.count(.flushes)
      if isFull { processes.value.count(.fullFlushes) }
      if isForced { processes.value.count(.forcedFlushes) }
    case .delayedRmapsRemoved(let entries):
      processes.value.gather?.hasDelayedRmaps = false
      processes.value.count(.rmapOperations, Int64(entries))
      processes.value.count(.delayedRmaps, Int64(entries))
    case .chunkFreed(let chunk):
      let blocks = processes.value.letGo(words: Int(chunk.words))
      if chunk.givesBack {
        var sink = EventListener.silent
        for block in blocks {
          _ = try? physical.free(block.first, order: Int(block.order), &sink)
        }
      }
      processes.value.count(chunk)
    case .batchesEmptied: processes.value.gather?.active = 0
    case .tablesGathered(let tables): processes.value.gather(tables)
    case .tableBatchOpened: processes.value.gather?.tables = 0
    case .tableBatchFreed: processes.value.gather?.tables = nil
    case .gatherFinished: processes.value.gather = nil
    }
  }
}

/// A folio that goes back to the page allocator.
struct FreedFolio: Equatable {
  var first: PFN
  var order: UInt8
}

extension Processes {
  /// Clears entries and adds their pages to the active batch.
  fileprivate mutating func gather(_ entries: GatheredEntries) {
    guard var gather else { return }
    // Taken out, so that it is not copied when it is written to.
    self.gather = nil
    let pagesEach = PageCount(UInt64(entries.pagesEach))
    var address = entries.address
    for _ in 0..<entries.runs {
      if let leaf = tables.lookup(address) {
        gather.add(
          leaf.pfn, pages: Int(entries.pagesEach), order: entries.order, traits: entries.traits)
      }
      address = address + pagesEach
    }
    tables.unmap(entries.address, entries.pages)
    if entries.traits.contains(.delayedRmap) { gather.hasDelayedRmaps = true }
    let low = min(gather.unflushed?.lowerBound ?? entries.address, entries.address)
    gather.unflushed = low..<max(gather.unflushed?.upperBound ?? address, address)
    if let index = ranges.firstIndex(where: { $0.range.addresses.contains(entries.address) }) {
      ranges[index].mapped = ranges[index].mapped - entries.pages
    }
    let runs = Int64(entries.runs)
    count(.pages, Int64(entries.pages.rawValue))
    count(.runs, runs)
    count(.words, entries.pagesEach == 1 ? runs : runs * 2)
    count(.tlbRemovals, runs)
    if !entries.traits.contains(.delayedRmap) { count(.rmapOperations, runs) }
    keepLargest(.mostPages, Int64(gather.pages))
    self.gather = gather
  }

  /// Takes page tables out; the next flush covers a page of each.
  fileprivate mutating func gather(_ gathered: GatheredTables) {
    userTables.remove(gathered)
    count(.tables, Int64(gathered.count))
    guard var gather else { return }
    self.gather = nil
    switch gathered.route {
    case .word:
      for index in 0..<gathered.count {
        gather.add(PFN(UInt64(index)), pages: 1, order: 0, traits: .table)
      }
    case .tableBatch: gather.tables = (gather.tables ?? 0) + gathered.count
    case .freedAtOnce: break
    }
    let flushed = gathered.flushed
    let other = gather.unflushed ?? flushed
    gather.unflushed =
      min(other.lowerBound, flushed.lowerBound)..<max(other.upperBound, flushed.upperBound)
    self.gather = gather
  }

  /// Takes the first words out of the first batch that has any; returns the folios that nobody holds
  /// any more.
  fileprivate mutating func letGo(words: Int) -> [FreedFolio] {
    guard let index = gather?.firstFilled, let groups = gather?.first(words: words, ofBatch: index)
    else { return [] }
    gather?.remove(words: words, fromBatch: index)
    return drop(groups)
  }

  /// Drops the references of entries; returns the folios that nobody holds any more. Pages of a file
  /// stay in the page cache, and page
  /// tables have no page here. Models `folios_put_refs()`.
  mutating func drop(_ groups: [MmuGather.Group]) -> [FreedFolio] {
    var freed: [FreedFolio] = []
    for group in groups where group.traits.isDisjoint(with: [.file, .table]) {
      let folioPages: UInt64 = 1 << UInt64(group.order)
      var page = group.first.rawValue
      let end = page + UInt64(group.pages)
      while page < end {
        let first = page & ~(folioPages - 1)
        let dropped = UInt32(min(end, first + folioPages) - page)
        let left = (partialFolios[first] ?? UInt32(folioPages)) - dropped
        partialFolios[first] = left == 0 || left == folioPages ? nil : left
        if left == 0 { freed.append(FreedFolio(first: PFN(first), order: group.order)) }
        page = first + folioPages
      }
    }
    return freed
  }

  fileprivate mutating func count(_ chunk: FreedChunk) {
    count(.chunks)
    count(.refOperations, Int64(chunk.entries))
    count(.foliosFreed, Int64(chunk.folios))
    count(.pagesFreed, Int64(chunk.pagesFreed))
    let cost = ZapCost.of(
      entries: Int64(chunk.entries), folios: Int64(chunk.folios),
      pages: Int64(chunk.pagesFreed), isZeroing: gather?.rules.zeroes ?? false)
    count(.cost, cost)
    keepLargest(.longestChunkCost, cost)
    let step = ZapCost.step(isZeroing: gather?.rules.zeroes ?? false)
    keepLargest(
      .longestWait, gather?.rules.isPreemptible == true ? min(cost, step) : cost)
    keepLargest(.longestChunkPages, Int64(chunk.pagesFreed))
  }
}
