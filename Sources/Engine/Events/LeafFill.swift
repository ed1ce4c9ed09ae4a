/// Leaves in a row: same size, same flags, frames in a row.
public struct LeafFill: Equatable, Sendable {
  /// The address of the first leaf.
  public var start: VirtualAddress
  /// The first frame.
  public var pfn: PFN
  /// How many leaves.
  public var count: UInt64
  /// The size of each.
  public var size: LeafSize
  /// The flags of each, in the layout of its size.
  public var flags: EntryFlags

  /// Creates leaves in a row.
  public init(
    start: VirtualAddress, pfn: PFN, count: UInt64, size: LeafSize, flags: EntryFlags,
  ) {
    self.start = start
    self.pfn = pfn
    self.count = count
    self.size = size
    self.flags = flags
  }
}
