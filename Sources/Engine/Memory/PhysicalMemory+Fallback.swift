// Taking blocks of another type: mm/page_alloc.c, 6.1 and 6.12.

extension PhysicalMemory {
  /// The order of a pageblock.
  static let pageblockOrder = 9

  /// Takes a block although the zone has none of the type.
  @inline(never)
  mutating func fallBack<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, sparing: Bool, _ sink: inout Sink,
  ) -> PageState.Block? {
    guard let row = rules.row(of: type) else { return nil }
    let request = Request(order: order, row: row, zone: zone, isSparing: sparing)
    var block: PageState.Block?
    if row.takesSingleBlock {
      block = takeSingle(request, &sink)
    } else {
      switch rules.fallback {
      case .steal61: block = steal61(request, &sink)
      case .claimSteal: block = claim(request, &sink) ?? (sparing ? nil : steal(request, &sink))
      }
    }
    if block == nil, sparing {
      sink.record(.decided(.memory(.zoneSpared(zone: zone, order: order))))
    }
    return block
  }

  /// What is asked of a zone that has none of the type.
  struct Request {
    let order: Int
    let row: BuddyRules.Victims
    let zone: Int
    let isSparing: Bool

    var type: MigrateType { row.type }

    /// The smallest order that may be taken.
    var lowestOrder: Int {
      isSparing ? max(order, PhysicalMemory.pageblockOrder) : order
    }

    /// Whether the pageblock of a block may change its type. Models `can_steal_fallback()`, from
    /// 6.15 on `should_try_claim_block()`.
    func canClaim(_ order: Int) -> Bool {
      order >= PhysicalMemory.pageblockOrder / 2 || type == .reclaimable || type == .unmovable
    }
  }

  /// The first block of an order that may be taken. Models `find_suitable_fallback()`.
  private func victim(_ request: Request, _ order: Int) -> PageState.Block? {
    for type in request.row.victims {
      let head = unsafe lists.list(request.zone, type, order)[0]
      if head != PageWord.none {
        return PageState.Block(first: PFN(head), order: order, type: type)
      }
    }
    return nil
  }

  // MARK: - 6.12.117, and 6.15 and later

  /// Models `__rmqueue_claim()` and `try_to_claim_block()`.
  private mutating func claim<Sink: EventSink>(
    _ request: Request, _ sink: inout Sink,
  ) -> PageState.Block? {
    var order = ListBook.orders - 1
    while order >= request.lowestOrder {
      guard request.canClaim(order) else { return nil }
      if let block = victim(request, order) {
        if let taken = tryToClaim(block, request, &sink) { return taken }
      }
      order -= 1
    }
    return nil
  }

  private mutating func tryToClaim<Sink: EventSink>(
    _ block: PageState.Block, _ request: Request, _ sink: inout Sink,
  ) -> PageState.Block? {
    if block.order >= Self.pageblockOrder {
      sink.record(.decided(.memory(.claimedWhole(block, by: request.type))))
      emit(.unlisted(block), &sink)
      retype(block, request.type, &sink)
      let own = PageState.Block(first: block.first, order: block.order, type: request.type)
      expand(own, to: request.order, &sink)
      return PageState.Block(first: block.first, order: request.order, type: request.type)
    }
    // A pageblock that reaches into another zone stays as it is.
    guard pageblock(of: block, liesIn: request.zone) else { return nil }
    let start = block.first.alignedDown(to: .size2M)
    let (free, alike) = census(start, request.type)
    guard free + alike >= Int(PageChunk.pages) / 2 else {
      sink.record(
        .decided(.memory(.notClaimed(block, by: request.type, free: free, alike: alike))))
      return nil
    }
    sink.record(.decided(.memory(.claimed(block, by: request.type, free: free, alike: alike))))
    moveFreePages(ofPageblockAt: start, to: request.type, &sink)
    emit(.retyped(start, request.type), &sink)
    return takeSmallest(request.order, request.type, zone: request.zone, &sink)
  }

  /// Models `__rmqueue_steal()`.
  private mutating func steal<Sink: EventSink>(
    _ request: Request, _ sink: inout Sink,
  ) -> PageState.Block? {
    for order in request.order..<ListBook.orders {
      guard let block = victim(request, order) else { continue }
      sink.record(.decided(.memory(.stolen(block, by: request.type))))
      emit(.unlisted(block), &sink)
      expand(block, to: request.order, &sink)
      return PageState.Block(first: block.first, order: request.order, type: request.type)
    }
    return nil
  }

  // MARK: - Up to 6.14

  /// Models `__rmqueue_fallback()` and `steal_suitable_fallback()`, 6.1.
  private mutating func steal61<Sink: EventSink>(
    _ request: Request, _ sink: inout Sink,
  ) -> PageState.Block? {
    var order = ListBook.orders - 1
    while order >= request.lowestOrder, victim(request, order) == nil { order -= 1 }
    guard order >= request.lowestOrder else { return nil }
    if !request.canClaim(order), request.type == .movable, order > request.order {
      order = request.order
      while victim(request, order) == nil { order += 1 }
    }
    guard let block = victim(request, order) else { return nil }
    stealSuitable(block, request, &sink)
    return takeSmallest(request.order, request.type, zone: request.zone, &sink)
  }

  private mutating func stealSuitable<Sink: EventSink>(
    _ block: PageState.Block, _ request: Request, _ sink: inout Sink,
  ) {
    if block.order >= Self.pageblockOrder {
      sink.record(.decided(.memory(.claimedWhole(block, by: request.type))))
      retype(block, request.type, &sink)
      emit(.relisted(block, to: request.type), &sink)
      return
    }
    let start = block.first.alignedDown(to: .size2M)
    guard request.canClaim(block.order), pageblock(of: block, liesIn: request.zone) else {
      sink.record(.decided(.memory(.stolen(block, by: request.type))))
      emit(.relisted(block, to: request.type), &sink)
      return
    }
    let (free, alike) = census(start, request.type)
    let claims = free + alike >= Int(PageChunk.pages) / 2
    sink.record(
      .decided(
        .memory(
          claims
            ? .claimed(block, by: request.type, free: free, alike: alike)
            : .notClaimed(block, by: request.type, free: free, alike: alike))))
    moveFreePages(ofPageblockAt: start, to: request.type, &sink)
    if claims { emit(.retyped(start, request.type), &sink) }
  }

  // MARK: - The Unmapped type of January 2022

  /// The largest block there is, as it is: it changes lists, its pageblock keeps its type.
  private mutating func takeSingle<Sink: EventSink>(
    _ request: Request, _ sink: inout Sink,
  ) -> PageState.Block? {
    var order = ListBook.orders - 1
    while order >= request.lowestOrder {
      if let block = victim(request, order) {
        sink.record(.decided(.memory(.stolen(block, by: request.type))))
        emit(.relisted(block, to: request.type), &sink)
        return takeSmallest(request.order, request.type, zone: request.zone, &sink)
      }
      order -= 1
    }
    return nil
  }
}

