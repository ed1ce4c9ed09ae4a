import Engine

/// What one table of a kernel maps of the direct map, in the order of its addresses.
struct TableParts: Equatable {
  /// A part of what it maps.
  enum Part: Equatable {
    /// Leaves of one size and with the same flags, of which the frames follow from the addresses.
    case leaves(LeafRun)
    /// A lower table: its physical address, the address bits that one of its entries covers, and the
    /// first address.
    case table(UInt64, shift: UInt64, start: UInt64)
  }

  private(set) var parts: [Part] = []
  /// Whether an entry maps another frame than its address has: then this is no table of the direct map
  /// any more, and its page is used for something else.
  private(set) var isForeign = false

  private let layout: CoreLayout

  static func == (a: TableParts, b: TableParts) -> Bool { a.parts == b.parts }

  /// Reads the entries of a table.
  ///
  /// - Parameters:
  ///   - bytes: the 4096 bytes of it.
  ///   - shift: the address bits that an entry covers.
  ///   - start: the first address.
  init(_ bytes: [UInt8], _ shift: UInt64, at start: UInt64, _ layout: CoreLayout) {
    self.layout = layout
    let span: UInt64 = 1 << shift
    let isX86Top = layout.architecture == .x86_64 && shift == layout.topShift
    let end = layout.end
    unsafe bytes.withUnsafeBytes { bytes in
      func entry(_ index: Int) -> UInt64 {
        UInt64(
          littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      let count = min(512, bytes.count / 8)
      // The lower half of x86's top table is the user's.
      var next = isX86Top ? 256 : 0
      while next < count {
        let index = next
        let word = entry(index)
        next += 1
        if word == 0 { continue }
        let offset = UInt64(isX86Top ? index - 256 : index) << shift
        let address = isX86Top ? (~0 << (layout.topShift + 8)) &+ offset : start &+ offset
        guard address >= layout.pageOffset & ~(span - 1), address < end else { continue }
        if let size = LeafSize(coveringBits: shift), isLeaf(word, size) {
          let room = take(word, size, address)
          guard room > 0 else { continue }
          // Most tables are long runs of which only the frames differ.
          let last = min(count, next + Int(clamping: min(room, (end - 1 - address) >> shift)))
          while next < last, entry(next) == word &+ UInt64(next - index) << shift { next += 1 }
          extend(by: PageCount(UInt64(next - index - 1) << (shift - 12)))
        } else if word & 1 != 0, shift > 12 {
          let table = word & CoreLayout.addressMask & ~layout.encryption
          parts.append(.table(table, shift: shift - 9, start: address))
        }
      }
    }
  }

  /// Whether an entry maps memory itself. One that is not present maps no table here: it is a leaf that
  /// was taken away.
  private func isLeaf(_ entry: UInt64, _ size: LeafSize) -> Bool {
    if size == .size4K || entry & 1 == 0 { return true }
    return layout.architecture == .arm64 ? entry & 2 == 0 : entry & 0x80 != 0
  }

  /// Takes a leaf.
  ///
  /// - Returns: how many leaves may follow it of which the entries differ in the frame alone; 0 where that is
  ///   not known.
  private mutating func take(_ entry: UInt64, _ size: LeafSize, _ address: UInt64) -> UInt64 {
    guard address >= layout.pageOffset else { return 0 }
    let page = (address &- layout.pageOffset &+ layout.start) >> 12
    let count = size.pages.rawValue
    // In a damaged file a leaf may lie anywhere.
    let limit = AddressLayout.pfnLimit.rawValue
    guard page < limit - count, page % count == 0 else { return 0 }
    var room: UInt64 = 0
    if entry & 1 != 0 {
      let mask = CoreLayout.addressMask & ~layout.encryption & ~(count << 12 - 1)
      // The highest bits of arm64 may hold flags.
      if (entry & mask) >> 12 & (limit - 1) != page {
        isForeign = true
      } else {
        room = (limit - count - 1 - page) / count
      }
    }
    let flags = layout.architecture == .arm64 ? Self.arm64(entry) : x86(entry, size)
    let start = VirtualAddress(
      AddressLayout(layout.architecture).pageOffset.rawValue + page << 12)
    if case .leaves(var last)? = parts.last, last.size == size, last.flags == flags,
      last.start + last.pages == start
    {
      last.pages += size.pages
      parts[parts.count - 1] = .leaves(last)
    } else {
      parts.append(.leaves(LeafRun(start: start, pages: size.pages, size: size, flags: flags)))
    }
    return room
  }

  /// Makes the run that was taken last longer.
  private mutating func extend(by pages: PageCount) {
    guard pages > 0, case .leaves(var last)? = parts.last else { return }
    last.pages += pages
    parts[parts.count - 1] = .leaves(last)
  }

  private func x86(_ entry: UInt64, _ size: LeafSize) -> EntryFlags {
    var word = entry & ~CoreLayout.addressMask
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
    // Bit 11 of what is invalid says that it was valid; that it is global is not lost.
    set(entry >> 11 & 1 == 0 || entry & 1 == 0, .global)
    set(entry >> 52 & 1 != 0, .contiguous)
    set(entry >> 53 & 1 != 0, .nx)
    return flags
  }
}

/// Leaves of many tables put together, by rising address.
struct LeafList {
  private(set) var leaves: [LeafRun] = []

  /// Adds leaves; what lies below those before, as in a damaged file, is left out.
  mutating func add(_ run: LeafRun) {
    guard let last = leaves.last else { return leaves.append(run) }
    let end = last.start + last.pages
    guard run.start >= end else { return }
    if run.start == end, last.size == run.size, last.flags == run.flags {
      leaves[leaves.count - 1].pages += run.pages
    } else {
      leaves.append(run)
    }
  }
}

extension LeafSize {
  /// The size of the leaves in a table of which an entry covers this many address bits.
  fileprivate init?(coveringBits bits: UInt64) {
    switch bits {
    case 12: self = .size4K
    case 21: self = .size2M
    case 30: self = .size1G
    default: return nil
    }
  }
}
