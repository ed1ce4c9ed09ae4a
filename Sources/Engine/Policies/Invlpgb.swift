/// INVLPGB, Rik van Riel, merged in 6.15: AMD CPUs that have the instruction flush the TLBs of all CPUs by a
/// broadcast. As many flushes are asked for as before; nobody is interrupted for one.
///
/// Source: arch/x86/mm/tlb.c, 7.3: `flush_tlb_all()` and `flush_tlb_kernel_range()` take that way. A CPA flush
/// page by page does not (`__cpa_flush_tlb()`): it still interrupts each CPU, but on 6.18 and 7.0, which flush
/// a range instead. How long a broadcast takes is not known here, so the cost model
/// counts interrupts alone.
struct Invlpgb: PublishedPolicy {
  var name: PolicyName { .invlpgb }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { kernel.broadcastsFlushes = true }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let interrupts = machine.counters.interrupts(machine.setup.kernel)
    return [
      .count("flushes by broadcast", machine.counters.shootdowns - interrupts),
      .count("flushes by interrupts", interrupts),
      .note("Full flushes and those of kernel ranges interrupt nobody (AMD, 6.15 and later)."),
      .note("CPA's flushes page by page, up to 33 pages, interrupt every CPU still."),
    ]
  }
}

extension Counters {
  /// Flushes for which every CPU is interrupted.
  public func interrupts(_ kernel: KernelProfile) -> Int64 {
    kernel.broadcastsFlushes ? self[.cpaFlushTLB] : shootdowns
  }
}
