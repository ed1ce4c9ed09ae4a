/// What the processor can do, and the kernel's switches that depend on it.
public struct CPUFeatures: Equatable, Sendable {
  /// A feature that can be switched by name.
  public enum Name: String, CaseIterable, Sendable {
    /// 2M leaves.
    case pse
    /// 1G leaves, and the `gbpages` boot parameter.
    case gbpages
    /// The NX bit.
    case nx
    /// The G bit.
    case pge
    /// The CLFLUSH instruction.
    case clflush
    /// Page-table isolation: kernel entries are not global.
    case pti
    /// Process-context identifiers: without them, isolation leaves kernel text global.
    case pcid
    /// `debug_pagealloc=on`: the direct map is built of 4K leaves.
    case debugPagealloc = "debug_pagealloc"
    /// `init_on_free=1`: pages are zeroed when they are freed.
    case initOnFree = "init_on_free"
    /// `page_poison=1`: pages are filled with a pattern when they are freed.
    case pagePoisoning = "page_poisoning"
    /// A guest of AMD SEV: private memory carries the C-bit.
    case sev
    /// A guest of Intel TDX: shared memory carries the shared bit.
    case tdx
    /// arm64: `rodata=full`, the default; off: `rodata=on`.
    case rodataFull = "rodata_full"
    /// arm64: KFENCE with an early pool.
    case kfence
    /// arm64: KFENCE that may be enabled late (`kfence.sample_interval=0`).
    case lateKFENCE = "kfence_late"
    /// arm64: the CPU that boots has FEAT_BBM level 2, without conflict aborts.
    case bbml2
    /// arm64: so have all the other CPUs.
    case bbml2All = "bbml2_all"
    /// arm64: a guest of the realm world.
    case realm
  }

  /// PSE: 2M leaves.
  public var pse = true
  /// GBPAGES: 1G leaves.
  public var gbpages = true
  /// NX.
  public var nx = true
  /// PGE: the G bit.
  public var pge = true
  /// CLFLUSH; without it the kernel writes back all caches (WBINVD).
  public var clflush = true
  /// Page-table isolation is on.
  public var pti = false
  /// PCID.
  public var pcid = true
  /// `debug_pagealloc=on`.
  public var debugPagealloc = false
  /// `init_on_free=1`.
  public var initOnFree = false
  /// `page_poison=1`.
  public var pagePoisoning = false
  /// Encrypted AMD guest.
  public var sev = false
  /// Encrypted Intel guest.
  public var tdx = false
  /// `rodata=full` (arm64).
  public var rodataFull = true
  /// KFENCE with an early pool (arm64; on x86-64 the pool is a boot option).
  public var kfence = false
  /// KFENCE that may be enabled late (arm64).
  public var lateKFENCE = false
  /// The CPU that boots has FEAT_BBM level 2 (arm64).
  public var bbml2 = false
  /// All other CPUs have it too (arm64).
  public var bbml2All = true
  /// A guest of the realm world (arm64).
  public var realm = false
  /// How many CPUs are online, 1 or more: each runs the per-page flushes for itself.
  public var cpus = 1

  /// A 64-bit CPU with everything on and nothing to mitigate.
  public init() {}

  /// Reads and switches a feature by name.
  public subscript(name: Name) -> Bool {
    get { self[keyPath: Self.keyPath(name)] }
    set { self[keyPath: Self.keyPath(name)] = newValue }
  }

  private static func keyPath(_ name: Name) -> WritableKeyPath<CPUFeatures, Bool> {
    switch name {
    case .pse: \.pse
    case .gbpages: \.gbpages
    case .nx: \.nx
    case .pge: \.pge
    case .clflush: \.clflush
    case .pti: \.pti
    case .pcid: \.pcid
    case .debugPagealloc: \.debugPagealloc
    case .initOnFree: \.initOnFree
    case .pagePoisoning: \.pagePoisoning
    case .sev: \.sev
    case .tdx: \.tdx
    case .rodataFull: \.rodataFull
    case .kfence: \.kfence
    case .lateKFENCE: \.lateKFENCE
    case .bbml2: \.bbml2
    case .bbml2All: \.bbml2All
    case .realm: \.realm
    }
  }

  /// Whether the direct map may have 2M leaves. Models `probe_page_size_mask()`.
  public var allows2M: Bool { pse && !debugPagealloc }

  /// Whether the direct map may have 1G leaves (`direct_gbpages`).
  public var allows1G: Bool { allows2M && gbpages }

  /// The flags of an ordinary kernel page, 4K layout: PAGE_KERNEL under the default kernel mask, which
  /// lets G through only with PGE and without page-table isolation.
  public var pageKernel: EntryFlags {
    var flags = EntryFlags.pageKernel
    if !pge || pti { flags.subtract(.global) }
    if !nx { flags.subtract(.nx) }
    if sev { flags.formUnion(.encryption) }
    return flags
  }
}