// Pageblocks.

extension PhysicalMemory {
  /// Gives the pageblocks of a block of order 9 or 10 a type. Models `change_pageblock_range()`.
  private mutating func retype<Sink: EventSink>(
    _ block: PageState.Block, _ type: MigrateType, _ sink: inout Sink,
  ) {
    emit(.retyped(block.first, type), &sink)
    if block.order > Self.pageblockOrder {
      emit(.retyped(block.first + LeafSize.size2M.pages, type), &sink)
    }
  }

  /// Whether the pageblock of a block lies in the span of a zone (`zone_spans_pfn()`). What holds
  /// for 6.1 at the start of a zone, where it goes on with part of the pageblock, is left out.
  private func pageblock(of block: PageState.Block, liesIn zone: Int) -> Bool {
    let start = block.first.alignedDown(to: .size2M)
    let span = zones[zone].span
    return start >= span.lowerBound && start + LeafSize.size2M.pages <= span.upperBound
  }

  /// How many pages of a pageblock are free, and how many are used by what goes well with a type.
  /// Models the counting of `move_freepages_block()` and what its callers make of it.
  private func census(_ start: PFN, _ type: MigrateType) -> (free: Int, alike: Int) {
    guard let words = unsafe store.words(start.rawValue >> 9) else { return (0, 0) }
    var free = 0
    var movable = 0
    var page = 0
    while page < Int(PageChunk.pages) {
      let word = unsafe words[page * 2]
      let state = word & PageWord.State.mask
      guard state == PageWord.State.free || state == PageWord.State.allocated else {
        page += 1
        continue
      }
      let pages = 1 << PageWord.order(word)
      if state == PageWord.State.free {
        free += pages
      } else if PageWord.type(word) == .movable, owner(in: word) != cpuLists.owner {
        movable += pages
      }
      page += pages
    }
    if type == .movable { return (free, movable) }
    guard pageblockType(of: start) == .movable else { return (free, 0) }
    return (free, Int(PageChunk.pages) - free - movable)
  }

  /// The owner that the word of an allocated block names.
  private func owner(in word: UInt64) -> Owner { Owner(rawValue: UInt32(truncatingIfNeeded: word)) }

  /// Moves the free blocks of a pageblock to the lists of a type, each to the tail, by rising frame;
  /// after `prepare()`. Models `move_freepages()`.
  mutating func moveFreePages<Sink: EventSink>(
    ofPageblockAt start: PFN, to type: MigrateType, _ sink: inout Sink,
  ) {
    var page: UInt64 = 0
    while page < PageChunk.pages {
      guard let words = unsafe store.words(start.rawValue >> 9) else { return }
      let word = unsafe words[Int(page) * 2]
      let order = PageWord.order(word)
      guard word & PageWord.State.mask == PageWord.State.free else {
        page += 1
        continue
      }
      let block = PageState.Block(
        first: start + PageCount(page), order: order, type: PageWord.type(word))
      emit(.relisted(block, to: type), &sink)
      page += 1 << UInt64(order)
    }
  }
}
