/// Where the kernel's own code and data lie in memory. Frames; the high map shows them from
/// `AddressLayout.kernelMap` on.
///
///     text      rodata            data               end
///      ├─ code ─┤gap├─ read-only ─┤gap├─ data, bss ─┤
public struct KernelImage: Equatable, Sendable {
  /// `_text` to `_etext`, the last page whole.
  public var text: Range<PFN>
  /// `__start_rodata` to `__end_rodata`, the last page whole.
  public var rodata: Range<PFN>
  /// `_sdata` to `_brk_end`, the last page whole.
  public var data: Range<PFN>

  /// Creates an image; the three parts must lie in this order.
  public init(text: Range<PFN>, rodata: Range<PFN>, data: Range<PFN>) {
    self.text = text
    self.rodata = rodata
    self.data = data
  }

  /// `_text` to `_brk_end`: the frames that the high map shows.
  public var frames: Range<PFN> { text.lowerBound..<data.upperBound }

  /// `__end_rodata_aligned`: the end of the read-only data, rounded up to 2M.
  public var rodataEndAligned: PFN { rodata.upperBound.alignedUp(to: .size2M) }

  /// The high-map address of a frame.
  public static func highMapAddress(of pfn: PFN) -> VirtualAddress {
    AddressLayout.kernelMap + PageCount(pfn.rawValue)
  }
}
