// Between those who ask for pages and the page allocator: policies, answers laid down beforehand,
// failures made on purpose.

extension Machine {
  /// A single page for memory whose permissions may change: a policy's, or the page allocator's.
  mutating func allocPage<Sink: EventSink>(
    _ request: PageRequest, _ sink: inout Sink,
  ) -> PageAnswer {
    for policy in setup.policies where policy.hooks.contains(.pages) {
      let answer = policy.allocatePage(request, &self, &sink)
      if answer != .notMine { return answer }
    }
    return allocPages(request, &sink).map { .page($0) } ?? .failed
  }

  /// Gives such a page back. Models `__free_page()`, with what policies put before it.
  mutating func freePage<Sink: EventSink>(
    _ pfn: PFN, _ flags: Area.Flags, _ sink: inout Sink,
  ) -> ReturnCode {
    for policy in setup.policies where policy.hooks.contains(.pages) {
      if let result = policy.freePage(pfn, flags, &self, &sink) { return result }
    }
    freePages(pfn, order: 0, &sink)
    return .success
  }

  /// A block of pages from the page allocator. Models `alloc_pages()`.
  mutating func allocPages<Sink: EventSink>(
    _ request: PageRequest, _ sink: inout Sink,
  ) -> PFN? {
    let supply = kept.value.supply
    if let answer = supply.answers.first, answer.order == request.order {
      emit(.supply(.given), &sink)
      return answer.pfn
    }
    if request.order >= 9, supply.failsBlocks { return nil }
    if request.order == 0, let left = supply.singlePagesLeft {
      guard left > 0 else { return nil }
      emit(.supply(.singlePagesLeft(left - 1)), &sink)
    }
    return nil
  }

  /// Gives a block back to the page allocator, and lets policies see where merging ended. Models
  /// `__free_pages()`.
  mutating func freePages<Sink: EventSink>(_ pfn: PFN, order: Int, _ sink: inout Sink) {
  }

  /// A block becomes single pages. Models `split_page()`.
  mutating func splitPage<Sink: EventSink>(_ pfn: PFN, order: Int, _ sink: inout Sink) {
  }

  /// How many nodes there are.
  var nodeCount: Int { 1 }

  /// The node whose memory a frame is.
  func node(of pfn: PFN) -> Int { 0 }
}
