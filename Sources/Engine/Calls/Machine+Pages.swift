// Pages by name: requests to the page allocator, made by hand.

extension Machine {
  /// `alloc_pages()`: a block for a name that holds none yet. Returns -ENOMEM if no zone can serve.
  ///
  /// Unmapped: with `__GFP_UNMAPPED` of January 2022, by one who leaves it to the page allocator to take
  /// the pages out of the direct map and to put them back.
  mutating func allocPages<Sink: EventSink>(
    _ name: Name, order: Int, _ type: MigrateType, node: Int?, _ traits: Call.PageTraits,
    _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    if type == .unmapped, !setup.policies.contains(where: { $0.published == .unmapped2022 }) {
      throw .policyOff(.unmapped2022)
    }
    guard order >= 0, order < ListBook.orders else { throw .memory(.badOrder(order)) }
    try checkMemory(for: name)
    if let node {
      guard physical.nodes.indices.contains(node) else {
        throw .memory(.noSuchNode(node, nodes: physical.nodes.count))
      }
      guard physical.zones.contains(where: { $0.node == node }) else {
        throw .memory(.nodeWithoutMemory(node))
      }
    }
    var request = PageRequest(order: order, owner: name)
    request.node = node
    if traits.contains(.atomic) { request.gfp = .atomic }
    if traits.contains(.zeroed) { request.gfp.insert(.zero) }
    switch type {
    case .movable: request.gfp.insert(.movable)
    case .reclaimable: request.gfp.insert(.reclaimable)
    case .unmapped: request.isGrouped = true
    case .unmovable, .highAtomic, .cma, .isolate: break
    }
    let answer: PageAnswer =
      type == .unmapped
      ? allocPage(request, &sink.listener)
      : allocPages(request, &sink.listener).map { .page($0) } ?? .failed
    if stopped != nil { return .bug }
    return answer == .failed ? .noMemory : .success
  }

  /// Frees every block that a name holds, by rising frame.
  ///
  /// - Parameter inSoftirq: whether an interrupt's second half does it, as network drivers do.
  mutating func freePages<Sink: EventSink>(
    _ name: Name, inSoftirq: Bool, _ sink: inout Sink,
  ) throws(CallError) {
    guard physical.isKnown else { throw .memory(.unknownMemory) }
    guard let owner = physical.owner(named: name), owner != physical.cpuLists.owner,
      physical.pages(of: owner) > 0
    else {
      throw .memory(.unknownOwner(name))
    }
    try checkNotMapped(name)
    for block in physical.blocks(of: owner) {
      if inSoftirq, setup.policies.contains(where: { $0.published == .unmapped2022 }),
        physical.pageblockType(of: block.first) == .unmapped
      {
        note(.lockedInSoftirq(.unmapped2022, block.first), &sink)
      }
      try freePages(at: block.first, order: block.order, &sink)
    }
  }

  /// `__free_pages()`.
  mutating func freePages<Sink: EventSink>(
    at pfn: PFN, order: Int, _ sink: inout Sink,
  ) throws(CallError) {
    if !processes.value.ranges.isEmpty, case .allocated(_, let owner) = physical.owner(of: pfn) {
      try checkNotMapped(physical.name(of: owner))
    }
    do { try freeBlock(pfn, order: order, &sink.listener) } catch { throw .memory(error) }
  }

  mutating func age<Sink: EventSink>(
    seed: UInt64, operations: Int, _ sink: inout Sink,
  ) throws(CallError) {
    guard physical.isKnown else { throw .memory(.unknownMemory) }
    guard operations >= 0, operations <= PhysicalMemory.agingLimit else {
      throw .memory(
        .tooMany(UInt64(operations.magnitude), limit: UInt64(PhysicalMemory.agingLimit)))
    }
    emit(.memory(.aged(seed: seed, operations: operations)), &sink)
  }

  /// Returns -ENOMEM, and changes nothing, if there are fewer pages.
  mutating func scatter<Sink: EventSink>(
    _ name: Name, _ pages: PageCount, percentFreed: Int, seed: UInt64, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    try checkMemory(for: name)
    guard pages <= PhysicalMemory.scatterLimit else {
      throw .memory(
        .tooMany(pages.rawValue, limit: PhysicalMemory.scatterLimit.rawValue))
    }
    guard (0...100).contains(percentFreed) else { throw .memory(.badPercentage(percentFreed)) }
    guard pages <= physical.freePages else { return .noMemory }
    var changed = physical
    var silent = SilentSink()
    let owner = changed.owner(named: name, &silent)
    guard changed.scatter(owner, pages, percentFreed: percentFreed, seed: seed) else {
      return .noMemory
    }
    // The same as applying the event, which would do all of it a second time.
    _ = physical.owner(named: name, &sink)
    physical = changed
    sink.record(
      .memory(.scattered(owner, pages, percentFreed: percentFreed, seed: seed)))
    return .success
  }

  private func checkMemory(for name: Name) throws(CallError) {
    guard physical.isKnown else { throw .memory(.unknownMemory) }
    if name == CPULists.ownerName { throw .memory(.ownerExists(name)) }
    if let owner = physical.owner(named: name), physical.pages(of: owner) > 0 {
      throw .memory(.ownerExists(name))
    }
  }
}
