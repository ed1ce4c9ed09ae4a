// What each event means. Nothing else in the project asks an event what it wrote, split, merged,
// flushed or counted.

extension Event {
  /// What the event means.
  public var facts: EventFacts {
    var facts = EventFacts()
    switch self {
    case .entered(let function, _, _):
      facts.traits = function == .vmResetPerms ? .onlyTells : [.onlyTells, .detail]
    case .asked: facts.traits = [.onlyTells, .detail, .quiet]
    case .left(_, let code):
      facts.traits = code == .success ? [.onlyTells, .detail, .quiet] : .onlyTells
    case .remedy(.entered): facts.traits = [.onlyTells, .detail]
    case .remedy(.left): facts.traits = [.onlyTells, .detail, .quiet]
    case .seen: facts.traits = [.onlyTells, .detail]
    case .decided(let decision): decision.add(to: &facts)
    case .mapped(let fill):
      facts.written = WrittenEntries(
        fill.start, PageCount(fill.count * fill.size.pages.rawValue), fill.size)
      facts.folding = .text
    case .unmapped(let address, let pages):
      facts.written = WrittenEntries(address, pages, .size4K)
    case .entryWritten(let address, let size, old: _, new: _):
      facts.written = WrittenEntries(address, size.pages, size)
      facts.folding = .text
    case .tableInstalled(let address, inPlaceOf: let size, old: _, first: _):
      facts.written = WrittenEntries(address, size.pages, size)
      facts.resized = ResizedLeaves(.split, size, at: address)
      facts.counters = [.splitTables]
      facts.traits = .marker
    case .tableFreed(let address, let size, leaf: _):
      facts.written = WrittenEntries(address, size.pages, size)
      facts.resized = ResizedLeaves(.merge, size, at: address)
      facts.counters = [.splitTables]
      facts.traits = .marker
    case .tableBacked: facts.traits = .quiet
    case .tableTracked: facts.traits = [.detail, .quiet]
    case .kept(let change): change.add(to: &facts)
    case .policy(let change): change.add(to: &facts)
    case .supply(let change): if change == .given { facts.traits = .quiet }
    case .counted(let counter, _):
      facts.counters = CounterSet(counter)
      facts.traits = [.detail, .quiet]
    case .flushed(let flush):
      facts.flush = flush.fact
      facts.counters = flush.counters
    case .vmalloc(.added(let area)): if area.kind == .roxBlock { facts.traits = .marker }
    case .stopped: facts.traits = .stopped
    case .memory(let change): change.add(to: &facts)
    case .process(let change): change.add(to: &facts)
    case .linearMap(let change): change.add(to: &facts)
    case .memoryTypeSet, .vmalloc, .systemRunning, .kernelSetReadOnly: break
    }
    return facts
  }
}

extension Decision {
  fileprivate func add(to facts: inout EventFacts) {
    facts.traits = .onlyTells
    switch self {
    case .entryKept: facts.traits.insert(.detail)
    case .entryChanged: facts.traits.formUnion([.detail, .quiet])
    case .sameProtection, .preserved, .splitForced, .splitPartial, .splitProtected,
      .collapseFailed, .mergeWaits:
      facts.folding = .reasons
    case .aliasInDirectMap: facts.folding = [.reasons, .text]
    case .collapseDone, .mergeDone:
      facts.traits.formUnion([.detail, .quiet])
      facts.folding = .reasons
    case .policy(let decision): decision.add(to: &facts)
    case .memory(.served): facts.traits.formUnion([.detail, .quiet, .pageAllocator])
    case .memory: facts.traits.insert(.pageAllocator)
    case .process(.batched), .process(.holeSkipped): facts.traits.insert(.detail)
    case .process(.mustFlush), .process(.gatherFull): break
    case .holeSkipped, .holeRefused, .bitsRefused, .writableAndExecutable, .aliasInHighMap,
      .typeConflict, .typeNotFreed, .nothingChanged, .linearMap, .vmalloc:
      break
    }
  }
}

extension PolicyDecision {
  fileprivate func add(to facts: inout EventFacts) {
    switch self {
    case .fellBack: facts.traits.insert(.fellBack)
    case .blockTaken, .blockOfOrderTaken, .pageblockMarked, .shrunk: facts.traits.insert(.marker)
    case .ruleRan: facts.folding = [.reasons, .text]
    case .requestRefused, .cacheEmpty, .nothingLeft, .handedOutPresent, .freedNotPresent,
      .pageblockWaits, .mergeMissed, .mergeRefused, .largerLeafStays, .sleepsInAtomic,
      .lockedInSoftirq, .flushesUnderLock, .lost, .chunkInUse:
      break
    case .rightsRewritten: facts.traits.insert(.marker)
    }
  }
}

