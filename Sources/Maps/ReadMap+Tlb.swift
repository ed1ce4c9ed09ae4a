public import Engine
import KernelText

extension ReadMap {
  /// Reads what the command `info tlb` of QEMU's monitor prints for an x86-64 guest: every present entry of
  /// the tables that the processor uses, by rising address. Lines of other forms, such as the prompt, are
  /// left out.
  ///
  ///     ffff888000200000: 0000000000200000 XGPDA---W
  ///
  /// Source: target/i386/monitor.c, `print_pte()`, QEMU 7.2.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(tlb source: any ByteSource, progress: WorkProgress? = nil) throws {
    self.init(.tables, .x86_64)
    var lines = LineStream(source)
    var list = LeafList()
    var last: TLBEntry?
    var offset: UInt64?
    while try lines.advanceReadably() {
      if lines.number % 65_536 == 0, progress?.isStopped == true { break }
      guard let entry = TLBEntry(lines.content), entry.address >> 63 == 1 else { continue }
      // The direct map is the first part of the kernel's half in which frames follow addresses.
      if offset == nil {
        let start = entry.address &- entry.physical
        guard start & 0x3fff_ffff == 0 else { continue }
        offset = start
      }
      if let last { Self.add(last, upTo: entry.address, offset, &list) }
      last = entry
    }
    if let last { Self.add(last, upTo: .max, offset, &list) }
    leaves = list.leaves
    base = offset
    if leaves.isEmpty {
      throw KernelTextError.missing("line such as `ffff888000200000: 0000000000200000 XGPDA---W`")
    }
    if let base, base != usualLayout.pageOffset.rawValue {
      notes.append(.randomised(base: base))
    }
    notes.append(.presentOnly)
  }

  /// Adds an entry of the direct map; others are left out.
  private static func add(
    _ entry: TLBEntry, upTo next: UInt64, _ offset: UInt64?, _ list: inout LeafList,
  ) {
    guard let offset, entry.address &- entry.physical == offset,
      entry.physical >> 12 < AddressLayout.pfnLimit.rawValue - LeafSize.size1G.pages.rawValue
    else { return }
    let size = entry.size(upTo: next)
    let pages = size.pages.rawValue
    guard (entry.physical >> 12).isMultiple(of: pages) else { return }
    var flags = entry.flags
    if size == .size4K { flags = flags.subtracting(.pse) }
    list.add(
      LeafRun(
        start: AddressLayout.directMapAddress(of: PFN(entry.physical >> 12)),
        pages: PageCount(pages), size: size, flags: flags))
  }
}

/// A line of `info tlb`.
struct TLBEntry {
  let address: UInt64
  let physical: UInt64
  /// Its flags; of a 4K entry, P shows PAT.
  let flags: EntryFlags

  /// Reads a line; `nil` for any other.
  init?(_ bytes: ArraySlice<UInt8>) {
    var words = ByteWords(bytes)
    guard let first = words.next(), first.count == 17, first.last == UInt8(ascii: ":"),
      let address = UInt64(hex: first.dropLast()), let second = words.next(), second.count == 16,
      let physical = UInt64(hex: second), let letters = words.next(), letters.count == 9,
      words.next() == nil, address & 4095 == 0, physical & 4095 == 0
    else { return nil }
    let known: [(UInt8, EntryFlags)] = [
      (UInt8(ascii: "X"), .nx), (UInt8(ascii: "G"), .global), (UInt8(ascii: "P"), .pse),
      (UInt8(ascii: "D"), .dirty), (UInt8(ascii: "A"), .accessed), (UInt8(ascii: "C"), .pcd),
      (UInt8(ascii: "T"), .pwt), (UInt8(ascii: "U"), .user), (UInt8(ascii: "W"), .writable),
    ]
    var flags: EntryFlags = .present
    for (letter, entry) in zip(letters, known) {
      if letter == entry.0 {
        flags.formUnion(entry.1)
      } else if letter != UInt8(ascii: "-") {
        return nil
      }
    }
    self.address = address
    self.physical = physical
    self.flags = flags
  }

  /// The size of the leaf: the text does not tell it, but where the next one begins.
  func size(upTo next: UInt64) -> LeafSize {
    let room = next > address ? next - address : 0
    guard flags.contains(.pse), physical & 0x1f_ffff == 0, room >= 0x20_0000 else {
      return .size4K
    }
    let mayBe1G = (address | physical) & 0x3fff_ffff == 0 && room >= 0x4000_0000
    return mayBe1G ? .size1G : .size2M
  }
}
