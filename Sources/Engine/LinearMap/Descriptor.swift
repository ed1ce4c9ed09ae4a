/// A leaf of arm64 as the hardware has it: the 64-bit word of a page or block descriptor, stage 1, 4K
/// granule. Inside, entries of both architectures keep their flags in the same places; this is where
/// those of arm64 get their own.
///
///     55    54  53  52   51  50..48 47..12 11 10 9..8 7      6    5  4..2     1    0
///     DIRTY UXN PXN CONT DBM        frame  nG AF SH   RDONLY USER NS AttrIndx PAGE VALID
///
/// Source: asm/pgtable-hwdef.h and asm/pgtable-prot.h, 6.12. DBM is the kernel's PTE_WRITE, DIRTY a bit
/// of software.
public struct Descriptor: Equatable, Sendable {
  /// The word.
  public var word: UInt64

  /// The descriptor of a leaf of a size. Memory is MT_NORMAL (AttrIndx 0) and inner shareable.
  public init(_ leaf: PageTables.Leaf) {
    let flags = leaf.flags
    var word = leaf.pfn.rawValue << 12
    func set(_ bit: UInt64, _ isSet: Bool) { if isSet { word |= 1 << bit } }
    set(0, flags.contains(.present))
    set(1, leaf.size == .size4K)
    set(6, flags.contains(.user))
    set(7, !flags.contains(.writable))
    word |= 3 << 8
    set(10, flags.contains(.accessed))
    set(11, !flags.contains(.global))
    set(51, flags.contains(.writable))
    set(52, flags.contains(.contiguous))
    set(53, flags.contains(.nx))
    // The kernel's own text is never executable for users.
    set(54, true)
    set(55, flags.contains(.dirty))
    self.word = word
  }
}
