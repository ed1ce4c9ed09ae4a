// The shape of each event: what it has in common with those that say the same of another page.

extension Event {
  /// What the event has in common with those that say the same of another page.
  public var shape: EventShape {
    switch self {
    case .entered(let function, _, _): EventShape(.entered, UInt64(function.rawValue))
    case .asked: EventShape(.asked)
    case .left(let function, let code):
      EventShape(.left, UInt64(function.rawValue) << 32 | code.shape)
    case .remedy(.entered(let function, _)): EventShape(.remedyEntered, UInt64(function.rawValue))
    case .remedy(.left(let function, let result)):
      EventShape(.remedyLeft, EventShape.mix(UInt64(function.rawValue), result.shape))
    // Each is its own: the functions of a real kernel are not folded.
    case .seen(.entered(let place)): EventShape(.seenEntered, UInt64(UInt32(bitPattern: place)))
    case .seen(.left(let place)): EventShape(.seenLeft, UInt64(UInt32(bitPattern: place)))
    case .seen(.wrote(let place)): EventShape(.seenWrote, UInt64(UInt32(bitPattern: place)))
    case .seen(.reached(let place)): EventShape(.seenReached, UInt64(UInt32(bitPattern: place)))
    case .decided(let decision): decision.shape
    case .mapped(let fill):
      EventShape(.mapped, fill.flags.rawValue << 2 ^ UInt64(fill.size.rawValue))
    case .unmapped: EventShape(.unmapped)
    case .entryWritten(let address, let size, let old, let new):
      Self.shape(address, size, old.flags(size), new.flags(size))
    case .tableInstalled(_, let size, _, _):
      EventShape(.tableInstalled, UInt64(size.rawValue))
    case .tableBacked: EventShape(.tableBacked)
    case .tableFreed(_, let size, _): EventShape(.tableFreed, UInt64(size.rawValue))
    case .tableTracked: EventShape(.tableTracked)
    case .kept: EventShape(.kept)
    case .policy(let change): change.shape
    case .supply: EventShape(.supply)
    case .counted(let counter, _): EventShape(.counted, UInt64(counter.rawValue))
    case .flushed(let flush): EventShape(.flushed, flush.shape)
    case .memoryTypeSet(_, _, _, let type):
      EventShape(.memoryTypeSet, UInt64(type.rawValue))
    case .vmalloc(.added): EventShape(.areaAdded)
    case .vmalloc(.freed): EventShape(.areaFreed)
    case .vmalloc(.purged): EventShape(.areasPurged)
    case .systemRunning: EventShape(.systemRunning)
    case .stopped: EventShape(.stopped)
    case .kernelSetReadOnly: EventShape(.kernelSetReadOnly)
    case .memory(let change): change.shape
    case .process(let change): change.shape
    case .linearMap(let change): change.shape
    }
  }

  /// Entries of one size that gain and lose the same flags in the same part of the address space.
  private static func shape(
    _ address: VirtualAddress, _ size: LeafSize, _ old: EntryFlags, _ new: EntryFlags,
  ) -> EventShape {
    let isDirect = AddressLayout.directMapFrame(of: address) != nil
    let place = UInt64(size.rawValue) << 1 | (isDirect ? 1 : 0)
    let moved = EventShape.mix(
      new.subtracting(old).rawValue, old.subtracting(new).rawValue)
    return EventShape(.entryWritten, EventShape.mix(place, moved))
  }
}

extension ReturnCode {
  /// The number as a word.
  public var shape: UInt64 { UInt64(UInt32(bitPattern: rawValue)) }
}

extension RemedyResult {
  /// What results have in common that say the same of another page.
  public var shape: UInt64 {
    switch self {
    case .nothing: 0
    case .page(let page): page == nil ? 1 : 2
    case .address(let address): address == nil ? 3 : 4
    case .code(let code): 16 + code.shape
    case .truth(let isTrue): isTrue ? 5 : 6
    case .shrink(.empty): 7
    case .shrink(.stop): 8
    case .shrink(.pages): 9
    case .count: 10
    }
  }
}

extension Flush {
  fileprivate var shape: UInt64 {
    switch self {
    case .all: 1
    case .pages: 2
    case .allAfterFailure: 3
    case .kernelRange: 4
    case .ownPage: 5
    case .cacheLines: 6
    case .allCaches: 7
    case .kernelRangeToEnd: 8
    case .ownTLB: 9
    }
  }
}

