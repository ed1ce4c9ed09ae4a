import Engine

/// What must hold behind every call, or between its events.
public enum Property: String, CaseIterable, Sendable {
  /// What got fewer rights is flushed, at every address.
  case flush
  /// Nothing is writable and executable, not even between two events.
  case wx
  /// The kernel's counts of leaves move as the leaves do.
  case counters
  /// A call and its opposite leave what was there before.
  case inverse
  /// What gives memory back leaves large leaves whole.
  case release
  /// A merge gives nobody a right.
  case merge
  /// Two addresses of a frame have the same cache type.
  case cacheTypes = "cache-types"
  /// A call that fails changes nothing.
  case atomic
  /// The kernel does not stop.
  case bug
  /// What a policy keeps with tables is what the tables hold.
  case drift
  /// What was one leaf can be one leaf again.
  case heals
  /// The other kernel or policy does the same.
  case same
  /// The policy splits no more leaves than the other.
  case monotone
  /// It flushes all TLBs no more often than the other.
  case flushes

  /// What it demands, in a sentence.
  public var meaning: String {
    switch self {
    case .flush:
      "where an entry loses a right, a flush of its address follows in the same call"
    case .wx: "no entry of the kernel is writable and executable, not even between two events"
    case .counters: "DirectMap4k, DirectMap2M and DirectMap1G move as the leaves do"
    case .inverse: "a call and its opposite leave the flags as they were"
    case .release: "what gives memory back splits no leaf of the direct map"
    case .merge:
      "a leaf in the place of a table gives no right that one of its entries did not give"
    case .cacheTypes: "a frame has the same cache type at all its addresses"
    case .atomic: "a call that returns an error leaves all flags as they were"
    case .bug: "no call stops the kernel"
    case .drift: "what a policy keeps with a table is what the table holds"
    case .heals: "what was one leaf at the beginning can be one leaf again"
    case .same: "each call returns and leaves behind what it does on the other kernel or policy"
    case .monotone: "no more leaves are split than on the other kernel or policy"
    case .flushes: "no call flushes all TLBs more often than on the other kernel or policy"
    }
  }

  /// Where it comes from.
  public var source: String {
    switch self {
    case .flush: "cpa_flush() in arch/x86/mm/pat/set_memory.c; Documentation/core-api/cachetlb.rst"
    case .wx: "verify_rwx() in arch/x86/mm/pat/set_memory.c; CONFIG_DEBUG_WX"
    case .counters: "update_page_count() in arch/x86/mm/pat/set_memory.c"
    case .inverse: "the comment of set_direct_map_default_noflush() and the use of set_memory_rw()"
    case .release: "vm_reset_perms() in mm/vmalloc.c; the purpose of VM_FLUSH_RESET_PERMS"
    case .merge:
      "cpa_collapse_large_pages(), which compares all entries; the thread of January 2022"
    case .cacheTypes: "Intel SDM volume 3, 13.12.4; Documentation/arch/x86/pat.rst"
    case .atomic: "the error paths of change_page_attr_set_clr()"
    case .bug: "BUG_ON() in the sources of kernel and policies"
    case .drift: "the counts of the proposals of 2020 and 2022"
    case .heals: "cpa_collapse_large_pages() of 6.15; the proposals of 2020 and 2022"
    case .same: "the other kernel, or the mainline of a backport"
    case .monotone, .flushes: "the purpose of the remedies"
    }
  }

  /// Whether it compares with another kernel or policy.
  public var needsRival: Bool { self == .same || self == .monotone || self == .flushes }

  /// Its bit in a set.
  fileprivate var bit: UInt16 {
    switch self {
    case .flush: 1 << 0
    case .wx: 1 << 1
    case .counters: 1 << 2
    case .inverse: 1 << 3
    case .release: 1 << 4
    case .merge: 1 << 5
    case .cacheTypes: 1 << 6
    case .atomic: 1 << 7
    case .bug: 1 << 8
    case .drift: 1 << 9
    case .heals: 1 << 10
    case .same: 1 << 11
    case .monotone: 1 << 12
    case .flushes: 1 << 13
    }
  }

  /// Those that are asked where nobody chooses.
  public static let usual: [Property] = allCases.filter { !$0.needsRival && $0 != .heals }
}

/// A set of properties, asked at every call.
struct PropertySet: Sendable {
  private let bits: UInt16

  init(_ properties: [Property]) { bits = properties.reduce(0) { $0 | $1.bit } }

  func contains(_ property: Property) -> Bool { bits & property.bit != 0 }
}
