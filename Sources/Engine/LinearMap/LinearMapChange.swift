/// Tables of one level, of the time when the map is built or of later.
public struct TableKind: Equatable, Sendable {
  /// The level.
  public var level: TableLevel
  /// Whether the linear map was there already.
  public var isLate: Bool

  /// Creates a kind.
  public init(_ level: TableLevel, isLate: Bool) {
    self.level = level
    self.isLate = isLate
  }
}

/// Something done to build or change the linear map.
///
/// A stretch where one table is as the next is told by its first table and by counts for the rest.
public enum LinearMapChange: Equatable, Sendable {
  /// All of the linear map is taken away, to be built again.
  case cleared
  /// This many page-table pages are taken into use.
  case allocated(TableKind, UInt64)
  /// This many page-table pages are zeroed.
  case zeroed(TableKind, UInt64)
  /// Page-table pages that the page allocator zeroed (`__GFP_ZERO`), by their number.
  case cameZeroed(TableKind, UInt64)
  /// Tables are put into slots of the fixmap this many times (`pte_set_fixmap()` and related functions).
  case fixmapSet(TableKind, UInt64)
  /// Slots are cleared this many times (`pte_clear_fixmap()` and related functions), with this many invalidations.
  case fixmapCleared(TableKind, UInt64, invalidations: UInt64)
  /// This many tables were filled: in this many contiguous groups, with this many entries.
  case filled(TableKind, visits: UInt64, groups: UInt64, entries: UInt64)
  /// This many pairs of DSB and ISB followed entries.
  case barriers(TableKind, UInt64)
  /// What was done for one table is done for this many more.
  case andSoOn(TableKind, UInt64)
  /// The same was done for this many more contiguous groups of 16 entries of the table.
  case groupsAndSoOn(TableKind, UInt64)

  /// Leaves in a row, alike but for their frames, get other flags.
  case rewritten(LeafRun, EntryFlags)
  /// Blocks in a row become tables of 4K pages, and lose CONT.
  case splitToPages(LeafRun)
  /// A block was split.
  case splitCounted(LeafSize)
  /// A contiguous group lost its CONT bit.
  case contDropped(LeafSize)
  /// `flush_tlb_kernel_range()`: page by page up to 512, else everything.
  case flushedRange(PageCount)
  /// Memory was added (`arch_add_memory()`).
  case memoryAdded(PFN, PageCount)
}

extension Machine {
  /// Makes a change of the linear map true.
  mutating func apply(_ change: LinearMapChange) {
    switch change {
    case .cleared: tables.removeAll(below: AddressLayout.arm64LinearMapEnd)
    case .rewritten(let run, let flags): refill(run, run.size ?? .size4K, flags)
    case .splitToPages(let run):
      tables.unmap(run.start, run.pages)
      refill(run, .size4K, run.flags.subtracting(.contiguous))
    case .flushedRange(let pages):
      counters[.flushTLBKernelRange] &+= 1
      if pages > LinearMapRules.maxFlushedPages {
        counters[.flushTLBAll] &+= 1
      } else {
        // One broadcast TLBI a page reaches every CPU.
        counters[.flushTLBOneKernel] &+= Int64(pages.rawValue)
      }
    case .memoryAdded(let start, let pages):
      setup = setup.adding(start..<(start + pages))
    case .allocated, .zeroed, .cameZeroed, .fixmapSet, .fixmapCleared, .filled, .barriers, .andSoOn,
      .groupsAndSoOn, .splitCounted, .contDropped:
      break
    }
    linearMap.value.apply(change)
  }

  private mutating func refill(_ run: LeafRun, _ size: LeafSize, _ flags: EntryFlags) {
    guard let pfn = AddressLayout.directMapFrame(of: run.start) else { return }
    let count = Int(run.pages.rawValue / size.pages.rawValue)
    tables.map(count, size, at: run.start, pfn, flags)
  }
}