extension Decision {
  fileprivate var shape: EventShape {
    switch self {
    case .entryKept: EventShape(.entryKept)
    case .entryChanged: EventShape(.entryChanged)
    case .holeSkipped: EventShape(.holeSkipped)
    case .holeRefused: EventShape(.holeRefused)
    case .sameProtection(_, let size, _): EventShape(.sameProtection, UInt64(size.rawValue))
    case .preserved(_, let size, _, let new):
      EventShape(.preserved, new.rawValue << 2 ^ UInt64(size.rawValue))
    case .splitForced(_, let size): EventShape(.splitForced, UInt64(size.rawValue))
    case .splitPartial(_, let size, _, _): EventShape(.splitPartial, UInt64(size.rawValue))
    case .splitProtected(_, let size, _): EventShape(.splitProtected, UInt64(size.rawValue))
    case .bitsRefused(_, let flags): EventShape(.bitsRefused, flags.rawValue)
    case .writableAndExecutable: EventShape(.writableAndExecutable)
    case .aliasInDirectMap: EventShape(.aliasInDirectMap)
    case .aliasInHighMap: EventShape(.aliasInHighMap)
    case .typeConflict: EventShape(.typeConflict)
    case .typeNotFreed: EventShape(.typeNotFreed)
    case .nothingChanged: EventShape(.nothingChanged)
    case .collapseFailed(_, let size, _): EventShape(.collapseFailed, UInt64(size.rawValue))
    case .mergeWaits(_, let size, _): EventShape(.mergeWaits, UInt64(size.rawValue))
    case .mergeDone(_, let size): EventShape(.mergeDone, UInt64(size.rawValue))
    case .collapseDone(_, let size): EventShape(.collapseDone, UInt64(size.rawValue))
    case .policy(.ruleRan(let ran)):
      EventShape(.policyDecision, 1 << 32 | UInt64(ran.rule) << 16 | UInt64(ran.line))
    case .policy: EventShape(.policyDecision)
    case .memory: EventShape(.memoryDecision)
    case .process(let decision): decision.shape
    case .linearMap(let decision): decision.shape
    case .vmalloc: EventShape(.vmallocDecision)
    }
  }
}

extension ProcessDecision {
  fileprivate var shape: EventShape {
    switch self {
    case .batched(_, let runs, let pages, let end):
      EventShape(.batched, UInt64(runs) | UInt64(pages) << 16 | UInt64(end.rawValue) << 32)
    case .mustFlush: EventShape(.mustFlush)
    case .gatherFull(let limit, _): EventShape(.gatherFull, UInt64(limit.rawValue))
    case .holeSkipped: EventShape(.pteHoleSkipped)
    }
  }
}

extension LinearMapDecision {
  fileprivate var shape: EventShape {
    switch self {
    case .pagesOnly: EventShape(.pagesOnly)
    case .blocksAllowed: EventShape(.blocksAllowed)
    case .mappedApart: EventShape(.mappedApart)
    case .areaRefused: EventShape(.areaRefused)
    case .cannotSetDirectMap: EventShape(.cannotSetDirectMap)
    case .mirrored: EventShape(.mirrored)
    case .pastPageArray: EventShape(.pastPageArray)
    case .notMirrored: EventShape(.notMirrored)
    case .walkerMetBlock: EventShape(.walkerMetBlock)
    case .borderAligned: EventShape(.borderAligned)
    case .singlePage: EventShape(.singlePage)
    case .nothingToSplit: EventShape(.nothingToSplit)
    case .splitBlock(_, let size): EventShape(.splitBlock, UInt64(size.rawValue))
    case .dropCont(_, let size): EventShape(.dropCont, UInt64(size.rawValue))
    case .splitAllToPages: EventShape(.splitAllToPages)
    }
  }
}

extension PolicyChange {
  fileprivate var shape: EventShape {
    switch self {
    case .edgecombe2021(.added(_, let node)), .pteCache2021(.added(_, let node)):
      EventShape(.pageAdded, UInt64(truncatingIfNeeded: node))
    case .edgecombe2021(.taken(_, let node)), .pteCache2021(.taken(_, let node)):
      EventShape(.pageTaken, UInt64(truncatingIfNeeded: node))
    case .edgecombe2021(.isolated(_, let node)), .pteCache2021(.isolated(_, let node)):
      EventShape(.pageIsolated, UInt64(truncatingIfNeeded: node))
    case .permAlloc2020(.pushed), .unmappedAlloc2023(.inserted), .freetype2026(.freed),
      .kpkeys(.freed):
      EventShape(.pageAdded)
    case .permAlloc2020(.taken), .unmappedAlloc2023(.removed), .freetype2026(.taken),
      .kpkeys(.taken):
      EventShape(.pageTaken)
    case .edgecombe2021(.roundRobinAdvanced), .edgecombe2021(.enabled),
      .pteCache2021(.roundRobinAdvanced), .pteCache2021(.marked), .permAlloc2020(.flushOwed),
      .permAlloc2020(.flushDone), .unmapped2022(.marked), .mergeOnFree(.merged),
      .mergeOnFree(.missed), .mergeOnFree(.refused), .unmapped2022(.strayed),
      .unmappedAlloc2023(.cached), .unmappedAlloc2023(.released), .rule,
      .freetype2026(.unmapped), .freetype2026(.mapped), .mermap2026(.refused),
      .mermap2026(.flushed), .kpkeys(.refilled), .kpkeys(.shrunk), .kpkeys(.keyed), .kpkeys(.owed),
      .kpkeys(.locked):
      EventShape(.policyChange)
    case .mermap2026(.got): EventShape(.policyChange, 1)
    case .mermap2026(.put): EventShape(.policyChange, 2)
    }
  }
}

