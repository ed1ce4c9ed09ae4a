extension CPUFeatures {
  /// A feature of the CPU, or a switch of the kernel's command line, that can be on or off.
  public enum Switch: UInt8, CaseIterable, Sendable {
    /// PSE: 2M leaves.
    case pse
    /// GBPAGES: 1G leaves, and the `gbpages` boot parameter.
    case gbpages
    /// The NX bit.
    case nx
    /// PGE: the G bit.
    case pge
    /// The CLFLUSH instruction; without it the kernel writes back all caches (WBINVD).
    case clflush
    /// Page-table isolation: kernel entries are not global.
    case pti
    /// Process-context identifiers: without them, isolation leaves kernel text global.
    case pcid
    /// LA57: five levels of page tables, unless `no5lvl` is given.
    case la57
    /// `debug_pagealloc=on`: the direct map is built of 4K leaves.
    case debugPagealloc
    /// `init_on_free=1`: pages are zeroed when they are freed.
    case initOnFree
    /// `page_poison=1`: pages are filled with a pattern when they are freed.
    case pagePoisoning
    /// `preempt=full`: the kernel can be preempted while it frees pages.
    case preemption
    /// AMD SME on the machine itself: all memory that the kernel maps carries the C-bit.
    case sme
    /// A guest of AMD SEV: private memory carries the C-bit.
    case sev
    /// A guest of Intel TDX: shared memory carries the shared bit.
    case tdx
    /// `rodata=full`, the default; off: `rodata=on`.
    case rodataFull
    /// `rodata=on`, the default: text and read-only data become read-only when boot ends.
    case rodata
    /// `movable_node`: the direct map is built from the kernel upwards, not from the top down.
    case movableNode
    /// KFENCE with a pool that is made at boot (`kfence.sample_interval` above 0).
    case kfence
    /// KFENCE that may be enabled late (`kfence.sample_interval=0`).
    case lateKFENCE
    /// The CPU that boots has FEAT_BBM level 2, without conflict aborts.
    case bbml2
    /// So have all the other CPUs.
    case bbml2All
    /// A guest of the realm world.
    case realm
    /// `kpti=1`, or address randomisation on a CPU without E0PD: no kernel mapping is global.
    case kpti
    /// The CPU has FEAT_LPA2: 52 bits of virtual address.
    case lpa2
    /// `crashkernel=` is given.
    case crashkernel
  }
}

extension CPUFeatures.Switch {
  /// All there is to say of a switch.
  struct Facts {
    let word: String
    /// Whether it is on unless a user turns it off.
    let isOn: Bool
    /// The kernels that look at it; `nil`: all.
    let architecture: Architecture?
    let summary: String
  }

  /// The word by which a user names it.
  public var word: String { facts.word }

  /// What it is, in one line.
  public var summary: String {
    (facts.architecture == .arm64 ? "arm64: " : "") + facts.summary
  }

  /// The switch that a user names.
  public init?(word: some StringProtocol) {
    guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }

  /// Whether kernels of an architecture look at the switch.
  public func works(on architecture: Architecture) -> Bool {
    facts.architecture.map { $0 == architecture } ?? true
  }

  @inline(__always)
  var bit: UInt32 { 1 &<< UInt32(rawValue) }

  var facts: Facts {
    switch self {
    case .pse: .x86("pse", isOn: true, "2M leaves")
    case .gbpages: .x86("gbpages", isOn: true, "1G leaves")
    case .nx: .x86("nx", isOn: true, "the NX bit")
    case .pge: .x86("pge", isOn: true, "the G bit")
    case .clflush:
      .x86(
        "clflush", isOn: true, "the CLFLUSH instruction; without it, all caches are written back")
    case .pti:
      .x86("pti", isOn: false, "page-table isolation: entries of the kernel are not global")
    case .pcid:
      .x86(
        "pcid", isOn: true, "process IDs in the TLB; without, isolation leaves kernel text global")
    case .la57:
      .x86(
        "la57", isOn: false, "five levels of page tables: other bases, one more table on the way")
    case .debugPagealloc:
      .all("debug_pagealloc", "`debug_pagealloc=on`: the direct map is built of 4K leaves")
    case .initOnFree: .all("init_on_free", "`init_on_free=1`: pages are zeroed when they are freed")
    case .pagePoisoning:
      .all("page_poisoning", "`page_poison=1`: pages are filled with a pattern when they are freed")
    case .preemption: .all("preempt", "`preempt=full`: others get the CPU while pages are freed")
    case .sme:
      .x86("sme", isOn: false, "AMD SME on the host: the kernel's memory carries the C-bit")
    case .sev: .x86("sev", isOn: false, "a guest of AMD SEV: private memory carries the C-bit")
    case .tdx:
      .x86("tdx", isOn: false, "a guest of Intel TDX: shared memory carries the shared bit")
    case .rodataFull: .arm64("rodata_full", isOn: true, "`rodata=full`; off: `rodata=on`")
    case .rodata:
      .x86(
        "rodata", isOn: true, "`rodata=on`: kernel text and read-only data become read-only")
    case .movableNode:
      .x86(
        "movable_node", isOn: false,
        "`movable_node`: the direct map is built from the kernel image upwards")
    case .kfence: .all("kfence", "KFENCE with a pool that is made at boot")
    case .lateKFENCE:
      .arm64("kfence_late", isOn: false, "KFENCE that may be enabled late")
    case .bbml2: .arm64("bbml2", isOn: false, "the CPU that boots has FEAT_BBM level 2")
    case .bbml2All: .arm64("bbml2_all", isOn: true, "so have all other CPUs")
    case .realm: .arm64("realm", isOn: false, "a guest of the realm world")
    case .kpti:
      .arm64("kpti", isOn: false, "`kpti=1`: no mapping of the kernel is global")
    case .lpa2: .arm64("lpa2", isOn: false, "FEAT_LPA2: 52 bits of virtual address, five levels")
    case .crashkernel:
      .arm64("crashkernel", isOn: false, "`crashkernel=` is given: on 6.1 the map is of 4K pages")
    }
  }
}

extension CPUFeatures.Switch.Facts {
  fileprivate static func x86(_ word: String, isOn: Bool, _ summary: String) -> Self {
    Self(word: word, isOn: isOn, architecture: .x86_64, summary: summary)
  }

  fileprivate static func arm64(_ word: String, isOn: Bool, _ summary: String) -> Self {
    Self(word: word, isOn: isOn, architecture: .arm64, summary: summary)
  }

  fileprivate static func all(_ word: String, _ summary: String) -> Self {
    Self(word: word, isOn: false, architecture: nil, summary: summary)
  }
}
