/// The numbers that the kernel keeps, and those that a probe counts by entering functions.
public enum Counter: UInt8, CaseIterable, Sendable {
  /// `direct_pages_count[PG_LEVEL_4K]`: DirectMap4k in leaves. No census: see `docs/model.md`.
  case directMap4K
  /// DirectMap2M in leaves.
  case directMap2M
  /// DirectMap1G in leaves.
  case directMap1G
  /// `direct_map_level2_splits` of vmstat: 2M leaves split.
  case level2Splits
  /// `direct_map_level3_splits`: 1G leaves split.
  case level3Splits
  /// `direct_map_level2_collapses`: 2M leaves that re-formed.
  case level2Collapses
  /// `direct_map_level3_collapses`: 1G leaves that re-formed.
  case level3Collapses
  /// `1G pages checked` of cpa_stats.
  case cpa1GChecked
  /// `1G pages sameprot`.
  case cpa1GSameprot
  /// `1G pages preserved`.
  case cpa1GPreserved
  /// `2M pages checked`.
  case cpa2MChecked
  /// `2M pages sameprot`.
  case cpa2MSameprot
  /// `2M pages preserved`.
  case cpa2MPreserved
  /// `4K pages set-checked`.
  case cpa4KSetChecked
  /// Entries into `flush_tlb_all()`.
  case flushTLBAll
  /// Entries into `cpa_flush()`.
  case cpaFlush
  /// Entries into `__cpa_flush_tlb()`, one for each CPU.
  case cpaFlushTLB
  /// Entries into `flush_tlb_one_kernel()`: single pages, one for each page and CPU.
  case flushTLBOneKernel
  /// Entries into `flush_tlb_kernel_range()`.
  case flushTLBKernelRange
  /// Pages whose cache lines were written back with CLFLUSH.
  case cacheLineFlushedPages
  /// Times all caches were written back (WBINVD).
  case wbinvd
  /// `direct_map_level1_merges` of the proposals of 2022: 4K to 2M. Named after the size that goes,
  /// where upstream's collapses are named after the size that comes.
  case level1Merges
  /// `direct_map_level2_merges`: 2M to 1G.
  case level2Merges
  /// Tables that splits put in place of leaves, less those that leaves replaced again. From 7.2.7 on they
  /// are in nr_page_table_pages of vmstat (PageTables of meminfo).
  case splitTables
  /// Entries that a merging policy read to see whether they are alike: its cost.
  case entriesScanned
  /// Words or counts that a merging policy tested instead.
  case wordsTested
  /// Full flushes that a merging policy did on top of the request's own.
  case mergeFlushes
  /// Entries into `mermap_flush_tlb()`: everything, on the CPU that runs alone. No shootdown.
  case mermapFlushTLB
}

/// The value of every `Counter`.
public struct Counters: Equatable, Sendable {
  // As many as there are counters: the compiler cannot count them, so a test does.
  private var values = InlineArray<28, Int64>(repeating: 0)

  /// All zero.
  public init() {}

  /// The value of one counter.
  public subscript(counter: Counter) -> Int64 {
    @inline(__always) get { values[Int(counter.rawValue)] }
    @inline(__always) _modify { yield &values[Int(counter.rawValue)] }
  }

  /// The growth since earlier counters.
  public func since(_ earlier: Counters) -> Counters {
    var difference = Counters()
    for index in values.indices {
      difference.values[index] = values[index] &- earlier.values[index]
    }
    return difference
  }

  func add(to sum: inout Checksum) {
    for index in values.indices { sum.add(UInt64(bitPattern: values[index])) }
  }

  /// Whether all counters are equal.
  public static func == (a: Counters, b: Counters) -> Bool {
    a.values.indices.allSatisfy { a.values[$0] == b.values[$0] }
  }
}

extension Counter {
  /// The counter of the direct map for leaves of this size.
  public static func directMap(_ size: LeafSize) -> Counter {
    switch size {
    case .size4K: .directMap4K
    case .size2M: .directMap2M
    case .size1G: .directMap1G
    }
  }

  /// The vmstat line for splits of leaves of this size; 4K leaves have none.
  public static func splits(_ size: LeafSize) -> Counter? {
    switch size {
    case .size4K: nil
    case .size2M: .level2Splits
    case .size1G: .level3Splits
    }
  }

  /// The vmstat line for collapses that end in this size; 4K leaves have none.
  public static func collapses(_ size: LeafSize) -> Counter? {
    switch size {
    case .size4K: nil
    case .size2M: .level2Collapses
    case .size1G: .level3Collapses
    }
  }
}
