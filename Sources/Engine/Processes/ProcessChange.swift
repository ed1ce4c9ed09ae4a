/// A change of the address space, or of what gathers its pages when they are unmapped.
public enum ProcessChange: Equatable, Sendable {
  /// A range was made: its pages were taken from the page allocator, folio by folio, and mapped.
  case rangeMapped(UserRange)
  /// An empty range went.
  case rangeRemoved(Name)
  /// An `mmu_gather` was set up (`tlb_gather_mmu()`), under these rules.
  case gatherBegan(ZapRules)
  /// Entries in a row of one page table were cleared, and their pages added to the active batch.
  case gathered(GatheredEntries)
  /// The next batch is the active one; whether it was allocated for this (`tlb_next_batch()`).
  case batchOpened(isNew: Bool)
  /// The TLB was flushed for what was cleared since the last flush, from an address over this many pages
  /// (`tlb_flush_mmu_tlbonly()`). Full: all of the TLB. Forced: before the end of the zap.
  case tlbFlushed(VirtualAddress, PageCount, isFull: Bool, isForced: Bool)
  /// The rmaps that waited for the flush were removed (`tlb_flush_rmaps()`): one operation for each of
  /// this many entries.
  case delayedRmapsRemoved(entries: Int)
  /// Entries of the first batch that has any were let go, without a chance for the scheduler in
  /// between (`__tlb_batch_free_encoded_pages()`).
  case chunkFreed(FreedChunk)
  /// All batches are empty; the bundle on the stack is the active one again.
  case batchesEmptied
  /// Page tables were taken out of the process; they wait for the flush that covers them too.
  case tablesGathered(GatheredTables)
  /// A page for page tables was allocated (`tlb_remove_table()`).
  case tableBatchOpened
  /// This many page tables were freed, and the page that held them (`tlb_remove_table_free()`).
  case tableBatchFreed(Int)
  /// The `mmu_gather` went, and with it the pages of its batches (`tlb_finish_mmu()`).
  case gatherFinished
}

/// Page-table entries in a row that are cleared together: `runs` batches of `pagesEach` pages, each of
/// which goes into the gather as one page, or as a page and a count.
public struct GatheredEntries: Equatable, Sendable {
  /// The address of the first.
  public var address: VirtualAddress
  /// How many batches, 1 to 512.
  public var runs: UInt16
  /// How many pages each has, 1 to 512.
  public var pagesEach: UInt16
  /// The order of the folios.
  public var order: UInt8
  /// What they are.
  public var traits: Traits

  /// What the pages are.
  public struct Traits: OptionSet, Sendable {
    /// The bits.
    public var rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Pages of a file.
    public static let file = Traits(rawValue: 1)
    /// The rmap is removed after the flush.
    public static let delayedRmap = Traits(rawValue: 2)
    /// Page tables of the process.
    public static let table = Traits(rawValue: 4)
  }

  /// Creates a row of entries.
  public init(
    address: VirtualAddress, runs: UInt16, pagesEach: UInt16, order: UInt8, traits: Traits,
  ) {
    self.address = address
    self.runs = runs
    self.pagesEach = pagesEach
    self.order = order
    self.traits = traits
  }

  /// All pages together.
  public var pages: PageCount { PageCount(UInt64(runs) * UInt64(pagesEach)) }
}

/// What was let go between two chances for the scheduler.
public struct FreedChunk: Equatable, Sendable {
  /// Words of 8 bytes that left the batch.
  public var words: UInt16
  /// Entries: folio references were dropped once for each.
  public var entries: UInt16
  /// Pages that the entries stood for.
  public var pages: UInt32
  /// Folios that nobody holds any more, given back to the page allocator.
  public var folios: UInt16
  /// The pages of those folios.
  public var pagesFreed: UInt32
  /// Whether the event gives the folios back; otherwise events of the page allocator did.
  public var givesBack: Bool

  /// Creates what was let go.
  public init(
    words: UInt16, entries: UInt16, pages: UInt32, folios: UInt16, pagesFreed: UInt32,
    givesBack: Bool,
  ) {
    self.words = words
    self.entries = entries
    self.pages = pages
    self.folios = folios
    self.pagesFreed = pagesFreed
    self.givesBack = givesBack
  }
}
