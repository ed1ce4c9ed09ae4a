/// What the processor can do, and the kernel's switches that depend on it.
public struct CPUFeatures: Equatable, Sendable {
  // A bit for each switch.
  private var on: UInt32
  /// How many CPUs are online, 1 or more: each runs the per-page flushes for itself.
  public var cpus = 1

  /// A 64-bit CPU with everything on and nothing to mitigate.
  public init() { on = Switch.allCases.reduce(0) { $0 | ($1.facts.isOn ? $1.bit : 0) } }

  /// Reads and turns a switch.
  public subscript(name: Switch) -> Bool {
    @inline(__always) get { on & name.bit != 0 }
    set { if newValue { on |= name.bit } else { on &= ~name.bit } }
  }

  /// Whether the direct map may have 2M leaves. Models `probe_page_size_mask()`.
  public var allows2M: Bool { self[.pse] && !self[.debugPagealloc] }

  /// Whether the direct map may have 1G leaves (`direct_gbpages`).
  public var allows1G: Bool { allows2M && self[.gbpages] }

  /// The flags of an ordinary kernel page, 4K layout: PAGE_KERNEL under the default kernel mask, which
  /// lets G through only with PGE and without page-table isolation.
  public var pageKernel: EntryFlags {
    var flags = EntryFlags.pageKernel
    if !self[.pge] || self[.pti] { flags.subtract(.global) }
    if !self[.nx] { flags.subtract(.nx) }
    if carriesCBit { flags.formUnion(.encryption) }
    return flags
  }

  /// Whether private memory carries the C-bit of AMD (`sme_me_mask`, which SME and SEV share).
  var carriesCBit: Bool { self[.sme] || self[.sev] }

  /// A switch that is not as usual and that kernels of an architecture know nothing of.
  func stray(on architecture: Architecture) -> Switch? {
    Switch.allCases.first { !$0.works(on: architecture) && self[$0] != $0.facts.isOn }
  }
}
