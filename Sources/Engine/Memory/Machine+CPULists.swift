// The CPU's lists of free pages, with policies that look at what merges.

extension Machine {
  /// Gives a block back to the page allocator, whatever policies say, and lets them see where merging
  /// ended. Models `free_the_page()`.
  mutating func returnPages<Sink: EventSink>(_ pfn: PFN, order: Int, _ sink: inout Sink) {
    if physical.usesCPULists(order: order) {
      let overflow = try? physical.queue(pfn, order: order, &sink)
      if let drain = overflow ?? nil { return self.drain(drain, &sink) }
      for policy in setup.policies where policy.hooks.contains(.blocks) {
        policy.didQueue(pfn, &self, &sink.listener)
      }
      return
    }
    guard let freed = try? physical.free(pfn, order: order, &sink) else { return }
    tellPolicies(freed, isLast: true, &sink)
  }

  /// Everything on the CPU's lists goes to the free lists. Models `drain_all_pages()`.
  mutating func drainAllPages<Sink: EventSink>(_ sink: inout Sink) {
    for zone in physical.zones.indices {
      if let drain = physical.drainOfZone(zone) { self.drain(drain, &sink) }
    }
  }

  /// Models `free_pcppages_bulk()`.
  mutating func drain<Sink: EventSink>(_ drain: CPUListDrain, _ sink: inout Sink) {
    var drain = drain
    while let freed = physical.drainNext(&drain, &sink) {
      tellPolicies(freed, isLast: drain.left <= 0, &sink)
    }
  }

  private mutating func tellPolicies<Sink: EventSink>(
    _ freed: FreedBlock, isLast: Bool, _ sink: inout Sink,
  ) {
    guard setup.hooks.contains(.blocks) else { return }
    let block = PageState.Block(first: freed.first, order: freed.order, type: freed.type)
    for policy in setup.policies where policy.hooks.contains(.blocks) {
      policy.didFree(block, isLast: isLast, &self, &sink.listener)
    }
  }
}
