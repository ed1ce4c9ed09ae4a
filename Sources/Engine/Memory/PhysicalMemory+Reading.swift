extension PhysicalMemory {
  /// What is known of a page: free, allocated and by whom, kept by boot, no RAM, or none of these
  /// inside a call.
  public func owner(of pfn: PFN) -> PageState {
    guard ram.contains(pfn) else { return .hole }
    guard let words = unsafe store.words(pfn.rawValue >> 9) else {
      guard let run = run(holding: pfn.rawValue) else { return .reserved }
      let first = pfn.rawValue - (pfn.rawValue - runs[run].start) % FreeRun.blockPages
      return .free(PageState.Block(first: PFN(first), order: 10, type: .movable))
    }
    let word = unsafe words[Int(pfn.rawValue & 511) * 2]
    if let state = state(word, pfn.rawValue) { return state }
    if word & PageWord.State.mask == PageWord.State.reserved { return .reserved }
    for order in 1..<ListBook.orders {
      let first = pfn.rawValue & ~(1 << UInt64(order) - 1)
      guard let words = unsafe store.words(first >> 9) else { continue }
      let word = unsafe words[Int(first & 511) * 2]
      if PageWord.order(word) >= order, let state = state(word, first) { return state }
    }
    return .unowned
  }

  /// The state that a block's first page tells.
  private func state(_ word: UInt64, _ first: UInt64) -> PageState? {
    let block = PageState.Block(
      first: PFN(first), order: PageWord.order(word), type: PageWord.type(word))
    switch word & PageWord.State.mask {
    case PageWord.State.free: return .free(block)
    case PageWord.State.allocated:
      return .allocated(block, Owner(rawValue: UInt32(truncatingIfNeeded: word)))
    default: return nil
    }
  }

  /// The run that holds a frame.
  func run(holding pfn: UInt64) -> Int? {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= pfn { low = middle + 1 } else { high = middle }
    }
    return low < runs.count && runs[low].start <= pfn ? low : nil
  }

  /// Visits the blocks of a free list from head to tail: the order in which they are taken.
  ///
  /// - Parameter visit: returns whether to go on.
  public func forEachFreeBlock(
    inZone zone: Int, _ type: MigrateType, order: Int, _ visit: (PFN) -> Bool,
  ) {
    var pfn = unsafe lists.list(zone, type, order)[0]
    while pfn != PageWord.none, visit(PFN(pfn)) { pfn = next(of: pfn) }
  }

  /// The blocks of a free list from head to tail.
  public func freeList(inZone zone: Int, _ type: MigrateType, order: Int) -> [PFN] {
    var list: [PFN] = []
    forEachFreeBlock(inZone: zone, type, order: order) {
      list.append($0)
      return true
    }
    return list
  }

  /// Visits the blocks of a free list from head to tail, those of an untouched run at once: the first
  /// block, the last, and how many.
  func forEachFreeStretch(
    inZone zone: Int, _ type: MigrateType, order: Int,
    _ visit: (_ first: PFN, _ last: PFN, _ blocks: UInt64) -> Bool,
  ) {
    var pfn = unsafe lists.list(zone, type, order)[0]
    while pfn != PageWord.none {
      var last = pfn
      if let run = run(holding: pfn) { last = runs[run].last }
      let blocks = (last - pfn) / FreeRun.blockPages + 1
      guard visit(PFN(pfn), PFN(last), blocks) else { return }
      pfn = next(of: last)
    }
  }

  private func next(of pfn: UInt64) -> UInt64 {
    if let words = unsafe store.words(pfn >> 9) {
      return unsafe words[Int(pfn & 511) * 2] & PageWord.linkMask
    }
    guard let run = run(holding: pfn) else { return PageWord.none }
    return pfn == runs[run].last ? runs[run].next : pfn + FreeRun.blockPages
  }

  /// Visits every allocated block, by rising frame.
  public func forEachAllocatedBlock(_ visit: (PageState.Block, Owner) -> Void) {
    unsafe store.forEachChunk { index, _, words in
      for page in 0..<PageChunk.pages {
        let word = unsafe words[Int(page) * 2]
        guard word & PageWord.State.mask == PageWord.State.allocated,
          case .allocated(let block, let owner)? = state(word, index << 9 + page)
        else { continue }
        visit(block, owner)
      }
    }
  }

  /// The blocks that an owner holds, by rising frame.
  public func blocks(of owner: Owner) -> [PageState.Block] {
    guard pages(of: owner) > 0 else { return [] }
    let latest = unsafe PFN(lists.owner(owner)[1])
    if case .allocated(let block, owner) = self.owner(of: latest), block.pages == pages(of: owner) {
      return [block]
    }
    var blocks: [PageState.Block] = []
    forEachAllocatedBlock { block, holder in
      if holder == owner { blocks.append(block) }
    }
    return blocks
  }

  /// How many pageblocks of a zone have each type, by the type's raw value. Pageblocks without any
  /// RAM do not count. Models `pagetypeinfo_showblockcount_print()`, mm/vmstat.c, which looks at every
  /// 512th page from the zone's first on.
  public func pageblocks(inZone zone: Int) -> [UInt64] {
    var counts = [UInt64](repeating: 0, count: MigrateType.allCases.count)
    let span = zones[zone].span
    let offset = span.lowerBound.rawValue % PageChunk.pages
    guard span.upperBound.rawValue > offset else { return counts }
    let first = span.lowerBound.rawValue / PageChunk.pages
    let last = (span.upperBound.rawValue - 1 - offset) / PageChunk.pages
    func counted(_ range: Range<PFN>, from start: UInt64) -> Range<UInt64> {
      let low = max(range.lowerBound.rawValue / PageChunk.pages, start)
      let high = min((range.upperBound.rawValue - 1) / PageChunk.pages, last) + 1
      return low..<max(low, high)
    }
    var next = first
    var blocks: [Range<UInt64>] = []
    for range in ram.ranges(overlapping: span) {
      let part = counted(range.clamped(to: span), from: next)
      guard !part.isEmpty else { continue }
      blocks.append(part)
      next = part.upperBound
      counts[Int(MigrateType.movable.rawValue)] += UInt64(part.count)
    }
    unsafe store.forEachChunk { index, type, _ in
      guard type != .movable, blocks.contains(where: { $0.contains(index) }) else { return }
      counts[Int(MigrateType.movable.rawValue)] -= 1
      counts[Int(type.rawValue)] += 1
    }
    return counts
  }
}
