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
  /// `free_one_page()`.
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
    case .free(let block): return .alreadyFree(pfn, block)
    case .allocated(let block, _): return .wrongBlock(pfn, order: order, allocated: block)
    }
  }

  /// Puts a block that has no owner and is on no list on one, after `prepare()`. Models
  /// `split_large_buddy()`.
  @discardableResult
  @inline(__always)
  mutating func insert<Sink: EventSink>(
    _ pfn: PFN, order: Int, toTail: Bool, _ sink: inout Sink,
  ) -> FreedBlock {
    if order > Self.pageblockOrder, rules.splitsFreedBlocks {
      insertPageblock(pfn, toTail: toTail, &sink)
      return insertPageblock(pfn + LeafSize.size2M.pages, toTail: toTail, &sink)
    }
    return merge(pfn, order: order, toTail: toTail, &sink)
  }

  @discardableResult
  @inline(never)
  private mutating func insertPageblock<Sink: EventSink>(
    _ pfn: PFN, toTail: Bool, _ sink: inout Sink,
  ) -> FreedBlock {
    merge(pfn, order: Self.pageblockOrder, toTail: toTail, &sink)
  }

  /// Merges a block with its free neighbours and puts the whole on a list. Models
  /// `__free_one_page()`.
  @inline(__always)
  private mutating func merge<Sink: EventSink>(
    _ pfn: PFN, order: Int, toTail: Bool, _ sink: inout Sink,
  ) -> FreedBlock {
    // Whoever comes here has written to the page, so its chunk is there and stays in its place.
    guard let home = unsafe store.pageblock(pfn.rawValue >> 9) else {
      preconditionFailure("A page without a record was freed.")
    }
    let type = unsafe home.type
    let zone = unsafe home.zoneBits(of: pfn.rawValue)
    var first = pfn.rawValue
    var order = order
    while order < ListBook.orders - 1 {
      let buddy = first ^ (1 &<< UInt64(truncatingIfNeeded: order))
      guard let listed = store.freeType(buddy, order, zone, near: home) else { break }
      let other = order >= Self.pageblockOrder ? pageblockType(of: PFN(buddy)) : type
      if other != type, !other.isMergeable || !type.isMergeable { break }
      emit(.unlisted(PageState.Block(first: PFN(buddy), order: order, type: listed)), &sink)
      if other != type, rules.retypesMergedBlocks { emit(.retyped(PFN(buddy), type), &sink) }
      first &= buddy
      order &+= 1
    }
    let block = PageState.Block(first: PFN(first), order: order, type: type)
    let atTail = toTail || order < Self.pageblockOrder && isMergeLikely(block, zone, near: home)
    emit(.listed(block, atTail: atTail), &sink)
    return FreedBlock(first: block.first, order: order, type: type)
  }

  /// Whether the block would merge again as soon as its buddy is free: then it is better not taken
  /// first. Models `buddy_merge_likely()`.
  @inline(__always)
  private func isMergeLikely(
    _ block: PageState.Block, _ zone: UInt64, near home: PageStore.Pageblock,
  ) -> Bool {
    let size: UInt64 = 1 &<< UInt64(truncatingIfNeeded: block.order)
    let parent = block.first.rawValue & ~size
    return store.freeType(parent ^ (size &<< 1), block.order &+ 1, zone, near: home) != nil
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