extension KeptChange {
  fileprivate func add(to facts: inout EventFacts) {
    switch self {
    case .packAdded: facts.traits = .marker
    case .serialUsed: facts.traits = [.detail, .quiet]
    case .roxFreed(let range): facts.moved = MovedPages(.cached, .addresses(range))
    case .roxTaken(let range): facts.moved = MovedPages(.uncached, .addresses(range))
    case .tablePageAdded: facts.folding = [.text, .lines]
    case .packDirtied, .predictorFlushed, .packRemoved, .programAdded, .programRemoved, .roxBusy,
      .roxIdle, .secretAdded,
      .secretRemoved, .guestPageAdded, .guestRemoved, .kexecAdded, .kexecRemoved,
      .tablePagesRemoved,
      .reclaimDeferred:
      break
    }
  }
}

extension PolicyChange {
  fileprivate func add(to facts: inout EventFacts) {
    switch self {
    case .edgecombe2021(.roundRobinAdvanced), .pteCache2021(.roundRobinAdvanced), .rule(.called):
      facts.traits = [.detail, .quiet]
    case .edgecombe2021(.added(let pfn, node: _)), .pteCache2021(.added(let pfn, node: _)),
      .permAlloc2020(.pushed(let pfn, isProtected: _)), .freetype2026(.freed(let pfn)):
      facts.moved = MovedPages(.cached, pfn)
      facts.folding = [.text, .lines]
    case .edgecombe2021(.taken(let pfn, node: _)), .edgecombe2021(.isolated(let pfn, node: _)),
      .pteCache2021(.taken(let pfn, node: _)), .pteCache2021(.isolated(let pfn, node: _)),
      .permAlloc2020(.taken(let pfn)), .freetype2026(.taken(let pfn)):
      facts.moved = MovedPages(.uncached, pfn)
      facts.folding = [.text, .lines]
    case .unmappedAlloc2023(.inserted(let pfn, let order)):
      facts.moved = MovedPages(.cached, pfn, order: order)
      facts.folding = [.text, .lines]
    case .unmappedAlloc2023(.removed(let pfn, let order)):
      facts.moved = MovedPages(.uncached, pfn, order: order)
      facts.folding = [.text, .lines]
    case .edgecombe2021(.enabled), .pteCache2021(.marked), .permAlloc2020(.flushOwed),
      .permAlloc2020(.flushDone), .unmapped2022(.marked), .mergeOnFree(.merged),
      .mergeOnFree(.missed), .mergeOnFree(.refused), .unmapped2022(.strayed),
      .unmappedAlloc2023(.cached), .unmappedAlloc2023(.released), .rule(.number), .rule(.page),
      .freetype2026(.unmapped), .freetype2026(.mapped), .mermap2026(.refused),
      .mermap2026(.flushed), .kpkeys(.refilled), .kpkeys(.shrunk), .kpkeys(.keyed):
      break
    case .mermap2026(.got), .mermap2026(.put): facts.folding = [.text, .lines]
    case .kpkeys(.freed(let pfn)):
      facts.moved = MovedPages(.cached, pfn)
      facts.folding = [.text, .lines]
    case .kpkeys(.taken(let pfn)):
      facts.moved = MovedPages(.uncached, pfn)
      facts.folding = [.text, .lines]
    case .kpkeys(.owed), .kpkeys(.locked): facts.traits = [.detail, .quiet]
    }
  }
}

extension MemoryChange {
  fileprivate func add(to facts: inout EventFacts) {
    facts.traits = .pageAllocator
    switch self {
    case .handed(let handover):
      facts.moved = MovedPages(handover.entersCache ? .cached : .uncached, handover.block)
      facts.traits = []
      facts.folding = [.text, .lines]
    case .unlisted(let block), .listed(let block, atTail: _):
      facts.traits.insert(.detail)
      facts.folding = .lines
      facts.freeBlock = block.first..<(block.first + block.pages)
    case .relisted(let block, to: _):
      facts.folding = .lines
      facts.freeBlock = block.first..<(block.first + block.pages)
    case .allocated(let block, let owner):
      if owner == .pageTables { facts.traits.insert(.detail) }
      facts.moved = MovedPages(.allocated, block)
      facts.folding = [.text, .lines]
    case .released(let block, let owner):
      if owner == .pageTables { facts.traits.insert(.detail) }
      facts.moved = MovedPages(.freed, block)
      facts.folding = [.text, .lines]
    case .divided: facts.folding = [.text, .lines]
    case .cpuList(.added(let block, atTail: _)), .cpuList(.removed(let block)):
      facts.traits.insert(.detail)
      facts.folding = [.text, .lines]
      facts.freeBlock = block.first..<(block.first + block.pages)
    case .cpuList(.freeFactor): facts.traits.formUnion([.detail, .quiet])
    case .ownerNamed: facts.traits.formUnion([.detail, .quiet])
    case .retyped, .handedOver, .listedRun, .movedToNode, .aged, .scattered: break
    }
  }
}

