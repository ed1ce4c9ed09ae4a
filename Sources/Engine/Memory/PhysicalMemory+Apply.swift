extension PhysicalMemory {
  /// Makes one change true. The changes of a call, applied to memory as it was before, give the
  /// memory after it.
  public mutating func apply(_ change: MemoryChange) {
    prepare()
    applyPrepared(change)
  }

  /// Applies a change and tells the listener.
  @inline(__always)
  mutating func emit<Sink: EventSink>(_ change: MemoryChange, _ sink: inout Sink) {
    applyPrepared(change)
    sink.record(.memory(change))
  }

  @inline(__always)
  mutating func applyPrepared(_ change: MemoryChange) {
    switch change {
    case .unlisted(let block): unlink(block)
    case .listed(let block, let atTail): link(block, atTail: atTail)
    case .allocated(let block, let owner): allocate(block, owner)
    case .released(let block, let owner): release(block, owner)
    case .handed, .relisted, .retyped, .divided, .handedOver, .listedRun, .ownerNamed, .movedToNode,
      .aged, .scattered, .cpuList:
      applyRare(change)
    }
  }

  @inline(never)
  private mutating func applyRare(_ change: MemoryChange) {
    switch change {
    case .handed(let handover):
      release(handover.block, handover.from)
      allocate(handover.block, handover.to)
    case .relisted(let block, let type):
      unlink(block)
      link(PageState.Block(first: block.first, order: block.order, type: type), atTail: true)
    case .retyped(let pfn, let type):
      _ = unsafe touch(pfn.rawValue >> 9)
      store.setType(pfn.rawValue >> 9, type)
    case .divided(let block, let owner): divide(block, owner)
    case .handedOver(let pfn, let pages): handOver(pfn.rawValue..<(pfn + pages).rawValue)
    case .listedRun(let pfn, let blocks): listRun(pfn.rawValue, blocks)
    case .ownerNamed(let owner, let name):
      setName(name, of: owner)
    case .movedToNode(let node): cpuNode = node
    case .cpuList(let change): apply(change)
    case .aged(let seed, let operations): performAging(seed: seed, operations: operations)
    case .scattered(let owner, let pages, let percentFreed, let seed):
      performScattering(owner, pages, percentFreed: percentFreed, seed: seed)
    case .unlisted, .listed, .allocated, .released: break
    }
  }
}

// Writing the records.

extension PhysicalMemory {
  /// The words of a chunk to write to, made if nobody touched it before.
  @inline(__always)
  private mutating func touch(_ index: UInt64) -> UnsafeMutablePointer<UInt64> {
    if let words = unsafe store.ownWords(index) { return unsafe words }
    return unsafe makeOwn(index)
  }

  @inline(never)
  private mutating func makeOwn(_ index: UInt64) -> UnsafeMutablePointer<UInt64> {
    if let words = unsafe store.makeOwn(index) { return unsafe words }
    materialize(index)
    guard let words = unsafe store.ownWords(index) else {
      preconditionFailure("A page record was not made.")
    }
    return unsafe words
  }

  /// Takes a free block off its list.
  private mutating func unlink(_ block: PageState.Block) {
    let pfn = block.first.rawValue
    let words = unsafe touch(pfn >> 9) + Int(truncatingIfNeeded: pfn & 511) &* 2
    let next = unsafe words[0] & PageWord.linkMask
    let previous = unsafe words[1] & PageWord.linkMask
    let zone = unsafe Int(truncatingIfNeeded: words[1] >> 48)
    assert(
      unsafe words[0] & ~PageWord.linkMask
        == PageWord.word(PageWord.State.free, order: block.order, block.type, 0),
      "A block was taken off a list that does not hold it.")
    let list = unsafe lists.list(zone, block.type, block.order)
    if previous == PageWord.none { unsafe list[0] = next } else { setNext(of: previous, next) }
    if next == PageWord.none { unsafe list[1] = previous } else { setPrevious(of: next, previous) }
    unsafe list[2] &-= 1
    unsafe lists.zone(zone)[0] &-= 1 &<< UInt64(truncatingIfNeeded: block.order)
    unsafe words[0] = PageWord.State.inside
  }

