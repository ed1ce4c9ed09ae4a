/// The outcome of a rule, with the numbers that led to it.
///
/// The address is that of the page the walk has come to; that of the leaf where a whole leaf is
/// judged (`preserved`, `splitProtected`), and that of the slot where one may collapse.
public enum Decision: Equatable, Sendable {
  /// A 4K entry already has what was asked for: nothing is written.
  case entryKept(VirtualAddress, EntryFlags)
  /// A 4K entry is rewritten.
  case entryChanged(VirtualAddress, old: EntryFlags, new: EntryFlags)
  /// Nothing is mapped there; the walk goes on behind the page.
  case holeSkipped(VirtualAddress)
  /// Nothing is mapped there and the address is no direct-map address: -EFAULT.
  case holeRefused(VirtualAddress)

  /// A large leaf already has what was asked for and stays, however little of it is asked for.
  case sameProtection(VirtualAddress, LeafSize, PageCount)
  /// A large leaf is covered whole and changed in one piece.
  case preserved(VirtualAddress, LeafSize, old: EntryFlags, new: EntryFlags)
  /// A large leaf must split, because the request forces it (`set_memory_4k`).
  case splitForced(VirtualAddress, LeafSize)
  /// A large leaf must split, because the request covers only some of its pages.
  case splitPartial(VirtualAddress, LeafSize, firstPage: PageCount, covered: PageCount)
  /// A large leaf must split, because part of it is kernel text or read-only data that may not have
  /// what was asked for.
  case splitProtected(VirtualAddress, LeafSize, EntryFlags)

  /// Bits that were asked for were refused: kernel text or read-only data.
  case bitsRefused(VirtualAddress, EntryFlags)
  /// The change makes a page writable and executable: the kernel warns, once.
  case writableAndExecutable(VirtualAddress)

  /// The same frames are changed at their direct-map address too.
  case aliasInDirectMap(VirtualAddress, PageCount)
  /// The same frames are changed in the high map of the kernel image too.
  case aliasInHighMap(VirtualAddress, PageCount)

  /// Pages could not have the cache type, as this page has another.
  case typeConflict(page: UInt64, MemoryType)
  /// Nothing was reserved as just these pages, so their type stays as it is.
  case typeNotFreed(page: UInt64, PageCount)
  /// Nothing was written to the range itself, so nothing is flushed and nothing collapses.
  case nothingChanged

  /// A slot cannot become a leaf of this size, for this reason.
  case collapseFailed(VirtualAddress, LeafSize, CollapseObstacle)
  /// A policy cannot merge a slot to a leaf of this size yet: this many entries, or groups of entries,
  /// block it.
  case mergeWaits(VirtualAddress, LeafSize, entries: Int)
  /// A policy merges a slot to a leaf of this size.
  case mergeDone(VirtualAddress, LeafSize)

  /// A policy decided something about pages.
  case policy(PolicyDecision)

  /// A slot becomes a leaf of this size.
  case collapseDone(VirtualAddress, LeafSize)

  /// A rule of the page allocator.
  case memory(MemoryDecision)
  /// A rule of zapping.
  case process(ProcessDecision)
  /// A rule of arm64's linear map.
  case linearMap(LinearMapDecision)

  /// A rule of vmalloc space.
  case vmalloc(VmallocDecision)
}

/// The first condition of a collapse that is not met.
public enum CollapseObstacle: Equatable, Sendable {
  /// The slot is mapped by a leaf already, of this size.
  case alreadyLeaf(LeafSize)
  /// Nothing is mapped there.
  case nothingMapped
  /// The CPU, or the boot, has no leaves of this size.
  case sizeUnavailable
  /// The first frame is not a multiple of the size.
  case frameMisaligned(PFN)
  /// The first entry is KERNEL_4K: split on request.
  case kernel4K
  /// An entry is not present.
  case notPresent(index: Int)
  /// An entry is a table still, not a leaf.
  case table(index: Int)
  /// An entry's frame does not follow the first one's.
  case frameOutOfOrder(index: Int)
  /// An entry's flags differ from the first one's, in these bits.
  case flagsDiffer(index: Int, EntryFlags)
}
