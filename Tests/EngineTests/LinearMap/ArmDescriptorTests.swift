import Engine
import Testing

/// Descriptors by hand from asm/pgtable-hwdef.h, as recorded.
@Suite struct ArmDescriptorTests {
  private static let linear = ArmDescriptor.Format(
    isTagged: true, isDirty: true, marksInvalid: true, hasLPA2: false)
  private static let image = ArmDescriptor.Format(
    isTagged: false, isDirty: true, marksInvalid: true, hasLPA2: false)
  private static let plain = ArmDescriptor.Format(
    isTagged: true, isDirty: false, marksInvalid: false, hasLPA2: true)

  @Test(
    arguments: [
      // PAGE_KERNEL: DIRTY UXN PXN DBM, AF, inner shareable, MT_NORMAL_TAGGED, page, valid.
      (.arm64PageKernel, .size4K, linear, 0x00e8_0000_8000_0707),
      // The same as a block of a contiguous group.
      (EntryFlags.arm64PageKernel.union(.contiguous), .size2M, linear, 0x00f8_0000_8000_0705),
      // The kernel image, read-only: DBM goes, AP[2] comes, and it has no tags.
      (
        EntryFlags.arm64PageKernel.subtracting(.writable), .size4K, image,
        0x00e0_0000_8000_0783
      ),
      // Executable text: PXN goes, UXN stays.
      ([.present, .accessed, .global], .size4K, image, 0x00c0_0000_8000_0783),
      // Page-table isolation.
      (EntryFlags.arm64PageKernel.subtracting(.global), .size2M, linear, 0x00e8_0000_8000_0f05),
      // Not valid: all else stays, and bit 11 says that there is a page.
      (
        EntryFlags.arm64PageKernel.subtracting(.present), .size4K, linear,
        0x00e8_0000_8000_0f06
      ),
      // A kernel that marks neither, on a CPU with FEAT_LPA2.
      (
        EntryFlags.arm64PageKernel.subtracting(.present), .size4K, plain,
        0x0068_0000_8000_0406
      ),
    ] as [(EntryFlags, LeafSize, ArmDescriptor.Format, UInt64)])
  func `has the bits of the hardware`(
    flags: EntryFlags, size: LeafSize, format: ArmDescriptor.Format, word: UInt64,
  ) {
    let descriptor = ArmDescriptor(Entry(0x80000, flags), size, format)
    #expect(descriptor.word == word, "\(String(descriptor.word, radix: 16))")
  }

  @Test func `names what is set`() {
    func names(_ flags: EntryFlags, _ size: LeafSize) -> [String] {
      ArmDescriptor(Entry(0x80000, flags), size, Self.linear).names
    }
    let common = ["DIRTY", "UXN", "PXN", "DBM"]
    #expect(
      names(.arm64PageKernel, .size4K)
        == common + ["AF", "SH=3", "AttrIndx=1", "TYPE", "VALID"])
    #expect(names(.arm64PageKernel, .size2M) == common + ["AF", "SH=3", "AttrIndx=1", "VALID"])
    let invalid = EntryFlags.arm64PageKernel.subtracting(.present)
    #expect(names(invalid, .size4K) == common + ["nG", "AF", "SH=3", "AttrIndx=1", "TYPE"])
    let bits = ArmDescriptor.fields.reduce(UInt64(0)) { $0 | (1 << $1.width - 1) << $1.shift }
    #expect(bits & 0x000f_ffff_ffff_f000 == 1 << 51)
  }
}