  /// Puts a block on a list.
  private mutating func link(_ block: PageState.Block, atTail: Bool) {
    let pfn = block.first.rawValue
    let words = unsafe touch(pfn >> 9) + Int(truncatingIfNeeded: pfn & 511) &* 2
    let zoneBits = unsafe words[1] & ~PageWord.linkMask
    let zone = Int(truncatingIfNeeded: zoneBits >> 48)
    let list = unsafe lists.list(zone, block.type, block.order)
    var next = PageWord.none
    var previous = PageWord.none
    if atTail {
      previous = unsafe list[1]
      if previous == PageWord.none { unsafe list[0] = pfn } else { setNext(of: previous, pfn) }
      unsafe list[1] = pfn
    } else {
      next = unsafe list[0]
      if next == PageWord.none { unsafe list[1] = pfn } else { setPrevious(of: next, pfn) }
      unsafe list[0] = pfn
    }
    unsafe list[2] &+= 1
    unsafe lists.zone(zone)[0] &+= 1 &<< UInt64(truncatingIfNeeded: block.order)
    unsafe words[0] = PageWord.word(PageWord.State.free, order: block.order, block.type, next)
    unsafe words[1] = zoneBits | previous
  }

  @inline(__always)
  private mutating func setNext(of pfn: UInt64, _ next: UInt64) {
    guard let words = unsafe store.ownWords(pfn >> 9) else { return setLink(at: pfn, next: next) }
    let word = unsafe words + Int(truncatingIfNeeded: pfn & 511) &* 2
    unsafe word[0] = unsafe word[0] & ~PageWord.linkMask | next
  }

  @inline(__always)
  private mutating func setPrevious(of pfn: UInt64, _ previous: UInt64) {
    guard let words = unsafe store.ownWords(pfn >> 9) else {
      return setLink(at: pfn, previous: previous)
    }
    let word = unsafe words + Int(truncatingIfNeeded: pfn & 511) &* 2
    unsafe word[1] = unsafe word[1] & ~PageWord.linkMask | previous
  }

  /// Sets a link of a block in a chunk that is shared, or in a run.
  @inline(never)
  private mutating func setLink(at pfn: UInt64, next: UInt64? = nil, previous: UInt64? = nil) {
    if unsafe store.makeOwn(pfn >> 9) != nil {
      if let next { setNext(of: pfn, next) }
      if let previous { setPrevious(of: pfn, previous) }
      return
    }
    guard let run = run(holding: pfn) else {
      preconditionFailure("A free list leads to a frame that is not free.")
    }
    if let next { runs[run].next = next }
    if let previous { runs[run].previous = previous }
  }

  @inline(__always)
  mutating func allocate(_ block: PageState.Block, _ owner: Owner) {
    let pfn = block.first.rawValue
    let words = unsafe touch(pfn >> 9)
    unsafe words[Int(truncatingIfNeeded: pfn & 511) &* 2] = PageWord.word(
      PageWord.State.allocated, order: block.order, block.type, UInt64(owner.rawValue))
    let sums = unsafe lists.owner(owner)
    unsafe sums[0] &+= 1 &<< UInt64(truncatingIfNeeded: block.order)
    unsafe sums[1] = pfn
  }

  @inline(__always)
  mutating func release(_ block: PageState.Block, _ owner: Owner) {
    let pfn = block.first.rawValue
    let words = unsafe touch(pfn >> 9)
    unsafe words[Int(truncatingIfNeeded: pfn & 511) &* 2] = PageWord.State.inside
    unsafe lists.owner(owner)[0] &-= 1 &<< UInt64(truncatingIfNeeded: block.order)
  }

