// What caches in front of the page allocator need: they hold its pages as any owner does.

extension PhysicalMemory {
  /// Writes a cache into the record of an allocated page as its owner, or takes it out for a user;
  /// nothing happens to a page that the books do not know or that has this owner already.
  ///
  /// - Parameter user: who gets the page out of the cache; `nil`: the page goes in.
  mutating func hand<Sink: EventSink>(
    _ pfn: PFN, cache: PolicyName, to user: Name?, _ sink: inout Sink,
  ) {
    guard let (block, old) = store.allocatedBlock(pfn, order: 0) else { return }
    let new = self.owner(named: user ?? cache.owner, &sink)
    guard old != new else { return }
    prepare()
    let handover = Handover(
      block: block, cache: cache, entersCache: user == nil, cacheOwner: user == nil ? new : old,
      userOwner: user == nil ? old : new, user: user ?? name(of: old) ?? cache.owner)
    emit(.handed(handover), &sink)
  }

  /// Gives pages that are allocated one by one back as one block, to the tail of its list. Models
  /// `__free_pages_ok()` with `FPI_TO_TAIL`.
  mutating func freeTogether<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ sink: inout Sink,
  ) {
    let frames = pfn..<(pfn + PageCount(1 << UInt64(order)))
    var owners: [(block: PageState.Block, owner: Owner)] = []
    for frame in frames.lowerBound.rawValue..<frames.upperBound.rawValue {
      guard case .allocated(let block, let owner) = owner(of: PFN(frame)), block.order == 0 else {
        return
      }
      owners.append((block, owner))
    }
    prepare()
    for (block, owner) in owners { emit(.released(block, owner), &sink) }
    insert(pfn, order: order, toTail: true, &sink)
  }

  /// Gives the pageblock of a frame a type; its free blocks stay on the lists where they are.
  mutating func retypePageblock<Sink: EventSink>(
    of pfn: PFN, to type: MigrateType, _ sink: inout Sink,
  ) {
    prepare()
    emit(.retyped(pfn.alignedDown(to: .size2M), type), &sink)
  }

  /// Moves a free block to the head of another type's list, as a freed block comes to it.
  mutating func relist<Sink: EventSink>(
    _ block: PageState.Block, to type: MigrateType, _ sink: inout Sink,
  ) {
    guard block.type != type else { return }
    prepare()
    emit(.unlisted(block), &sink)
    let moved = PageState.Block(first: block.first, order: block.order, type: type)
    emit(.listed(moved, atTail: false), &sink)
  }
}
