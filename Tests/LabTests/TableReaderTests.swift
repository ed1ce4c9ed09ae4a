import Engine
import Testing

@testable import Lab

/// Page tables read in memory, as they were written by hand.
@Suite struct TableReaderTests {
  /// Tables by their physical addresses.
  private struct Tables: TableSource {
    var tables: [UInt64: [Int: UInt64]]

    func withTable<Result>(
      at address: UInt64, _ body: (UnsafeBufferPointer<UInt64>) -> Result,
    ) -> Result? {
      guard let entries = tables[address] else { return nil }
      let words = (0..<512).map { entries[$0] ?? 0 }
      return unsafe words.withUnsafeBufferPointer { unsafe body($0) }
    }
  }

  private static let base = AddressLayout.pageOffset
  /// The slot of the direct map in a table of the highest level.
  private static let slot = 273

  private func x86(_ tables: [UInt64: [Int: UInt64]]) -> TableReader<Tables> {
    TableReader(Tables(tables: tables), root: 0x1000, levels: 4, format: .x86)
  }

  @Test func `leaves of all sizes are read, neighbours alike as one`() {
    let large: UInt64 = 0x8000_0000_0000_01e3
    let reader = x86([
      0x1000: [Self.slot: 0x2003],
      0x2000: [0: 0x3003, 1: large | 1 << 30, 2: large | 2 << 30],
      0x3000: [0: 0x4003, 1: large | 1 << 21],
      0x4000: [0: 0x8000_0000_0000_0161, 1: 0x8000_0000_0000_1161, 2: 0x2163],
    ])
    let runs = reader.runs(from: Self.base, pages: PageCount(3 << 18))
    #expect(
      runs == [
        LeafRun(
          start: Self.base, pages: 2, size: .size4K,
          flags: EntryFlags(rawValue: 0x8000_0000_0000_0161)),
        LeafRun(
          start: Self.base + 2, pages: 1, size: .size4K, flags: EntryFlags(rawValue: 0x163)),
        LeafRun(start: Self.base + 3, pages: 509, size: nil, flags: []),
        LeafRun(
          start: Self.base + 512, pages: 512, size: .size2M, flags: EntryFlags(rawValue: large)),
        LeafRun(
          start: Self.base + 1024, pages: PageCount((1 << 18) - 1024), size: nil, flags: []),
        LeafRun(
          start: Self.base + PageCount(1 << 18), pages: PageCount(2 << 18), size: .size1G,
          flags: EntryFlags(rawValue: large)),
      ])
  }

  @Test func `bit 12 of a large leaf is a flag, of a page part of its frame`() {
    #expect(
      TableFormat.x86.meaning(of: 0x20_11e3, .size2M) == .leaf(EntryFlags(rawValue: 0x11e3)))
    #expect(TableFormat.x86.meaning(of: 0x1163, .size4K) == .leaf(EntryFlags(rawValue: 0x163)))
  }

  @Test func `the frame of what is not present is inverted, and its flags are not`() {
    let word: UInt64 = 0x800f_ffff_ffff_e162
    #expect(
      TableFormat.x86.meaning(of: word, .size4K)
        == .leaf(EntryFlags(rawValue: 0x8000_0000_0000_0162)))
  }

  @Test func `five levels have one table more`() {
    var reader = x86([
      0x9000: [Self.slot: 0x1003], 0x1000: [0: 0x2003], 0x2000: [0: 0x1e3 | 1 << 30],
    ])
    reader.root = 0x9000
    reader.levels = 5
    let start = VirtualAddress(0xff11_0000_0000_0000)
    #expect(start.rawValue >> 48 & 511 == 273)
    let runs = reader.runs(from: start, pages: PageCount(1 << 18), shownAs: Self.base)
    #expect(runs.map(\.start) == [Self.base])
    #expect(runs.first?.size == .size1G)
  }

  @Test func `a table outside of memory maps nothing`() {
    let reader = x86([0x1000: [Self.slot: 0xdead_0003]])
    #expect(
      reader.runs(from: Self.base, pages: 8)
        == [LeafRun(start: Self.base, pages: 8, size: nil, flags: [])])
    #expect(reader.physical(Self.base.rawValue) == nil)
  }

  @Test func `an address is found through all levels`() {
    let reader = x86([
      0x1000: [Self.slot: 0x2003], 0x2000: [0: 0x3003, 1: 0x8000_0000_4000_01e3],
      0x3000: [0: 0x4003, 1: 0x60_01e3], 0x4000: [5: 0x7163],
    ])
    let base = Self.base.rawValue
    #expect(reader.physical(base + 0x5123) == 0x7123)
    #expect(reader.physical(base + 0x20_0123) == 0x60_0123)
    #expect(reader.physical(base + 0x4000_5678) == 0x4000_5678)
    #expect(reader.physical(base + 0x6000) == nil)
  }

  @Test func `a descriptor of arm64 is what its writer makes of the flags`() {
    let format = ArmDescriptor.Format(
      isTagged: false, isDirty: false, marksInvalid: false, hasLPA2: false)
    let flags: [EntryFlags] = [
      .arm64PageKernel, .arm64PageKernel.subtracting(.writable),
      .arm64PageKernel.union(.contiguous), .arm64PageKernel.subtracting(.nx),
    ]
    for flags in flags {
      for size in [LeafSize.size4K, .size2M] {
        let word = ArmDescriptor(Entry(0x40000, flags), size, format).word
        #expect(TableFormat.arm64.meaning(of: word, size) == .leaf(flags))
      }
    }
    #expect(TableFormat.arm64.meaning(of: 0x4000_0003, .size2M) == .table(0x4000_0000))
  }

  @Test func `memory above the hole of a PC goes on where the lower part ends`() throws {
    let memory = try GuestMemory.make(size: 3 << 30, .x86)
    #expect(memory.offset(of: 0x1000, count: 8) == 0x1000)
    #expect(memory.offset(of: 0x8000_0000, count: 8) == nil)
    #expect(memory.offset(of: 1 << 32, count: 8) == 0x8000_0000)
    #expect(memory.offset(of: (1 << 32) + (1 << 30), count: 8) == nil)
    #expect(memory.offset(of: (1 << 32) + (1 << 30) - 8, count: 16) == nil)
    let arm = try GuestMemory.make(size: 1 << 30, .arm64)
    #expect(arm.offset(of: 0, count: 8) == nil && arm.offset(of: 1 << 30, count: 8) == 0)
  }

  @Test func `memory goes back to a copy of it, also where it was never written before`() throws {
    let memory = try GuestMemory.make(size: 64 << 20, .x86)
    #expect(memory.write([1, 2, 3], at: 0x5000))
    let copy = try memory.copy()
    #expect(copy.bytes == 4096)
    #expect(memory.write([9], at: 0x5008) && memory.write([7], at: 0x2_0000))
    memory.restore(copy)
    #expect(memory.word(at: 0x5008) == 2 && memory.word(at: 0x2_0000) == 0)
  }
}