  /// Makes every page of an allocated block a block of its own.
  private mutating func divide(_ block: PageState.Block, _ owner: Owner) {
    let word = PageWord.word(
      PageWord.State.allocated, order: 0, block.type, UInt64(owner.rawValue))
    for pfn in block.first.rawValue..<(block.first + block.pages).rawValue {
      unsafe touch(pfn >> 9)[Int(pfn & 511) * 2] = word
    }
  }
}

// Memory that nobody touched yet.

extension PhysicalMemory {
  /// Makes the records of a pageblock that nobody touched: pages that boot keeps, or a free block of
  /// order 10 together with the pageblock beside it.
  @inline(never)
  private mutating func materialize(_ index: UInt64) {
    let pfn = index << 9
    guard let run = run(holding: pfn) else {
      let words = unsafe store.makeChunk(index)
      for page in 0..<PageChunk.pages {
        let zone = zone(of: PFN(pfn + page)) ?? 0xffff
        unsafe words[Int(page) * 2] = PageWord.State.reserved
        unsafe words[Int(page) * 2 + 1] = UInt64(zone) << 48 | PageWord.none
      }
      return
    }
    let block = pfn & ~(FreeRun.blockPages - 1)
    let old = runs[run]
    for half in 0..<2 as Range<UInt64> {
      let words = unsafe store.makeChunk(block >> 9 + half)
      let second = UInt64(old.zone) << 48 | PageWord.none
      for page in 0..<Int(PageChunk.pages) {
        unsafe words[page * 2] = PageWord.State.inside
        unsafe words[page * 2 + 1] = second
      }
      guard half == 0 else { continue }
      let next = block == old.last ? old.next : block + FreeRun.blockPages
      let previous = block == old.start ? old.previous : block - FreeRun.blockPages
      unsafe words[0] = PageWord.word(PageWord.State.free, order: 10, .movable, next)
      unsafe words[1] = UInt64(old.zone) << 48 | previous
    }
    var left = old
    left.end = block
    left.next = block
    var right = old
    right.start = block + FreeRun.blockPages
    right.previous = block
    if left.start == left.end {
      if right.start == right.end { runs.remove(at: run) } else { runs[run] = right }
    } else {
      runs[run] = left
      if right.start < right.end { runs.insert(right, at: run + 1) }
    }
  }

  private mutating func handOver(_ frames: Range<UInt64>) {
    for pfn in frames {
      let words = unsafe touch(pfn >> 9) + Int(pfn & 511) * 2
      assert(
        unsafe words[0] == PageWord.State.reserved, "A page was handed over that boot did not keep."
      )
      unsafe words[0] = PageWord.State.inside
    }
    guard let zone = zone(of: PFN(frames.lowerBound)) else { return }
    unsafe lists.zone(zone)[1] += UInt64(frames.count)
    updateReserves(ofNode: zones[zone].node)
  }

  private mutating func listRun(_ start: UInt64, _ blocks: UInt64) {
    guard blocks > 0, let zone = zone(of: PFN(start)) else { return }
    let list = unsafe lists.list(zone, .movable, 10)
    let pages = blocks * FreeRun.blockPages
    let tail = unsafe list[1]
    let run = FreeRun(
      start: start, end: start + pages, previous: tail, next: PageWord.none, zone: zone)
    if tail == PageWord.none { unsafe list[0] = start } else { setNext(of: tail, start) }
    unsafe list[1] = run.last
    unsafe list[2] += blocks
    unsafe lists.zone(zone)[0] += pages
    unsafe lists.zone(zone)[1] += pages
    runs.insert(run, at: runs.firstIndex { $0.start > start } ?? runs.count)
    updateReserves(ofNode: zones[zone].node)
  }

  /// Models `setup_per_zone_lowmem_reserve()` for requests that any zone may serve.
  private mutating func updateReserves(ofNode node: Int) {
    var higher: UInt64 = 0
    for zone in zones.indices.reversed() where zones[zone].node == node {
      unsafe lists.zone(zone)[2] = higher / Zone.reserveRatio
      unsafe higher += lists.zone(zone)[1]
    }
  }
}
