/// Pages that an event moves: between the page allocator and those who use memory, and into and out of
/// the caches that stand between the two.
///
/// Two kinds of changes name no pages: those that move many at random, `MemoryChange.aged` and
/// `.scattered`, and those of BPF programs, which are smaller than a page.
public struct MovedPages: Equatable, Sendable {
  /// Where the pages go.
  public enum Move: Sendable, CaseIterable {
    /// The page allocator hands them out.
    case allocated
    /// They go back to the page allocator.
    case freed
    /// They go into a cache, from a user or fresh from the page allocator.
    case cached
    /// They leave a cache, for a user or on their way back to the page allocator.
    case uncached
  }

  /// Which pages.
  public enum Place: Equatable, Sendable {
    /// These frames.
    case frames(Range<PFN>)
    /// The pages that these addresses map: those of the cache of read-only executable memory.
    case addresses(Range<VirtualAddress>)
  }

  /// Where they go.
  public var move: Move
  /// Which pages.
  public var place: Place

  init(_ move: Move, _ place: Place) {
    self.move = move
    self.place = place
  }

  init(_ move: Move, _ first: PFN, order: Int = 0) {
    self.init(move, .frames(first..<(first + PageCount(1 << UInt64(order)))))
  }

  init(_ move: Move, _ block: PageState.Block) { self.init(move, block.first, order: block.order) }

  /// The frames; `nil` where they are known by addresses only.
  public var frames: Range<PFN>? {
    switch place {
    case .frames(let frames): frames
    case .addresses: nil
    }
  }
}
