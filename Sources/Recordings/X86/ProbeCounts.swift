import Engine

/// What calls counted here, by the names of the functions that a probe counts.
struct ProbeCounts {
  private(set) var calls: [String: Int64] = [
    "flush_tlb_all": 0, "cpa_flush": 0, "__cpa_flush_tlb": 0, "flush_tlb_one_kernel": 0,
    "flush_tlb_kernel_range": 0, "cpa_flush_all": 0, "__cpa_flush_all": 0, "alloc_pages": 0,
    "alloc_pages_noprof": 0, "set_direct_map_invalid_noflush": 0,
    "set_direct_map_default_noflush": 0, "__purge_vmap_area_lazy": 0,
  ]
  private var blocks: [(Owner, Int)] = []

  /// How many leaves of 1G were split.
  private(set) var splits1G: Int64 = 0

  init() {}

  /// Adds what a call did.
  mutating func add(_ events: [Event], _ before: Counters, _ after: Counters) {
    let counters: [(String, Counter)] = [
      ("flush_tlb_all", .flushTLBAll), ("cpa_flush", .cpaFlush), ("__cpa_flush_tlb", .cpaFlushTLB),
      ("flush_tlb_one_kernel", .flushTLBOneKernel),
      ("flush_tlb_kernel_range", .flushTLBKernelRange),
    ]
    for (name, counter) in counters { calls[name, default: 0] += after[counter] - before[counter] }
    // Each request asks for a purge, whether anything waits for one or not.
    var isInPurge = false
    for event in events {
      switch event {
      case .entered(.changePageAttrSetClr, _, _): calls["__purge_vmap_area_lazy", default: 0] += 1
      case .entered(.vmUnmapAliases, _, _): isInPurge = true
      case .left(.vmUnmapAliases, _): isInPurge = false
      case .flushed(.allAfterFailure):
        calls["cpa_flush_all", default: 0] += 1
        calls["__cpa_flush_all", default: 0] += 1
      case .tableInstalled(_, inPlaceOf: .size1G, old: _, first: _): splits1G += 1
      case .entered(.splitLargePage, _, _):
        calls["alloc_pages", default: 0] += 1
        calls["alloc_pages_noprof", default: 0] += 1
      case .entered(.vmResetPerms, _, let pages):
        calls["set_direct_map_invalid_noflush", default: 0] += Int64(pages.rawValue)
        calls["set_direct_map_default_noflush", default: 0] += Int64(pages.rawValue)
      case .vmalloc(.purged):
        if !isInPurge { calls["__purge_vmap_area_lazy", default: 0] += 1 }
      case .memory(.allocated(let block, let owner)): blocks.append((owner, block.order))
      case .flushed, .tableInstalled, .entered, .vmalloc, .memory, .asked, .left, .remedy, .seen,
        .decided,
        .mapped, .unmapped, .entryWritten, .tableBacked, .tableFreed, .tableTracked, .kept, .policy,
        .supply, .counted, .memoryTypeSet, .systemRunning, .stopped, .kernelSetReadOnly, .process,
        .linearMap:
        break
      }
    }
  }

  /// The orders of the blocks that an owner got, in order, single pages left out.
  func orders(of name: Name, on machine: Machine) -> [Int] {
    guard let owner = machine.physical.owner(named: name) else { return [] }
    return blocks.filter { $0.0 == owner && $0.1 > 0 }.map(\.1)
  }
}
