/// What splits, merges, and the looking for merges cost in time: an assumption, for comparing, not a
/// measurement.
///
/// The thread of May 2022 leaves it at "we can evaluate it by measuring boot time and bpf/module
/// load/unload time". What policies share, the walk of a call over its pages, is left out.
public enum MergeCost {
  /// Nanoseconds of testing a word or a count that is kept with a table: a line of the cache that holds
  /// its `struct page`.
  public static let word: Int64 = 5
  /// Nanoseconds of reading an entry: 8 of them are in a line of the cache, as the thread says.
  public static let entry: Int64 = 1
  /// Nanoseconds of a shootdown: each CPU is interrupted, and the call waits for all of them.
  public static let shootdown: Int64 = 2000
  /// Nanoseconds of emptying the TLB of the CPU that runs: no interrupt, nobody waits.
  public static let ownFlush: Int64 = 300
  /// Nanoseconds of invalidating one page in it.
  public static let page: Int64 = 200
  /// Nanoseconds of a split: a table is allocated, and 512 entries are written.
  public static let split: Int64 = 600
  /// Nanoseconds of a merge: an entry is written, and a table is given back.
  public static let merge: Int64 = 100

  /// The nanoseconds of what counters grew by.
  ///
  /// - Parameter interrupts: the flushes for which every CPU was interrupted.
  public static func nanoseconds(_ growth: Counters, interrupts: Int64) -> Int64 {
    growth[.wordsTested] &* word &+ growth[.entriesScanned] &* entry
      &+ interrupts &* shootdown &+ growth[.flushTLBOneKernel] &* page
      &+ growth[.mermapFlushTLB] &* ownFlush
      &+ growth.splits &* split &+ growth.merges &* merge
  }
}

extension Counters {
  /// Splits of leaves of both sizes.
  public var splits: Int64 { self[.level2Splits] &+ self[.level3Splits] }

  /// Leaves of 2M and 1G that re-formed: the kernel's collapses, and the merges of policies, whose own
  /// counters number the levels from the 4K entries on.
  public var merges: Int64 {
    self[.level1Merges] &+ self[.level2Merges] &+ self[.level2Collapses] &+ self[.level3Collapses]
  }

  /// Flushes that every CPU takes part in: full ones, those of ranges, and those page by page.
  public var shootdowns: Int64 {
    self[.flushTLBAll] &+ self[.cpaFlushTLB] &+ self[.flushTLBKernelRange]
  }
}
