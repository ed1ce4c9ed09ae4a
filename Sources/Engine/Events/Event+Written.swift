extension Event {
  /// The pages whose mapping the event writes, and the size of the leaves that it writes, splits or
  /// makes; pages that are unmapped count as 4K. `nil` if it changes no mapping.
  public var written: (start: VirtualAddress, pages: PageCount, size: LeafSize)? {
    switch self {
    case .entryWritten(let address, let size, old: _, new: _),
      .tableInstalled(let address, inPlaceOf: let size, old: _, first: _),
      .tableFreed(let address, let size, leaf: _):
      (address, size.pages, size)
    case .mapped(let fill):
      (fill.start, PageCount(fill.count * fill.size.pages.rawValue), fill.size)
    case .unmapped(let address, let pages): (address, pages, .size4K)
    case .entered, .asked, .left, .decided, .tableTracked, .tableBacked, .stopped, .counted,
      .flushed, .memoryTypeSet, .vmalloc, .systemRunning, .kernelSetReadOnly,
      .memory, .kept, .policy, .supply, .process:
      nil
    case .linearMap(let change): change.written
    }
  }
}
