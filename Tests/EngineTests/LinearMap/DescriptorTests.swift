import Engine
import Testing

/// Words put together by hand from the bits of asm/pgtable-hwdef.h.
@Suite struct DescriptorTests {
  private static func word(_ flags: EntryFlags, _ size: LeafSize, pfn: PFN = 0x140000) -> UInt64 {
    Descriptor(PageTables.Leaf(entry: Entry(pfn, flags), size: size)).word
  }

  @Test func `PAGE_KERNEL is the word of the hardware`() {
    // UXN PXN DBM, frame, AF, inner shareable, page, valid.
    #expect(Self.word(.arm64PageKernel, .size4K) == 0x0068_0001_4000_0703)
    // A block is no page; a group of sixteen has CONT.
    #expect(Self.word(.arm64PageKernel, .size2M) == 0x0068_0001_4000_0701)
    #expect(
      Self.word(.arm64PageKernel.union(.contiguous), .size4K) == 0x0078_0001_4000_0703)
  }

  @Test func `read-only sets RDONLY and takes DBM, executable takes PXN, invalid takes VALID`() {
    let kernel = EntryFlags.arm64PageKernel
    #expect(Self.word(kernel.subtracting(.writable), .size4K) == 0x0060_0001_4000_0783)
    #expect(
      Self.word(kernel.subtracting([.writable, .nx]), .size4K) == 0x0040_0001_4000_0783)
    #expect(Self.word(kernel.subtracting(.present), .size4K) == 0x0068_0001_4000_0702)
  }
}
