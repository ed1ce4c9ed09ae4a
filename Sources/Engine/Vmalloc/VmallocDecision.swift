/// The outcome of a rule of vmalloc space: mm/vmalloc.c, and apply_to_existing_page_range() of
/// mm/memory.c.
public enum VmallocDecision: Equatable, Sendable {
  /// 2M blocks are tried first: each of this many nodes would have 2M of what is asked for. The area is
  /// rounded up to whole blocks.
  case triesBlocks(asked: PageCount, taken: PageCount, nodes: UInt32)
  /// Single pages are taken from the start.
  case takesPages(asked: PageCount, SmallReason)
  /// A block could not be had after this many of them: all goes back, and single pages are taken.
  case fellBack(blocks: UInt64, of: UInt64)
  /// The pages of an area of 2M blocks that nobody asked for.
  case roundedUp(asked: PageCount, taken: PageCount)
  /// Where the pages of an interleaved area lie: the node with the most and that with the fewest.
  case spread(nodes: UInt32, mostOn: UInt32, most: PageCount, fewestOn: UInt32, fewest: PageCount)
  /// The frames of a `vmap()` make this many 2M leaves.
  case mapsBlocks(blocks: UInt64, pages: PageCount)
  /// The alignment of an area of `ioremap()`: that of its size, what the caller asks for, and what
  /// comes of it, all as powers of two.
  case alignsIoremap(pages: PageCount, ofSize: UInt8, asked: UInt8, result: UInt8)
  /// Freed addresses wait for a flush, more than may wait: they are flushed.
  case purges(waiting: PageCount, limit: PageCount)
  /// A walker of 4K entries came to the end.
  case walked(VirtualAddress, entries: PageCount)
  /// A walker of 4K entries met a large leaf, after this many entries.
  case walkerMetLeaf(VirtualAddress, LeafSize, entries: PageCount)

  /// Why no 2M blocks are tried.
  public enum SmallReason: Equatable, Sendable {
    /// This kernel, or this CPU, maps no 2M leaves in vmalloc space.
    case unavailable
    /// The caller does not pass VM_ALLOW_HUGE_VMAP.
    case notAllowed
    /// What is mapped is no ordinary kernel memory: its permissions change.
    case protection
    /// Each of this many nodes would have less than 2M of it.
    case tooSmall(nodes: UInt32)
  }

  /// `IOREMAP_MAX_ORDER` on x86-64: 1G (`PUD_SHIFT`).
  public static let ioremapMaxOrder: UInt8 = 30
}
