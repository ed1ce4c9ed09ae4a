/// A range of a process's addresses (`struct vm_area_struct`) whose pages are all present: mapped by
/// 4K entries, also where they are parts of large folios.
public struct UserRange: Equatable, Sendable {
  /// The name by which calls refer to it; its pages belong to an owner of this name.
  public var name: Name
  /// The address of its first page, below 2^47; with five levels of tables below 2^56.
  public var start: VirtualAddress
  /// Its pages: a multiple of the pages of a folio.
  public var pages: PageCount
  /// Its folios have 2 to the power of this many pages, 0 to 9.
  public var order: UInt8
  /// What its pages are.
  public var traits: Traits

  /// What the pages of a range are.
  public struct Traits: OptionSet, Sendable {
    /// The bits.
    public var rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The pages belong to a file: they stay in the page cache when they are unmapped.
    public static let file = Traits(rawValue: 1)
    /// The process wrote to the pages: D is set in their entries.
    public static let dirty = Traits(rawValue: 2)
  }

  /// Creates a range.
  public init(
    name: Name, start: VirtualAddress, pages: PageCount, order: Int = 0, traits: Traits = [],
  ) {
    self.name = name
    self.start = start
    self.pages = pages
    self.order = UInt8(clamping: order)
    self.traits = traits
  }

  func add(to sum: inout Checksum) {
    name.add(to: &sum)
    sum.add(start.rawValue)
    sum.add(pages.rawValue)
    sum.add(UInt64(order))
    sum.add(UInt64(traits.rawValue))
  }

  /// Its addresses.
  public var addresses: Range<VirtualAddress> { start..<(start + pages) }

  /// Whether its pages belong to a file.
  public var isFile: Bool { traits.contains(.file) }

  /// How many pages a folio of it has.
  public var folioPages: PageCount { PageCount(1 << UInt64(order)) }

  /// The flags of its entries: `P RW US A NX`, and D if it is dirty. Models `vma->vm_page_prot` of a
  /// range that may be read and written, with A as a fault leaves it; those of arm64 are not global
  /// either, and of normal memory.
  func flags(_ architecture: Architecture) -> EntryFlags {
    var flags: EntryFlags = [.present, .writable, .user, .accessed, .nx]
    if architecture == .arm64 { flags.insert(.normalMemory) }
    if traits.contains(.dirty) { flags.insert(.dirty) }
    return flags
  }

  /// The largest order of a folio that 4K entries of one table can map whole: 2M.
  public static let orderLimit = 9

  /// The user addresses from here down are given out (`DEFAULT_MAP_WINDOW`), and never the first 64 KiB
  /// (`mmap_min_addr`). With five levels of tables those who ask for them get higher ones.
  static let windowEnd: VirtualAddress = 0x7fff_ffff_f000
  static let addressStart: VirtualAddress = 0x1_0000
  /// Where ranges without a place begin to be given out, downwards: below the stack, without
  /// randomisation (`mmap_base()`), as a multiple of 2M.
  static let placesEnd: VirtualAddress = 0x7fff_f7e0_0000

  /// All ranges together have no more pages: 32 GiB, for which the simulation needs 64 MiB of page
  /// tables and 128 MiB of page records.
  public static let pagesLimit: PageCount = 8_388_608
}
