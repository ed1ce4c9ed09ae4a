/// What the process does with its memory.
public enum ProcessCall: Equatable, Sendable {
  /// `mmap()` with MAP_POPULATE: a range whose pages are all there at once. Without a place, below
  /// the lowest range.
  case mmap(Name, PageCount, order: Int, UserRange.Traits, at: VirtualAddress?)
  /// `madvise(MADV_DONTNEED)`: unmaps the pages of a range, or those from one on, and frees what
  /// nobody else holds. The range stays, empty.
  case zap(Name, Part?)
  /// `munmap()`: the same, and the page tables go that nothing else uses. Of a whole range, the range
  /// goes too; of a part, a hole is left in it.
  case munmap(Name, Part?)
  /// `exit_mmap()`: the process ends; all ranges are unmapped under one `mmu_gather`.
  case exitMmap

  /// Pages in a row of a range.
  public struct Part: Equatable, Sendable {
    /// The first page, counted from the start of the range.
    public var first: PageCount
    /// How many; `nil`: all up to the end of the range.
    public var count: PageCount?

    /// Creates a part.
    public init(first: PageCount, count: PageCount?) {
      self.first = first
      self.count = count
    }
  }
}

/// Why an address space cannot do what was asked. The machine is as it was.
public enum ProcessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No range has this name.
  case unknownRange(Name)
  /// Nothing of the part is mapped any more.
  case nothingMapped(Name)
  /// The part begins or ends behind the last page.
  case pastRange(Name, pages: PageCount)
  /// Folios have orders 0 to 9.
  case badOrder(Int)
  /// The pages are no whole number of folios.
  case notFolios(PageCount, order: Int)
  /// The address is no multiple of 4K, or not one of a process.
  case badPlace(VirtualAddress, end: VirtualAddress)
  /// The addresses are in use by this range.
  case overlaps(Name, VirtualAddress)
  /// The process would have more pages than the simulation allows.
  case tooManyPages(PageCount, left: PageCount)
  /// The page allocator does not have this many folios of this order.
  case noMemory(PageCount, order: Int, free: PageCount)
  /// The pages that somebody wants to free are mapped by the process.
  case stillMapped(Name)
  /// The process has no ranges.
  case noRanges

  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .unknownRange(let name): "the process has no range \(name); make one with mmap"
    case .nothingMapped(let name):
      "nothing is mapped there in \(name) any more; munmap it, or zap another part"
    case .pastRange(let name, let pages):
      "range \(name) has \(counted(pages.rawValue, "page")); the last is \(name)+\(pages.rawValue - 1)"
    case .badOrder(let order):
      "\(order) is no order of a folio; give 0 (4K) to \(UserRange.orderLimit) (2M)"
    case .notFolios(let pages, let order):
      "\(pages.rawValue) pages are no whole number of folios of order \(order); give a multiple of "
        + "\(1 << order) pages"
    case .badPlace(let address, let end):
      "a process cannot have a range at \(address.hex): give a multiple of 4K from "
        + "\(UserRange.addressStart.hex) up, with an end not above \(end.hex)"
    case .overlaps(let name, let address):
      "range \(name) begins at \(address.hex) and overlaps; munmap it first or choose another place"
    case .tooManyPages(let asked, let left):
      "\(asked.rawValue) pages are too many for the one process, which may have "
        + "\(UserRange.pagesLimit.rawValue); \(left.rawValue) are left"
    case .noMemory(let pages, let order, let free):
      "\(pages.rawValue) pages as folios of order \(order) are not to be had; \(free.rawValue) pages "
        + "are free; ask for fewer, for smaller folios, or munmap others"
    case .stillMapped(let name):
      "the process maps pages of \(name); zap or munmap \(name) first"
    case .noRanges: "the process has no ranges; make one with mmap"
    }
  }
}
