/// Neighbouring leaves of one size with the same flags, or a stretch where nothing is mapped.
public struct LeafRun: Equatable, Sendable {
  /// The address of the first page.
  public var start: VirtualAddress
  /// How many 4K pages the run covers.
  public var pages: PageCount
  /// The size of each leaf; `nil` where nothing is mapped.
  public var size: LeafSize?
  /// The flags that all leaves of the run have; empty where nothing is mapped.
  public var flags: EntryFlags

  /// Creates a run.
  @inlinable public init(
    start: VirtualAddress, pages: PageCount, size: LeafSize?, flags: EntryFlags,
  ) {
    self.start = start
    self.pages = pages
    self.size = size
    self.flags = flags
  }

  /// How many leaves the run holds.
  @inlinable public var leafCount: UInt64 {
    guard let size else { return 0 }
    return pages.rawValue / size.pages.rawValue
  }
}
