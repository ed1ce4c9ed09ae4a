// Giving blocks back: mm/page_alloc.c, 6.12.

/// Where a freed block ended up.
public struct FreedBlock: Equatable, Sendable {
  /// The first frame of the free block that the freed one became part of.
  public var first: PFN
  /// The order of that block: where merging ended.
  public var order: Int
  /// The list it is on: the type of the pageblock that holds the freed pages. Where merging does not
  /// retype (6.1), a block of order 10 can begin in a pageblock of another.
  public var type: MigrateType
}

extension PhysicalMemory {
  /// Gives an allocated block back and merges it with its free neighbours. Models
  /// `free_one_page()`; a block that goes to the CPU's list instead merges when that overflows.
  ///
  /// - Returns: the block in which merging ended; where a kernel frees a block of order 10 as two,
  ///   what became of the second.
  @discardableResult
  mutating func free<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ sink: inout Sink,
  ) throws(MemoryError) -> FreedBlock {
    guard let (block, owner) = store.allocatedBlock(pfn, order: order) else {
      throw whyNotAllocated(pfn, order)
    }
    if usesCPULists(order: order) {
      if var drain = try queue(pfn, order: order, &sink) {
        while drainNext(&drain, &sink) != nil {}
      }
      return FreedBlock(first: pfn, order: order, type: block.type)
    }
    prepare()
    emit(.released(block, owner), &sink)
    return insert(pfn, order: order, toTail: false, &sink)
  }

  /// The allocated block that begins at a frame, if it has this order.
  func allocatedBlock(
    _ pfn: PFN, order: Int,
  ) throws(MemoryError) -> (PageState.Block, Owner) {
    guard let found = store.allocatedBlock(pfn, order: order) else {
      throw whyNotAllocated(pfn, order)
    }
    return found
  }

  @inline(never)
  private func whyNotAllocated(_ pfn: PFN, _ order: Int) -> MemoryError {
    guard order >= 0, order < ListBook.orders else { return .badOrder(order) }
    switch owner(of: pfn) {
    case .hole: return isKnown ? .noRAM(pfn) : .unknownMemory
    case .reserved: return .reserved(pfn)
    case .unowned: return .unowned(pfn)
    case .free(let block): return .alreadyFree(pfn, block)
    case .allocated(let block, _): return .wrongBlock(pfn, order: order, allocated: block)
    }
  }

  /// Puts a block that has no owner and is on no list on one, after `prepare()`. Models
  /// `split_large_buddy()`.
  ///
  /// - Parameter as: the list it goes to; `nil`: that of its pageblock's type.
  @discardableResult
  @inline(__always)
  mutating func insert<Sink: EventSink>(
    _ pfn: PFN, order: Int, toTail: Bool, as type: MigrateType? = nil, _ sink: inout Sink,
  ) -> FreedBlock {
    if order > Self.pageblockOrder, rules.splitsFreedBlocks {
      insertPageblock(pfn, toTail: toTail, &sink)
      return insertPageblock(pfn + LeafSize.size2M.pages, toTail: toTail, &sink)
    }
    return merge(pfn, order: order, toTail: toTail, as: type, &sink)
  }

  @discardableResult
  @inline(never)
  private mutating func insertPageblock<Sink: EventSink>(
    _ pfn: PFN, toTail: Bool, _ sink: inout Sink,
  ) -> FreedBlock {
    merge(pfn, order: Self.pageblockOrder, toTail: toTail, as: nil, &sink)
  }

  /// Merges a block with its free neighbours and puts the whole on a list. Models
  /// `__free_one_page()`.
  @inline(__always)
  private mutating func merge<Sink: EventSink>(
    _ pfn: PFN, order: Int, toTail: Bool, as type: MigrateType?, _ sink: inout Sink,
  ) -> FreedBlock {
    // The caller has written to the page, so its chunk is there and stays in its place.
    guard let home = store.pageblock(pfn.rawValue >> 9) else {
      preconditionFailure("A page without a record was freed.")
    }
    let zone = home.zoneBits(of: pfn.rawValue)
    var first = pfn.rawValue
    var order = order
    while order < Self.pageblockOrder {
      let buddy = first ^ (1 &<< UInt64(truncatingIfNeeded: order))
      guard let listed = home.freeType(buddy, order, zone) else { break }
      emit(.unlisted(PageState.Block(first: PFN(buddy), order: order, type: listed)), &sink)
      first &= buddy
      order &+= 1
    }
    var block = PageState.Block(first: PFN(first), order: order, type: type ?? home.type)
    if order >= Self.pageblockOrder { mergePageblocks(&block, zone, &sink) }
    emit(.listed(block, atTail: toTail || isMergeLikely(block, zone, home)), &sink)
    return FreedBlock(first: block.first, order: block.order, type: block.type)
  }

  /// The part of `__free_one_page()` for blocks of a pageblock and more, whose buddies can have
  /// another type.
  @inline(never)
  private mutating func mergePageblocks<Sink: EventSink>(
    _ block: inout PageState.Block, _ zone: UInt64, _ sink: inout Sink,
  ) {
    while block.order < ListBook.orders - 1 {
      let buddy = block.first.rawValue ^ (1 << UInt64(block.order))
      let other = pageblockType(of: PFN(buddy))
      guard let listed = store.freeType(buddy, block.order, zone),
        other == block.type || other.isMergeable && block.type.isMergeable
      else { return }
      emit(.unlisted(PageState.Block(first: PFN(buddy), order: block.order, type: listed)), &sink)
      if other != block.type, rules.retypesMergedBlocks {
        emit(.retyped(PFN(buddy), block.type), &sink)
      }
      block.first = PFN(block.first.rawValue & buddy)
      block.order += 1
    }
  }

  /// Whether the block would merge again as soon as its buddy is free: then it is better not taken
  /// first. Models `buddy_merge_likely()`.
  ///
  /// - Parameter home: the pageblock that holds the block, if it is not larger than one.
  @inline(__always)
  private func isMergeLikely(
    _ block: PageState.Block, _ zone: UInt64, _ home: PageStore.Pageblock,
  ) -> Bool {
    guard block.order < Self.pageblockOrder else { return false }
    let size: UInt64 = 1 &<< UInt64(truncatingIfNeeded: block.order)
    let other = (block.first.rawValue & ~size) ^ (size &<< 1)
    let order = block.order &+ 1
    if order == Self.pageblockOrder { return store.freeType(other, order, zone) != nil }
    return home.freeType(other, order, zone) != nil
  }

  /// Makes an allocated block single pages, each to be freed by itself. Models `split_page()`.
  mutating func splitPage<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ sink: inout Sink,
  ) throws(MemoryError) {
    let (block, owner) = try allocatedBlock(pfn, order: order)
    guard order > 0 else { return }
    prepare()
    emit(.divided(block, owner), &sink)
  }

  /// Gives a pageblock a type and moves its free blocks to that type's lists. Models
  /// `set_pageblock_migratetype()` and `move_freepages_block()`. A free block of order 10 that covers
  /// the pageblock stays where it is.
  mutating func setPageblockType<Sink: EventSink>(
    of pfn: PFN, to type: MigrateType, _ sink: inout Sink,
  ) throws(MemoryError) {
    guard isKnown else { throw .unknownMemory }
    guard ram.contains(pfn) else { throw .noRAM(pfn) }
    prepare()
    let start = pfn.alignedDown(to: .size2M)
    emit(.retyped(start, type), &sink)
    moveFreePages(ofPageblockAt: start, to: type, &sink)
  }

  /// The number of an owner with this name, made if there is none.
  mutating func owner<Sink: EventSink>(named name: Name, _ sink: inout Sink) -> Owner {
    if let owner = owner(named: name) { return owner }
    let owner = Owner(rawValue: UInt32(ownerNames.count))
    prepare()
    emit(.ownerNamed(owner, name), &sink)
    return owner
  }

  /// Moves the CPU that asks for memory to a node.
  mutating func moveCPU<Sink: EventSink>(
    toNode node: Int, _ sink: inout Sink,
  ) throws(MemoryError) {
    guard nodes.indices.contains(node) else { throw .noSuchNode(node, nodes: nodes.count) }
    if node != cpuNode { emit(.movedToNode(node), &sink) }
  }
}
