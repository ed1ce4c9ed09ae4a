/// What a zap counts.
public enum ZapCounter: Int, CaseIterable, Sendable {
  /// Page-table entries cleared.
  case pages
  /// Batches of entries cleared together.
  case runs
  /// Words of 8 bytes added to the gather: one for a page, two for a page and a count.
  case words
  /// Page batches allocated, beside the bundle on the stack.
  case batches
  /// Pages flushed and freed before the end, because the gather was full or a dirty page demanded it.
  case forcedFlushes
  /// Flushes of the TLB.
  case flushes
  /// Of these, those of the whole TLB.
  case fullFlushes
  /// Calls that take entries out of the TLB's books: `tlb_remove_tlb_entry()` or `..._entries()`.
  case tlbRemovals
  /// Calls that remove an rmap.
  case rmapOperations
  /// Of these, those that waited for a flush.
  case delayedRmaps
  /// Changes of a folio's reference count.
  case refOperations
  /// Pages given back to the page allocator.
  case pagesFreed
  /// Folios given back.
  case foliosFreed
  /// Stretches of freeing, with a chance for the scheduler after each.
  case chunks
  /// The most pages given back in one stretch.
  case longestChunkPages
  /// The cost of the dearest stretch.
  case longestChunkCost
  /// The longest that others wait for the CPU while pages are freed: the dearest stretch; where the
  /// kernel can be preempted, its dearest step.
  case longestWait
  /// The cost of all freeing.
  case cost
  /// The most pages that the gather held at once.
  case mostPages
  /// Page tables freed.
  case tables
}

/// The counts of one zap, or of all.
public struct ZapCounts: Equatable, Sendable {
  private var values = [Int64](repeating: 0, count: ZapCounter.allCases.count)

  /// Nothing counted.
  public init() {}

  func add(to sum: inout Checksum) {
    for value in values { sum.add(UInt64(bitPattern: value)) }
  }

  /// One of them.
  public internal(set) subscript(counter: ZapCounter) -> Int64 {
    get { values[counter.rawValue] }
    set { values[counter.rawValue] = newValue }
  }
}

/// What freeing costs, in units of its own: an assumption, for comparing. The reference count and the
/// free lists are per folio, zeroing is per page.
///
/// With a unit of 10 ns these are a dropped reference in 10 ns, a folio given back in 100 ns, and
/// 4 KiB zeroed in 400 ns (10 GB/s): assumed, not measured.
public enum ZapCost {
  /// Dropping the references of one entry.
  public static let entry: Int64 = 1
  /// Giving one folio back to the page allocator.
  public static let folio: Int64 = 10
  /// Zeroing or poisoning one page.
  public static let zeroedPage: Int64 = 40
  /// The dearest step between two chances for a preemption: an entry with its folio, or a page zeroed
  /// after that. An assumption too: the kernel is taken to be preemptible between any two of these.
  public static func step(isZeroing: Bool) -> Int64 {
    max(entry &+ folio, isZeroing ? zeroedPage : 0)
  }
  /// Seconds without a chance for the scheduler after which the watchdog reports a soft lockup: twice
  /// `watchdog_thresh`, which is 10 by default (kernel/watchdog.c).
  public static let softLockupSeconds: Int64 = 20
  /// Nanoseconds in a unit: the assumption.
  public static let assumedNanoseconds: Int64 = 10

  /// The cost of letting go of entries that give back this many folios, of this many pages.
  public static func of(entries: Int64, folios: Int64, pages: Int64, isZeroing: Bool) -> Int64 {
    entries &* entry &+ folios &* folio &+ (isZeroing ? pages &* zeroedPage : 0)
  }
}
