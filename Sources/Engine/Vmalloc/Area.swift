/// A stretch of vmalloc or module addresses. A guard page follows it.
public struct Area: Equatable, Sendable {
  /// The name by which calls refer to it.
  public var name: Name
  /// The address of its first page.
  public var start: VirtualAddress
  /// Its pages, the guard page not counted.
  public var pages: PageCount
  /// Who made it.
  public var kind: Kind
  /// What becomes of its pages.
  public var flags: Flags
  /// How many of its pages, the last ones, nobody asked for: 0 to 511. An area of 2M blocks is rounded
  /// up to whole ones.
  public var unused: UInt16

  /// Who made an area; only its maker's counterpart frees it.
  public enum Kind: UInt8, Sendable {
    /// `vmap()` or `vmap_page_range()`: it shows frames that belong to others.
    case vmap
    /// `vmalloc()`.
    case vmalloc
    /// A module, or a part of one.
    case module
    /// A trampoline of ftrace.
    case ftrace
    /// A page of kprobe slots.
    case kprobe
    /// A BPF program of its own.
    case bpf
    /// A pack that BPF programs share.
    case progPack
    /// A block of the cache of read-only executable memory.
    case roxBlock
    /// `execmem_alloc()`.
    case execmem
    /// `ioremap()`: it shows memory of a device.
    case ioremap
    /// The array of page pointers of the area of the same name, where it is longer than a page
    /// (`vm_struct.pages`). No call names it.
    case pageArray
  }

  /// What becomes of an area's pages.
  public struct Flags: OptionSet, Sendable {
    /// The bits; not those of the kernel.
    public var rawValue: UInt8
    /// Creates flags from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The pages were allocated for the area and are freed with it.
    public static let ownsPages = Flags(rawValue: 1)
    /// VM_FLUSH_RESET_PERMS: before the pages are freed, they leave the direct map and come back.
    public static let resetsPermissions = Flags(rawValue: 2)
    /// VM_GROUP_PAGES of April 2021: its permissions will change, so its pages should lie together.
    public static let group = Flags(rawValue: 4)
    /// Its pages are not in the direct map, so a change of permissions looks for no alias.
    public static let hasNoAlias = Flags(rawValue: 8)
    /// No area at all: a page of memfd_secret.
    public static let secret = Flags(rawValue: 16)
    /// VM_ALLOW_HUGE_VMAP, 0x400, which the caller gives (5.18 and later); or VM_HUGE_PAGES, 0x100,
    /// which the patch of April 2020 gives an area of 2M blocks.
    public static let huge = Flags(rawValue: 32)
  }

  /// Creates an area.
  public init(
    name: Name, start: VirtualAddress, pages: PageCount, kind: Kind = .vmap, flags: Flags = [],
    unused: UInt16 = 0,
  ) {
    self.name = name
    self.start = start
    self.pages = pages
    self.kind = kind
    self.flags = flags
    self.unused = unused
  }

  /// The pages that were asked for.
  public var asked: PageCount { pages - PageCount(UInt64(unused)) }

  func add(to sum: inout Checksum) {
    name.add(to: &sum)
    sum.add(start.rawValue)
    sum.add(pages.rawValue)
    sum.add(UInt64(kind.rawValue))
    sum.add(UInt64(flags.rawValue))
    sum.add(UInt64(unused))
  }

  /// Its addresses with the guard page: what it takes from the address space, and what a flush of
  /// the freed area covers.
  public var reserved: Range<VirtualAddress> { start..<(start + pages + 1) }
}