extension MemoryChange {
  fileprivate var shape: EventShape {
    switch self {
    case .unlisted: EventShape(.unlisted)
    case .listed: EventShape(.listed)
    case .relisted: EventShape(.relisted)
    case .retyped: EventShape(.retyped)
    case .allocated(let block, _): EventShape(.allocated, UInt64(block.order))
    case .handed(let handover): EventShape(.handed, handover.entersCache ? 1 : 0)
    case .released(let block, _): EventShape(.released, UInt64(block.order))
    case .divided(let block, _): EventShape(.divided, UInt64(block.order))
    case .handedOver: EventShape(.handedOver)
    case .listedRun: EventShape(.listedRun)
    case .ownerNamed: EventShape(.ownerNamed)
    case .cpuList(.added(let block, atTail: _)): EventShape(.queued, UInt64(block.order))
    case .cpuList(.removed(let block)): EventShape(.unqueued, UInt64(block.order))
    case .cpuList(.freeFactor): EventShape(.freeFactor)
    case .movedToNode: EventShape(.movedToNode)
    case .aged: EventShape(.aged)
    case .scattered: EventShape(.scattered)
    }
  }
}

extension ProcessChange {
  fileprivate var shape: EventShape {
    switch self {
    case .rangeMapped: EventShape(.rangeMapped)
    case .rangeRemoved: EventShape(.rangeRemoved)
    case .gatherBegan: EventShape(.gatherBegan)
    case .gathered(let entries):
      EventShape(
        .gathered,
        UInt64(entries.runs) | UInt64(entries.pagesEach) << 16
          | UInt64(entries.traits.rawValue) << 32)
    case .batchOpened(let isNew): EventShape(.batchOpened, isNew ? 1 : 0)
    case .tlbFlushed(_, _, let isFull, let isForced):
      EventShape(.tlbFlushed, (isFull ? 1 : 0) | (isForced ? 2 : 0))
    case .delayedRmapsRemoved: EventShape(.delayedRmapsRemoved)
    case .chunkFreed(let chunk):
      EventShape(.chunkFreed, UInt64(chunk.entries) | UInt64(chunk.pagesFreed) << 16)
    case .batchesEmptied: EventShape(.batchesEmptied)
    case .gatherFinished: EventShape(.gatherFinished)
    case .tablesGathered(let tables):
      EventShape(
        .tablesGathered,
        UInt64(tables.count) | UInt64(tables.level.rawValue) << 32
          | UInt64(tables.route.rawValue) << 40)
    case .tableBatchOpened: EventShape(.tableBatchOpened)
    case .tableBatchFreed(let count): EventShape(.tableBatchFreed, UInt64(count))
    }
  }
}

extension LinearMapChange {
  fileprivate var shape: EventShape {
    switch self {
    case .cleared: EventShape(.cleared)
    case .allocated(let kind, _): EventShape(.tableAllocated, kind.shape)
    case .zeroed(let kind, _): EventShape(.tableZeroed, kind.shape)
    case .cameZeroed(let kind, _): EventShape(.tableCameZeroed, kind.shape)
    case .fixmapSet(let kind, _): EventShape(.fixmapSet, kind.shape)
    case .fixmapCleared(let kind, _, _): EventShape(.fixmapCleared, kind.shape)
    case .filled(let kind, _, _, _): EventShape(.filled, kind.shape)
    case .barriers(let kind, _): EventShape(.barriers, kind.shape)
    case .andSoOn(let kind, _): EventShape(.andSoOn, kind.shape)
    case .groupsAndSoOn(let kind, _): EventShape(.groupsAndSoOn, kind.shape)
    case .rewritten(let run, let flags):
      EventShape(
        .rewritten,
        run.flags.symmetricDifference(flags).rawValue << 2 ^ UInt64(run.size?.rawValue ?? 0))
    case .splitToPages: EventShape(.splitToPages)
    case .splitCounted(let size): EventShape(.splitCounted, UInt64(size.rawValue))
    case .contDropped(let size): EventShape(.contDropped, UInt64(size.rawValue))
    case .flushedRange: EventShape(.flushedRange)
    case .memoryAdded: EventShape(.memoryAdded)
    }
  }
}

extension TableKind {
  fileprivate var shape: UInt64 { UInt64(level.rawValue) + (isLate ? 8 : 0) }
}