extension ProcessChange {
  fileprivate func add(to facts: inout EventFacts) {
    switch self {
    case .rangeMapped(let range):
      facts.written = WrittenEntries(range.start, range.pages, .size4K)
    case .gathered(let entries):
      facts.written = WrittenEntries(entries.address, entries.pages, .size4K)
      facts.folding = .text
    case .batchOpened, .chunkFreed: facts.folding = .text
    case .tlbFlushed(_, let pages, let isFull, let isForced):
      facts.flush = FlushFact(
        .tlb, pages, isFull: isFull, .unmapping(isForced: isForced))
    case .gatherBegan, .batchesEmptied, .gatherFinished, .tableBatchOpened: facts.traits = .detail
    case .rangeRemoved, .delayedRmapsRemoved, .tableBatchFreed: break
    case .tablesGathered: facts.folding = .text
    }
  }
}

extension LinearMapChange {
  fileprivate func add(to facts: inout EventFacts) {
    switch self {
    case .cleared:
      let pages = PageCount(AddressLayout.arm64FrameLimit.rawValue)
      facts.written = WrittenEntries(AddressLayout.arm64PageOffset, pages, .size4K)
    case .rewritten(let run, _):
      facts.written = WrittenEntries(run.start, run.pages, run.size ?? .size4K)
    case .splitToPages(let run):
      let size = run.size ?? .size4K
      facts.written = WrittenEntries(run.start, run.pages, size)
      if size > .size4K {
        facts.resized = ResizedLeaves(.split, size, count: run.leafCount, at: run.start)
        facts.traits = .marker
      }
    case .flushedRange(let pages):
      let isFull = pages > LinearMapRules.maxFlushedPages
      facts.flush = FlushFact(.tlb, pages, isFull: isFull, .attributes)
      facts.counters = [.flushTLBKernelRange, isFull ? .flushTLBAll : .flushTLBOneKernel]
    case .fixmapCleared(_, _, let invalidations):
      facts.flush = FlushFact(.tlb, PageCount(invalidations), isFull: false, .fixmap)
    case .filled, .barriers, .zeroed, .cameZeroed, .splitCounted, .contDropped:
      facts.traits = .detail
    case .allocated, .fixmapSet, .andSoOn, .groupsAndSoOn, .memoryAdded: break
    }
  }
}

extension Flush {
  /// The flush, as facts tell it.
  fileprivate var fact: FlushFact {
    switch self {
    case .all: FlushFact(.tlb, 0, isFull: true, .attributes)
    case .pages(let pages): FlushFact(.tlb, pages, isFull: false, .attributes)
    case .allAfterFailure: FlushFact(.tlb, 0, isFull: true, .failure)
    case .kernelRange(let pages): FlushFact(.tlb, pages, isFull: isFull, .attributes)
    case .kernelRangeToEnd: FlushFact(.tlb, 0, isFull: true, .attributes)
    case .ownPage: FlushFact(.tlb, 1, isFull: false, .kfence)
    case .ownTLB: FlushFact(.tlb, 0, isFull: true, .window)
    case .cacheLines(let pages): FlushFact(.caches, pages, isFull: false, .attributes)
    case .allCaches: FlushFact(.caches, 0, isFull: true, .attributes)
    }
  }

  /// Whether all entries of a TLB go out.
  public var isFull: Bool {
    switch self {
    case .all, .allAfterFailure, .kernelRangeToEnd, .ownTLB: true
    case .kernelRange(let pages): pages > Machine.singlePageFlushCeiling
    case .pages, .ownPage, .cacheLines, .allCaches: false
    }
  }

  /// The counters that move with it.
  fileprivate var counters: CounterSet {
    switch self {
    case .all: [.flushTLBAll]
    case .pages: [.cpaFlushTLB, .flushTLBOneKernel]
    case .allAfterFailure: []
    case .kernelRange: isFull ? [.flushTLBKernelRange] : [.flushTLBKernelRange, .flushTLBOneKernel]
    case .kernelRangeToEnd: [.flushTLBKernelRange]
    case .ownPage: [.flushTLBOneKernel]
    case .ownTLB: [.mermapFlushTLB]
    case .cacheLines: [.cacheLineFlushedPages]
    case .allCaches: [.wbinvd]
    }
  }
}
