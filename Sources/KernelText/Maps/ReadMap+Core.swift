public import Engine

extension ReadMap {
  /// Reads the page tables from the memory of a kernel. Nothing is read but the headers of the file and
  /// the tables.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(core bytes: any BytesAtOffsets, progress: WorkProgress? = nil) throws {
    let file = try CoreFile(bytes)
    let layout = try CoreLayout(file)
    self.init(.tables, layout.architecture)
    var walk = TableWalk(file, layout, progress)
    try walk.read()
    leaves = walk.leaves
    base = layout.pageOffset
    if layout.architecture == .x86_64, layout.pageOffset != AddressLayout.pageOffset.rawValue {
      notes.append(.randomised(base: layout.pageOffset))
    }
    if walk.unread > 0 { notes.append(.unreadTables(walk.unread, first: walk.firstUnread)) }
    if leaves.isEmpty { throw KernelTextError.missing("leaf of the direct map") }
  }
}

/// Where the page tables of a kernel begin, and what they map.
private struct CoreLayout {
  var architecture: Architecture
  /// The physical address of the top table.
  var root: UInt64
  /// The address bits that an entry of the top table covers.
  var topShift: UInt64
  /// The kernel's address of physical address `start`.
  var pageOffset: UInt64
  /// The physical address with which the direct map begins.
  var start: UInt64 = 0
  /// The bit that says that memory is encrypted.
  var encryption: UInt64 = 0

  init(_ file: CoreFile) throws {
    if let size = file.value("PAGESIZE"), size != 4096 {
      throw KernelTextError.tooLarge(
        "this kernel has pages of \(size) bytes; only those of 4096 bytes are simulated")
    }
    switch file.processor {
    case .x86:
      architecture = .x86_64
      guard let table = file.symbol("init_top_pgt") ?? file.symbol("swapper_pg_dir") else {
        throw Self.lacking("SYMBOL(init_top_pgt)")
      }
      let physBase = UInt64(bitPattern: file.value("NUMBER(phys_base)") ?? 0)
      root = table &- AddressLayout.kernelMap.rawValue &+ physBase
      let hasFive = file.value("NUMBER(pgtable_l5_enabled)") == 1
      topShift = hasFive ? 48 : 39
      encryption = UInt64(bitPattern: file.value("NUMBER(sme_mask)") ?? 0)
      guard
        let segment = file.segments.first(where: {
          $0.address < AddressLayout.kernelMap.rawValue && $0.address >> 63 == 1
        }), let physical = segment.physical
      else { throw Self.lacking("piece of the direct map") }
      pageOffset = segment.address &- physical
    case .arm64:
      architecture = .arm64
      guard let table = file.symbol("swapper_pg_dir"),
        let offset = file.value("NUMBER(kimage_voffset)")
      else { throw Self.lacking("SYMBOL(swapper_pg_dir) and NUMBER(kimage_voffset)") }
      root = table &- UInt64(bitPattern: offset)
      let bits =
        file.value("NUMBER(TCR_EL1_T1SZ)").map { 64 &- $0 } ?? file.value("NUMBER(VA_BITS)") ?? 48
      guard bits == 48 || bits == 39 else {
        throw KernelTextError.tooLarge(
          "this kernel has addresses of \(bits) bits; 39 and 48 are read")
      }
      topShift = bits == 48 ? 39 : 30
      pageOffset = ~0 << UInt64(bits)
      start = UInt64(bitPattern: file.value("NUMBER(PHYS_OFFSET)") ?? 0)
    }
    root &= 0x000f_ffff_ffff_f000
  }

  private static func lacking(_ what: String) -> KernelTextError {
    .tooLarge(
      "the file has no \(what) in its note VMCOREINFO, so its page tables cannot be found; give /proc/kcore "
        + "of Linux 4.19 or later, or a vmcore of kexec")
  }
}

/// Goes over the tables of the direct map.
private struct TableWalk {
  private let file: CoreFile
  private let layout: CoreLayout
  private let progress: WorkProgress?
  private(set) var leaves: [LeafRun] = []
  /// The tables that the file does not have.
  private(set) var unread = 0
  private(set) var firstUnread: UInt64 = 0
  private var tables: UInt64 = 0
  /// The page behind the last leaf.
  private var nextPage: UInt64 = 0

  private static let addressMask: UInt64 = 0x000f_ffff_ffff_f000
  /// There are no more tables than pages in the file: each is read once.
  private let tablesMax: UInt64

  init(_ file: CoreFile, _ layout: CoreLayout, _ progress: WorkProgress?) {
    self.file = file
    self.layout = layout
    tablesMax = file.pages
    self.progress = progress
  }

  mutating func read() throws { try read(layout.root, layout.topShift, at: topStart) }

