/// Where policies stand before the page allocator, and what reclaim asks of them.
protocol PageHooks: Sendable {
  /// A page is asked for, single, for memory whose permissions will change.
  func allocatePage<Sink: EventSink>(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> PageAnswer

  /// A page of such memory is given back. Returns `nil` if it is none of the policy's business.
  func freePage<Sink: EventSink>(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode?

  /// All pages of an area were taken, or as many as could be had.
  func didTakePages<Sink: EventSink>(_ machine: inout Machine, _ sink: inout Sink)

  /// The page allocator handed out a block, to anybody but page tables.
  func didAllocate<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink)

  /// An allocated block is about to go back to the page allocator. Returns whether the policy keeps
  /// it instead.
  func willFree<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool

  /// A block went back to the free lists, and merging ended in `block`.
  ///
  /// - Parameter isLast: whether no other follows, as where the CPU's lists are emptied.
  func didFree<Sink: EventSink>(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout Sink)

  /// A freed block went to the CPU's list, and nothing overflowed.
  func didQueue<Sink: EventSink>(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout Sink)

  /// The page allocator has nothing left for an ordinary request. Returns whether the policy gave it a
  /// block.
  func yieldBlock<Sink: EventSink>(_ machine: inout Machine, _ sink: inout Sink) -> Bool

  /// Turns the policy's cache on or off. Returns whether it has such a switch.
  func enable<Sink: EventSink>(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool

  /// The policy's shrinker, if it has one.
  var shrinker: (any Shrinker)? { get }
}

extension PageHooks {
  func allocatePage<Sink: EventSink>(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> PageAnswer { .notMine }

  func freePage<Sink: EventSink>(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode? { nil }

  func didTakePages<Sink: EventSink>(_ machine: inout Machine, _ sink: inout Sink) {}

  func didAllocate<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink,
  ) {}

  func willFree<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool { false }

  func didFree<Sink: EventSink>(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout Sink,
  ) {}

  func didQueue<Sink: EventSink>(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout Sink,
  ) {}

  func yieldBlock<Sink: EventSink>(_ machine: inout Machine, _ sink: inout Sink) -> Bool { false }

  func enable<Sink: EventSink>(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool { false }

  var shrinker: (any Shrinker)? { nil }
}
