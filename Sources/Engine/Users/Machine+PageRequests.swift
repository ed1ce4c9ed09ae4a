// Between those who ask for pages and the page allocator: policies, answers laid down beforehand,
// failures made on purpose.

extension Machine {
  /// A single page for memory whose permissions may change: a policy's, or the page allocator's.
  mutating func allocPage(_ request: PageRequest, _ sink: inout EventListener) -> PageAnswer {
    for policy in setup.policies where policy.hooks.contains(.pages) {
      let answer = policy.allocatePage(request, &self, &sink)
      if answer != .notMine { return answer }
    }
    return allocPages(request, &sink).map { .page($0) } ?? .failed
  }

  /// Gives such a page back. Models `__free_page()`, with what policies put before it.
  mutating func freePage(
    _ pfn: PFN, _ flags: Area.Flags, _ sink: inout EventListener,
  ) -> ReturnCode {
    for policy in setup.policies where policy.hooks.contains(.pages) {
      if let result = policy.freePage(pfn, flags, &self, &sink) { return result }
    }
    freePages(pfn, order: 0, &sink)
    return .success
  }

  /// Whether requests of 2M blocks fail, as was asked.
  public var failsBlocks: Bool { kept.value.supply.failsBlocks }

  /// Whether no failure of requests for pages was asked for.
  public var isSupplyOpen: Bool { kept.value.supply.isOpen }

  /// A block of pages from the page allocator. Models `alloc_pages()`.
  mutating func allocPages(_ request: PageRequest, _ sink: inout EventListener) -> PFN? {
    while case .scan(let name, let node, let pages)? = kept.value.supply.answers.first {
      emit(.supply(.given), &sink)
      _ = try? perform(.shrink(name, node: node, pages: UInt32(pages), gfp: request.gfp), &sink)
    }
    if case .block(request.order, let pfn)? = kept.value.supply.answers.first {
      emit(.supply(.given), &sink)
      return pfn
    }
    if refuses(order: request.order, isBulk: request.isBulk, &sink) { return nil }
    guard physical.isKnown else { return nil }
    let owner = physical.owner(named: request.owner, &sink)
    while true {
      let pfn = physical.allocate(
        order: request.order, type: request.type ?? request.gfp.migrateType, node: request.node,
        owner: owner, &sink)
      guard let pfn else {
        guard policiesYieldBlock(&sink) else { return nil }
        continue
      }
      if request.gfp.contains(.zero), zeroes(pfn, order: request.order, &sink) != .success {
        return nil
      }
      if setup.hooks.contains(.allocations) {
        policiesDidAllocate(pfn, order: request.order, &sink)
      }
      return pfn
    }
  }

  @inline(never)
  private mutating func policiesDidAllocate(_ pfn: PFN, order: Int, _ sink: inout EventListener) {
    for policy in setup.policies where policy.hooks.contains(.allocations) {
      policy.didAllocate(pfn, order: order, &self, &sink)
    }
  }

  /// Fills a block with zeros at its direct-map addresses, as `post_alloc_hook()` does: a page that a
  /// policy left out of the direct map stops the kernel there (`clear_page()`).
  private mutating func zeroes(_ pfn: PFN, order: Int, _ sink: inout EventListener) -> ReturnCode {
    let strays = kept.value.policies.unmapped2022.strays
    let frames = pfn..<(pfn + PageCount(1 << UInt64(order)))
    for stray in strays where frames.contains(stray.pfn) && !isInDirectMap(stray.pfn) {
      emit(.stopped(.clearedNotPresent(stray.pfn, freedBy: stray.owner)), &sink)
      return .bug
    }
    return .success
  }

  /// Whether a policy gives the page allocator a block back that would otherwise fail.
  private mutating func policiesYieldBlock(_ sink: inout EventListener) -> Bool {
    for policy in setup.policies where policy.hooks.contains(.blocks) {
      if policy.yieldBlock(&self, &sink) { return true }
    }
    return false
  }

  /// Whether a request of an order is to fail, as was asked.
  ///
  /// - Parameters:
  ///   - isBulk: whether it is one of many that `alloc_pages_bulk()` serves together.
  ///   - isForTable: whether a split of CPA asks.
  mutating func refuses(
    order: Int, isBulk: Bool = false, isForTable: Bool = false, _ sink: inout EventListener,
  ) -> Bool {
    let supply = kept.value.supply
    guard !supply.isOpen else { return false }
    if isForTable, supply.failsTables { return true }
    if !isBulk, let refusals = supply.refusals {
      emit(.supply(.refusals(refusals.next)), &sink)
      if refusals.after == 0 { return true }
    }
    if order >= 9, supply.failsBlocks { return true }
    if order == 0, let left = supply.singlePagesLeft {
      guard left > 0 else { return true }
      emit(.supply(.singlePagesLeft(left - 1)), &sink)
    }
    return false
  }

  /// Gives a block back to the page allocator; one that is not in its books, as those that were laid
  /// down, is forgotten.
  mutating func freePages(_ pfn: PFN, order: Int, _ sink: inout EventListener) {
    try? freeBlock(pfn, order: order, &sink)
  }

  /// Gives a block back, with what policies put before it. Models `__free_pages()`.
  mutating func freeBlock(_ pfn: PFN, order: Int, _ sink: inout EventListener) throws(MemoryError) {
    guard setup.hooks.contains(.blocks) else {
      _ = try physical.free(pfn, order: order, &sink)
      return
    }
    if physical.isKnown { _ = try physical.allocatedBlock(pfn, order: order) }
    for policy in setup.policies where policy.hooks.contains(.blocks) {
      if policy.willFree(pfn, order: order, &self, &sink) { return }
    }
    returnPages(pfn, order: order, &sink)
  }

  /// A block becomes single pages. Models `split_page()`.
  mutating func splitPage(_ pfn: PFN, order: Int, _ sink: inout EventListener) {
    // What a recording laid down is not in the page allocator's books.
    try? physical.splitPage(pfn, order: order, &sink)
  }

  /// How many nodes there are.
  var nodeCount: Int { max(physical.nodes.count, 1) }

  /// The node whose memory a frame is; 0 where that is not known.
  func node(of pfn: PFN) -> Int { physical.node(of: pfn) ?? 0 }

  /// Moves a single page from its owner into a policy's cache.
  mutating func hand(_ pfn: PFN, into cache: PolicyName, _ sink: inout EventListener) {
    physical.hand(pfn, cache: cache, to: nil, &sink)
  }

  /// Moves a single page from a policy's cache to a new owner.
  mutating func hand(
    _ pfn: PFN, outOf cache: PolicyName, to user: Name, _ sink: inout EventListener,
  ) {
    physical.hand(pfn, cache: cache, to: user, &sink)
  }
}
