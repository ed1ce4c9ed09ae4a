/// Where policies stand before the page allocator, and what reclaim asks of them.
protocol PageHooks: Sendable {
  /// A page is asked for, single, for memory whose permissions will change.
  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer

  /// A page of such memory is given back. Returns `nil` if it is none of the policy's business.
  func freePage(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode?

  /// All pages of an area were taken, or as many as could be had.
  func didTakePages(_ machine: inout Machine, _ sink: inout EventListener)

  /// The page allocator handed out a block, to anybody but page tables.
  func didAllocate(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener)

  /// An allocated block is about to go back to the page allocator. Returns whether the policy keeps
  /// it instead.
  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool

  /// A block went back to the free lists, and merging ended in `block`.
  ///
  /// - Parameter isLast: whether no other follows, as where the CPU's lists are emptied.
  func didFree(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout EventListener)

  /// A freed block went to the CPU's list, and nothing overflowed.
  func didQueue(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout EventListener)

  /// The page allocator has nothing left for an ordinary request. Returns whether the policy gave it a
  /// block.
  func yieldBlock(_ machine: inout Machine, _ sink: inout EventListener) -> Bool

  /// Turns the policy's cache on or off. Returns whether it has such a switch.
  func enable(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool

  /// The policy's shrinker, if it has one.
  var shrinker: (any Shrinker)? { get }
}

extension PageHooks {
  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer { .notMine }

  func freePage(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode? { nil }

  func didTakePages(_ machine: inout Machine, _ sink: inout EventListener) {}

  func didAllocate(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) {}

  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool { false }

  func didFree(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) {}

  func didQueue(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout EventListener,
  ) {}

  func yieldBlock(_ machine: inout Machine, _ sink: inout EventListener) -> Bool { false }

  func enable(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool { false }

  var shrinker: (any Shrinker)? { nil }
}
