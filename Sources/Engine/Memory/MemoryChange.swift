/// A change of the page allocator's books. `PhysicalMemory` changes only by applying them.
public enum MemoryChange: Equatable, Sendable {
  /// A free block left its list.
  case unlisted(PageState.Block)
  /// A block was put on a free list, at the head or the tail.
  case listed(PageState.Block, atTail: Bool)
  /// A free block moved to the tail of another type's list.
  case relisted(PageState.Block, to: MigrateType)
  /// The pageblock that holds the frame got another type.
  case retyped(PFN, MigrateType)
  /// A block that was on no list has an owner.
  case allocated(PageState.Block, Owner)
  /// An allocated block has no owner any more.
  case released(PageState.Block, Owner)
  /// An allocated block went into a cache in front of the page allocator, or out of it.
  case handed(Handover)
  /// An allocated block became single pages (`split_page()`).
  case divided(PageState.Block, Owner)
  /// Frames that boot had kept go over to the page allocator, one zone's at a time; they are on no
  /// list yet.
  case handedOver(PFN, PageCount)
  /// This many free blocks of order 10 in a row were put at the tail of the list of movable ones, all
  /// in one zone.
  case listedRun(PFN, blocks: UInt64)
  /// An owner got a name.
  case ownerNamed(Owner, Name)
  /// A block came to one of the CPU's lists, or left it.
  case cpuList(CPUListChange)
  /// The CPU that asks for memory is on this node.
  case movedToNode(Int)
  /// This many random operations aged the memory.
  case aged(seed: UInt64, operations: Int)
  /// Single pages of kernel memory were taken, and part of them given back at random.
  case scattered(Owner, PageCount, percentFreed: Int, seed: UInt64)
}

/// The outcome of a rule of the page allocator, with the numbers that led to it.
public enum MemoryDecision: Equatable, Sendable {
  /// The zone's list of this type served a request of `order` with this block.
  case served(zone: Int, order: Int, PageState.Block)
  /// The type had nothing left. The pageblocks of the block become `type`: it is as large as one.
  case claimedWhole(PageState.Block, by: MigrateType)
  /// The type had nothing left. The pageblock of the block becomes `type`: of its pages, this many are
  /// free and this many used alike.
  case claimed(PageState.Block, by: MigrateType, free: Int, alike: Int)
  /// The pageblock of the block keeps its type: too few of its pages are free or used alike.
  case notClaimed(PageState.Block, by: MigrateType, free: Int, alike: Int)
  /// The single block is taken; its pageblock keeps its type.
  case stolen(PageState.Block, by: MigrateType)
  /// The zone is passed over: this many of its free pages are kept back.
  case zoneKept(zone: Int, free: PageCount, reserve: PageCount)
  /// The zone has no block that would do without mixing types in a pageblock, and others are asked
  /// first (`ALLOC_NOFRAGMENT`).
  case zoneSpared(zone: Int, order: Int)
  /// No zone could serve.
  case exhausted(order: Int, MigrateType, node: Int)
}
