/// Something that can be asked of a machine. Its text form is a line of the scenario language.
///
/// Calls change a machine, and so do requests out of a kernel's trace (`TracedRequest`): nothing else.
public enum Call: Equatable, Sendable {
  /// `set_memory_ro()` and related calls: pages in a row from a virtual address on.
  case setMemory(SetMemory, Target, PageCount)
  /// `set_pages_ro()` and related calls: frames in a row, at their direct-map addresses.
  case setPages(SetPages, PFN, PageCount)
  /// `set_pages_array_uc()` and related calls: single frames, walked one by one.
  case setPagesArray(SetPagesArray, FrameStride)
  /// `set_direct_map_invalid_noflush()` or `..._default_noflush()`: one call for each frame.
  case setDirectMap(SetDirectMap, PFN, PageCount)
  /// `set_direct_map_valid_noflush()`: one call for all frames.
  case setDirectMapValid(PFN, PageCount, Bool)
  /// The CPU reads or writes one byte of each page.
  case touch(Access, Target, PageCount)
  /// An entry is changed behind CPA's back, as KFENCE changes some.
  case poke(Target, EntryPoke)
  /// `vmap()`: an area of 4K entries that shows these frames.
  case vmap(Name, FrameStride, at: VirtualAddress?)
  /// `vmap_page_range()`: an area that shows frames in a row with the largest leaves that fit.
  case vmapPageRange(Name, PFN, PageCount, at: VirtualAddress?)
  /// `vunmap()`: frees an area.
  case vunmap(Name)
  /// What the users of special permissions do.
  case user(UserCall)
  /// What is asked of policies and of the page supply.
  case policy(PolicyCall)
  /// What processes do with their memory.
  case process(ProcessCall)
  /// What only arm64's linear map is asked.
  case linearMap(LinearMapCall)
  /// A function of a real kernel, called by hand: no simulated machine has it.
  case function(FunctionCall)
  /// An experiment: tries to collapse like `set_memory_rox()` does, and changes nothing else. No
  /// kernel has such a call.
  case collapse(Target, PageCount)
  /// `alloc_pages()`: a block of pages for a name; without a node, of the CPU's.
  case allocPages(Name, order: Int, MigrateType, node: Int?, PageTraits = [])
  /// Frees all pages that a name holds; in a softirq, if so asked.
  case freePages(Name, inSoftirq: Bool = false)
  /// `drain_all_pages()`: the pages on the CPU's lists go to the free lists.
  case drainPages
  /// `__free_pages()`: frees a block by its first frame.
  case freePagesAt(PFN, order: Int)
  /// Random requests and releases of several owners: a long life of the machine.
  case age(seed: UInt64, operations: Int)
  /// Single pages of kernel memory for a name, of which this many percent are given back at random.
  case scatter(Name, PageCount, percentFreed: Int, seed: UInt64)

  /// How pages are asked for.
  public struct PageTraits: OptionSet, Sendable {
    /// The bits.
    public var rawValue: UInt8
    /// Creates traits from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Filled with zeros (`__GFP_ZERO`).
    public static let zeroed = PageTraits(rawValue: 1)
    /// By one who may not sleep (GFP_ATOMIC).
    public static let atomic = PageTraits(rawValue: 2)
  }

  /// Where a call begins.
  public enum Target: Equatable, Sendable {
    /// A virtual address.
    case virtual(VirtualAddress)
    /// The direct-map address of a frame.
    case frame(PFN)
    /// A page of an area.
    case area(Name, page: PageCount)
  }

  /// What the CPU does to a page.
  public enum Access: String, Sendable, CaseIterable {
    /// Sets A.
    case read
    /// Sets A and D.
    case write
  }
}

/// What is done to an entry behind CPA's back.
public struct EntryPoke: Equatable, Sendable {
  /// The bits that are set, in the layout of a 4K entry.
  public var set: EntryFlags
  /// The bits that are cleared.
  public var clear: EntryFlags
  /// Whether `flush_tlb_kernel_range()` follows.
  public var flushes: Bool

  /// Creates it.
  public init(set: EntryFlags = [], clear: EntryFlags = [], flushes: Bool = false) {
    self.set = set
    self.clear = clear
    self.flushes = flushes
  }

  /// The bits that can be changed: all that mean the same in entries of every size, and PAT.
  public static let possible: EntryFlags = [
    .present, .writable, .user, .pwt, .pcd, .pat, .accessed, .dirty, .global, .kernel4K, .nx,
  ]
}

/// The calls of the `set_memory_*()` family; raw values complete the name.
public enum SetMemory: String, Sendable, CaseIterable {
  case ro, rw, x, nx, rox, np
  case npNoalias = "np_noalias"
  case p
  case split4K = "4k"
  case global, nonglobal, uc, wc, wt, wb, encrypted, decrypted

  /// The kernel's name of the call. Of write-through it is that of an inner function: no kernel that was
  /// asked has a `set_memory_wt()`.
  public var name: String { self == .wt ? "_set_memory_wt" : "set_memory_\(rawValue)" }
}

/// The calls of the `set_pages_*()` family; raw values complete the name.
public enum SetPages: String, Sendable, CaseIterable {
  case ro, rw, x, nx, uc, wb

  /// The kernel's name of the call.
  public var name: String { "set_pages_\(rawValue)" }

  /// The call it makes at the direct-map address.
  public var setMemory: SetMemory {
    switch self {
    case .ro: .ro
    case .rw: .rw
    case .x: .x
    case .nx: .nx
    case .uc: .uc
    case .wb: .wb
    }
  }
}

/// The calls of the `set_pages_array_*()` family; raw values complete the name.
public enum SetPagesArray: String, Sendable, CaseIterable {
  case uc, wc, wb

  /// The kernel's name of the call.
  public var name: String { "set_pages_array_\(rawValue)" }
}

/// The calls of one page that neither flush nor look for aliases; raw values complete the name.
public enum SetDirectMap: String, Sendable, CaseIterable {
  case invalid
  case `default`

  /// The kernel's name of the call.
  public var name: String { "set_direct_map_\(rawValue)_noflush" }
}

extension Call {
  /// Whether somebody may want to know how far it is, or to stop it, before it is done.
  public var mayBeLong: Bool {
    if case .setMemory(_, _, let pages) = self { return pages > 4096 }
    return true
  }
}
