public import Engine

/// A number of the machine that an expression can name.
public enum Reading: Equatable, Sendable {
  /// The kilobytes of `/proc/meminfo` for a size.
  case directMap(LeafSize)
  /// A counter.
  case counter(Counter)

  /// The name in the language: the kernel's own where it has one.
  public var name: String {
    switch self {
    case .directMap(.size4K), .counter(.directMap4K): "DirectMap4k"
    case .directMap(.size2M), .counter(.directMap2M): "DirectMap2M"
    case .directMap(.size1G), .counter(.directMap1G): "DirectMap1G"
    case .counter(.level2Splits): "direct_map_level2_splits"
    case .counter(.level3Splits): "direct_map_level3_splits"
    case .counter(.level2Collapses): "direct_map_level2_collapses"
    case .counter(.level3Collapses): "direct_map_level3_collapses"
    case .counter(.cpa1GChecked): "cpa_1G_checked"
    case .counter(.cpa1GSameprot): "cpa_1G_sameprot"
    case .counter(.cpa1GPreserved): "cpa_1G_preserved"
    case .counter(.cpa2MChecked): "cpa_2M_checked"
    case .counter(.cpa2MSameprot): "cpa_2M_sameprot"
    case .counter(.cpa2MPreserved): "cpa_2M_preserved"
    case .counter(.cpa4KSetChecked): "cpa_4K_set_checked"
    case .counter(.flushTLBAll): "flush_tlb_all"
    case .counter(.cpaFlush): "cpa_flush"
    case .counter(.cpaFlushTLB): "__cpa_flush_tlb"
    case .counter(.flushTLBOneKernel): "flush_tlb_one_kernel"
    case .counter(.flushTLBKernelRange): "flush_tlb_kernel_range"
    case .counter(.cacheLineFlushedPages): "clflushed_pages"
    case .counter(.wbinvd): "wbinvd"
    case .counter(.level1Merges): "direct_map_level1_merges"
    case .counter(.level2Merges): "direct_map_level2_merges"
    case .counter(.splitTables): "split_tables"
    case .counter(.entriesScanned): "merge_entries_scanned"
    case .counter(.wordsTested): "merge_words_tested"
    case .counter(.mergeFlushes): "merge_flushes"
    case .counter(.mermapFlushTLB): "mermap_flush_tlb"
    }
  }

  /// Every reading there is: meminfo, vmstat, cpa_stats, flushes.
  public static var all: [Reading] {
    let inLeaves: [Counter] = [.directMap4K, .directMap2M, .directMap1G]
    return LeafSize.allCases.map(Reading.directMap)
      + Counter.allCases.filter { !inLeaves.contains($0) }.map(Reading.counter)
  }

  /// The reading with a name.
  public init?(named name: String) {
    guard let reading = Self.all.first(where: { $0.name == name }) else { return nil }
    self = reading
  }

  /// The value among a machine's counters.
  public func value(in counters: Counters) -> Int {
    switch self {
    case .directMap(let size):
      Int(counters[.directMap(size)]) * Int(size.pages.kilobytes)
    case .counter(let counter):
      Int(counters[counter])
    }
  }
}
