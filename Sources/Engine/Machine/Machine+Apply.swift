extension Machine {
  /// Applies an event and tells the listener: the only way in which a machine changes.
  @inline(__always)
  mutating func emit<Sink: EventSink>(_ event: Event, _ sink: inout Sink) {
    apply(event)
    sink.record(event)
    if sink.wantsMachine { sink.keep(self) }
  }

  /// Makes one event true. Applying the events of a call to the machine before it gives the machine
  /// after it; the first k of them, the machine inside the call.
  @inline(__always)
  mutating func apply(_ event: Event) {
    switch event {
    case .entered, .left, .decided, .asked, .remedy, .seen:
      break
    case .entryWritten(let address, let size, old: _, let new):
      tables.write(new, at: address, size)
    case .tableInstalled(let address, let size, old: _, let first):
      let step: PageCount = size == .size1G ? LeafSize.size2M.pages : 1
      tables.installTable(at: address, inPlaceOf: size, first: first, step: step)
      counters[.splitTables] &+= 1
    case .tableBacked(let address, let size, let pfn):
      tables.setTableFrame(pfn, at: address, size)
    case .counted(let counter, let change):
      counters[counter] &+= change
    case .flushed(let flush):
      count(flush)
    case .mapped, .unmapped, .tableFreed, .memoryTypeSet, .vmalloc, .tableTracked, .kept, .policy,
      .supply, .stopped, .systemRunning, .kernelSetReadOnly, .memory, .process, .linearMap:
      applyRare(event)
    }
  }

  /// The events that are too rare to be worth a place in the code of every caller.
  @inline(never)
  private mutating func applyRare(_ event: Event) {
    switch event {
    case .mapped(let fill):
      tables.map(Int(fill.count), fill.size, at: fill.start, fill.pfn, fill.flags)
    case .unmapped(let start, let pages):
      tables.unmap(start, pages)
    case .tableFreed(let address, let size, let leaf):
      tables.removeTable(at: address, size, leaf: leaf)
      counters[.splitTables] &-= 1
    case .memoryTypeSet(let book, let page, let pages, let type):
      setMemoryType(book, page..<(page + pages.rawValue), type)
    case .vmalloc(let change):
      areas.apply(change)
    case .tableTracked(let address, let size, let track):
      tables.setTrack(track, ofEntries: size, at: address)
    case .kept(let change):
      kept.value.apply(change)
    case .policy(let change):
      kept.value.policies.apply(change)
    case .supply(let change):
      kept.value.supply.apply(change)
    case .stopped(let bug):
      stopped = bug
    case .systemRunning:
      isRunning = true
    case .kernelSetReadOnly:
      isKernelReadOnly = true
    case .memory(let change):
      physical.apply(change)
    case .process(let change):
      apply(change)
    case .linearMap(let change):
      apply(change)
    case .entered, .asked, .left, .remedy, .seen, .decided, .entryWritten, .tableInstalled,
      .tableBacked,
      .counted, .flushed:
      break
    }
  }

  private mutating func setMemoryType(
    _ book: MemoryTypeBook, _ pages: Range<UInt64>, _ type: MemoryType,
  ) {
    switch book {
    case .ram: ramTypes.set(pages, to: type)
    case .other where type == .wb:
      otherTypes.free(pages, shrinks: setup.kernel.shrinksMemoryTypes)
    case .other: otherTypes.reserve(pages, type)
    }
  }

  /// Counts the entries into the kernel's flush functions. What each CPU runs for itself counts once
  /// for each.
  @inline(__always)
  private mutating func count(_ flush: Flush) {
    let cpus = Int64(setup.cpu.cpus)
    switch flush {
    case .all:
      counters[.flushTLBAll] &+= 1
    case .pages(let pages):
      counters[.cpaFlushTLB] &+= cpus
      counters[.flushTLBOneKernel] &+= cpus &* Int64(pages.rawValue)
    case .allAfterFailure:
      break
    case .kernelRange(let pages):
      counters[.flushTLBKernelRange] &+= 1
      if pages <= Self.singlePageFlushCeiling {
        counters[.flushTLBOneKernel] &+= cpus &* Int64(pages.rawValue)
      }
    case .kernelRangeToEnd:
      counters[.flushTLBKernelRange] &+= 1
    case .ownPage:
      counters[.flushTLBOneKernel] &+= 1
    case .ownTLB:
      counters[.mermapFlushTLB] &+= 1
    case .cacheLines(let pages):
      counters[.cacheLineFlushedPages] &+= Int64(pages.rawValue)
    case .allCaches:
      counters[.wbinvd] &+= 1
    }
  }
}