  /// The first address that the top table covers.
  private var topStart: UInt64 {
    layout.architecture == .x86_64
      ? ~0 << (layout.topShift + 9) : layout.pageOffset
  }

  /// The end of the direct map: 64 TiB, or what arm64 has room for.
  private var end: UInt64 {
    let limit = AddressLayout.pfnLimit.rawValue << 12
    let half = layout.architecture == .arm64 ? 1 << (layout.topShift + 8) : limit
    let (end, isBeyond) = layout.pageOffset.addingReportingOverflow(min(limit, half))
    return isBeyond ? .max : end
  }

  private mutating func read(_ table: UInt64, _ shift: UInt64, at start: UInt64) throws {
    guard progress?.isStopped != true else { return }
    guard let bytes = try file.table(at: table) else {
      if unread == 0 { firstUnread = table }
      unread += 1
      return
    }
    tables += 1
    guard tables <= tablesMax else {
      throw KernelTextError.tooLarge("the tables lead in circles; is the file damaged?")
    }
    let span: UInt64 = 1 << shift
    let isX86Top = layout.architecture == .x86_64 && shift == layout.topShift
    for index in 0..<512 {
      // The lower half of x86's top table is the user's.
      if isX86Top, index < 256 { continue }
      let offset = UInt64(isX86Top ? index - 256 : index) << shift
      let address = isX86Top ? (~0 << (layout.topShift + 8)) &+ offset : start &+ offset
      guard address >= layout.pageOffset & ~(span - 1), address < end else { continue }
      let entry = CoreFile.number(bytes, index * 8, 8)
      if entry == 0 { continue }
      if let size = LeafSize(coveringBits: shift), isLeaf(entry, size) {
        take(entry, size, address)
      } else if entry & 1 != 0, shift > 12 {
        let next = entry & Self.addressMask & ~layout.encryption
        try read(next, shift - 9, at: address)
      }
    }
  }

  /// Whether an entry maps memory itself. One that is not present maps no table here: it is a leaf that
  /// was taken away.
  private func isLeaf(_ entry: UInt64, _ size: LeafSize) -> Bool {
    if size == .size4K || entry & 1 == 0 { return true }
    return layout.architecture == .arm64 ? entry & 2 == 0 : entry & 0x80 != 0
  }

  private mutating func take(_ entry: UInt64, _ size: LeafSize, _ address: UInt64) {
    guard address >= layout.pageOffset else { return }
    let page = (address &- layout.pageOffset &+ layout.start) >> 12
    // In a damaged file a leaf may lie anywhere.
    guard page < AddressLayout.pfnLimit.rawValue - size.pages.rawValue, page >= nextPage,
      page % size.pages.rawValue == 0
    else { return }
    nextPage = page + size.pages.rawValue
    let flags = layout.architecture == .arm64 ? Self.arm64(entry) : x86(entry, size)
    let start = VirtualAddress(
      AddressLayout.pageOffset(layout.architecture).rawValue + page << 12)
    if let last = leaves.last, last.size == size, last.flags == flags,
      last.start + last.pages == start
    {
      leaves[leaves.count - 1].pages += size.pages
    } else {
      leaves.append(LeafRun(start: start, pages: size.pages, size: size, flags: flags))
    }
  }

  private func x86(_ entry: UInt64, _ size: LeafSize) -> EntryFlags {
    var word = entry & ~Self.addressMask
    if size != .size4K, entry & 1 != 0 { word |= entry & 0x1000 }
    var flags = EntryFlags(rawValue: word)
    if layout.encryption != 0, entry & layout.encryption != 0 { flags.formUnion(.encryption) }
    return flags
  }

  /// The flags of a descriptor. Source: asm/pgtable-hwdef.h, 6.12.
  private static func arm64(_ entry: UInt64) -> EntryFlags {
    var flags: EntryFlags = .normalMemory
    func set(_ isSet: Bool, _ flag: EntryFlags) { if isSet { flags.formUnion(flag) } }
    set(entry & 1 != 0, .present)
    set(entry >> 2 & 7 > 1, .pcd)
    set(entry >> 6 & 1 != 0, .user)
    set(entry >> 7 & 1 == 0, .writable)
    set(entry >> 10 & 1 != 0, .accessed)
    set(entry >> 11 & 1 == 0, .global)
    set(entry >> 52 & 1 != 0, .contiguous)
    set(entry >> 53 & 1 != 0, .nx)
    return flags
  }
}

extension LeafSize {
  /// The size of the leaves in a table of which an entry covers so many address bits.
  fileprivate init?(coveringBits bits: UInt64) {
    switch bits {
    case 12: self = .size4K
    case 21: self = .size2M
    case 30: self = .size1G
    default: return nil
    }
  }
}
