import Engine
import Testing

/// Descriptors by hand from asm/pgtable-hwdef.h.
@Suite struct ArmDescriptorTests {
  @Test(
    arguments: [
      // PAGE_KERNEL: UXN PXN DBM, AF, inner shareable, MT_NORMAL, page, valid.
      (.arm64PageKernel, .size4K, 0x0068_0000_8000_0703),
      // The same as a block of a contiguous group.
      (EntryFlags.arm64PageKernel.union(.contiguous), .size2M, 0x0078_0000_8000_0701),
      // Read-only: DBM goes, AP[2] comes.
      (EntryFlags.arm64PageKernel.subtracting(.writable), .size4K, 0x0060_0000_8000_0783),
      // Executable text: PXN goes, UXN stays.
      ([.present, .accessed, .global], .size4K, 0x0040_0000_8000_0783),
      // Not valid: all else stays.
      (EntryFlags.arm64PageKernel.subtracting(.present), .size4K, 0x0068_0000_8000_0702),
    ] as [(EntryFlags, LeafSize, UInt64)])
  func `has the bits of the hardware`(flags: EntryFlags, size: LeafSize, word: UInt64) {
    let descriptor = ArmDescriptor(Entry(0x80000, flags), size)
    #expect(descriptor.word == word, "\(String(descriptor.word, radix: 16))")
  }

  @Test func `names what is set`() {
    let descriptor = ArmDescriptor(Entry(0x80000, .arm64PageKernel), .size4K)
    #expect(descriptor.names == ["UXN", "PXN", "DBM", "AF", "SH=3", "TYPE", "VALID"])
    let block = ArmDescriptor(Entry(0x80000, .arm64PageKernel), .size2M)
    #expect(block.names == ["UXN", "PXN", "DBM", "AF", "SH=3", "VALID"])
    let invalid = ArmDescriptor(
      Entry(0x80000, EntryFlags.arm64PageKernel.subtracting(.present)), .size4K)
    #expect(invalid.names == ["UXN", "PXN", "DBM", "AF", "SH=3", "TYPE"])
    let bits = ArmDescriptor.fields.reduce(UInt64(0)) { $0 | (1 << $1.width - 1) << $1.shift }
    #expect(bits & 0x000f_ffff_ffff_f000 == 1 << 51)
  }
}
