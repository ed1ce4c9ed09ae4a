import Engine
import Maps

/// Makes the memory of a kernel as `/proc/kcore` shows it: page tables, and nothing else.
struct SampleCore {
  /// How the tables are shaped.
  struct Form {
    var isArm = false
    var levels = 4
    var pageOffset: UInt64 = 0xffff_8880_0000_0000
    /// The physical address with which arm64's linear map begins.
    var start: UInt64 = 0
    /// The bit of encrypted memory.
    var encryption: UInt64 = 0
    /// Where the tables begin in physical memory.
    var place: UInt64 = 0x10_0000
  }

  private var tables: [[UInt64]] = [[UInt64](repeating: 0, count: 512)]
  private let form: Form
  init(_ form: Form) { self.form = form }

  private var topShift: UInt64 { UInt64(12 + 9 * (form.levels - 1)) }

  /// Puts a leaf in, with the words of the hardware.
  mutating func map(_ run: LeafRun) {
    guard let size = run.size, let first = AddressLayout.directMapFrame(of: run.start) else {
      return
    }
    for index in 0..<run.leafCount {
      let pfn = first.rawValue + index * size.pages.rawValue
      let word =
        form.isArm
        ? armWord(run.flags, size, pfn)
        : run.flags.rawValue & ~(1 << 51) | pfn << 12
          | (run.flags.contains(.encryption) ? form.encryption : 0)
      put(word, form.pageOffset + pfn << 12 - form.start, size.shift)
    }
  }

  private func armWord(_ flags: EntryFlags, _ size: LeafSize, _ pfn: UInt64) -> UInt64 {
    func bit(_ flag: EntryFlags, _ index: UInt64) -> UInt64 {
      flags.contains(flag) ? 1 << index : 0
    }
    return pfn << 12 | bit(.present, 0) | (size == .size4K ? 2 : 0) | 1 << 2
      | (flags.contains(.writable) ? 0 : 1 << 7) | bit(.accessed, 10)
      | (flags.contains(.global) ? 0 : 1 << 11) | bit(.contiguous, 52) | bit(.nx, 53)
  }

  private mutating func put(_ word: UInt64, _ address: UInt64, _ leafShift: UInt64) {
    var table = 0
    var shift = topShift
    while shift > leafShift {
      let index = Int(address >> shift & 511)
      if tables[table][index] == 0 {
        tables.append([UInt64](repeating: 0, count: 512))
        let next = form.place + UInt64(tables.count - 1) * 4096
        tables[table][index] = next | (form.isArm ? 3 : 0x63 | form.encryption)
      }
      table = Int(((tables[table][index] & 0xf_ffff_f000) - form.place) / 4096)
      shift -= 9
    }
    tables[table][Int(address >> shift & 511)] = word
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  /// Puts in what a kernel of x86-64 maps besides: its image, and an area of vmalloc space.
  mutating func mapImage() {
    put(0x1_0000 | 0x163, 0xffff_ffff_8100_0000, 12)
    let vmalloc = form.levels == 5 ? 0xffa0_0000_0000_0000 : form.pageOffset + 65 << 40
    put(0x2_0000 | 1 << 63 | 0x163, vmalloc, 12)
  }

  /// The tables, one behind the other from their physical address on.
  var tableBytes: [UInt8] { tables.flatMap(Self.bytes) }

  private static func bytes(_ table: [UInt64]) -> [UInt8] {
    unsafe table.map(\.littleEndian).withUnsafeBytes { unsafe Array($0) }
  }

  /// The text of VMCOREINFO.
  var info: String {
    let linked: UInt64 = 0xffff_ffff_8000_0000
    let offset: UInt64 = 0x1234_0000
    var info = "OSRELEASE=6.12.117\nPAGESIZE=4096\n"
    if form.isArm {
      info += "SYMBOL(swapper_pg_dir)=\(String(linked &+ form.place, radix: 16))\n"
      info += "NUMBER(kimage_voffset)=0x\(String(linked, radix: 16))\n"
      info += "NUMBER(VA_BITS)=\(form.levels == 4 ? 48 : 39)\n"
      info += "NUMBER(PHYS_OFFSET)=0x\(String(form.start, radix: 16))\n"
    } else {
      info += "SYMBOL(init_top_pgt)=\(String(linked &+ form.place - offset, radix: 16))\n"
      info +=
        "NUMBER(phys_base)=\(offset)\nNUMBER(pgtable_l5_enabled)=\(form.levels == 5 ? 1 : 0)\n"
      info += "NUMBER(sme_mask)=\(form.encryption)\n"
    }
    while info.utf8.count % 4 != 0 { info += "\n" }
    return info
  }

  /// The file.
  ///
  /// - Parameters:
  ///   - table: one that the file does not have.
  ///   - freed: one that lies in a part of the kernel's image that was freed after boot: the image's own
  ///     mapping does not show it any more.
  ///   - ofMonitor: whether it is as the monitor of a virtual machine saves it: without a note, at physical
  ///     addresses.
  func bytes(
    leavingOut table: Int? = nil, freed: Int? = nil, ofMonitor: Bool = false,
  ) -> [UInt8] {
    let info = ofMonitor ? "" : self.info
    let note =
      little(11, 4) + little(UInt64(info.utf8.count), 4) + little(0, 4)
      + Array("VMCOREINFO\0\0".utf8)
      + Array(info.utf8)
    let count = tables.count - (table == nil ? 0 : 1)
    var file = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += little(4, 2) + little(form.isArm ? 183 : 62, 2) + little(1, 4) + little(0, 8)
    file += little(64, 8) + little(0, 8) + little(0, 4) + little(64, 2) + little(56, 2)
    file += little(freed == nil ? 3 : 4, 2) + little(0, 6)
    let contents: UInt64 = 4096
    let notes = contents + UInt64(count + (freed == nil ? 0 : 1)) * 4096
    func header(_ kind: UInt64, _ at: UInt64, _ address: UInt64, _ physical: UInt64, _ size: UInt64)
    {
      file += little(kind, 4) + little(0, 4) + little(at, 8) + little(address, 8)
      file += little(physical, 8) + little(size, 8) + little(size, 8) + little(0, 8)
    }
    header(4, notes, 0, 0, UInt64(note.count))
    let address = ofMonitor ? form.place : form.pageOffset + form.place - form.start
    if ofMonitor {
      header(1, 0, 0, 0, 4096)
    } else {
      // Vmalloc space has no physical address.
      header(1, 0, 0xffff_c900_0000_0000, .max, 1 << 45)
    }
    header(1, contents, address, form.place, UInt64(count) * 4096)
    if let freed {
      // What stands in the file there is 0.
      let place = UInt64(freed) * 4096
      header(
        1, contents + UInt64(count) * 4096, AddressLayout.kernelMap.rawValue + place,
        form.place + place, 4096)
    }
    file += [UInt8](repeating: 0, count: Int(contents) - file.count)
    for table in tables[..<count] { file += Self.bytes(table) }
    if freed != nil { file += [UInt8](repeating: 0, count: 4096) }
    return file + note
  }
}

/// A file in memory.
final class BytesAtPlaces: BytesAtOffsets {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(_ count: Int, at offset: UInt64) -> [UInt8] {
    guard let start = Int(exactly: offset), start < bytes.count else { return [] }
    return Array(bytes[start..<min(bytes.count, start + count)])
  }
}
