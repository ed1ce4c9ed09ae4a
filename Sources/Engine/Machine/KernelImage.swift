/// Where the kernel's own code and data lie in memory. Frames; the high map shows them from
/// `textStart` on.
///
///     text      rodata            data           initmem   bss          brk
///      ├─ code ─┤gap├─ read-only ─┤gap├─ data ────┼─ freed ─┼──────────────┤
public struct KernelImage: Equatable, Sendable {
  /// `_text` to `_etext`, the last page whole.
  public var text: Range<PFN>
  /// `__start_rodata` to `__end_rodata`, the last page whole.
  public var rodata: Range<PFN>
  /// `_sdata` to `_brk_end`, the last page whole.
  public var data: Range<PFN>
  /// `__init_begin` to `__init_end`: freed when boot ends. `nil` if not known.
  public var initmem: Range<PFN>?
  /// `__bss_start` to `__bss_stop`. `nil` if not known.
  public var bss: Range<PFN>?

  /// Creates an image; the three parts must lie in this order.
  public init(text: Range<PFN>, rodata: Range<PFN>, data: Range<PFN>) {
    self.text = text
    self.rodata = rodata
    self.data = data
  }

  /// The address of `_text` without address randomisation (`__START_KERNEL`).
  public static let textStart: VirtualAddress = 0xffff_ffff_8100_0000
  /// What the boot code takes from the brk area at the least: its first page tables.
  /// Models `early_alloc_pgt_buf()`, arch/x86/mm/init.c.
  public static let brkPages: PageCount = 12

  /// The frames that the high map shows: `_text` to `_brk_end`, rounded up to 2M.
  /// Models `highmap_start_pfn()` and `highmap_end_pfn()`, arch/x86/mm/pat/set_memory.c.
  public var frames: Range<PFN> {
    text.lowerBound..<max(data.upperBound.alignedUp(to: .size2M), text.lowerBound)
  }

  /// `__end_rodata_aligned`: the end of the read-only data, rounded up to 2M.
  public var rodataEndAligned: PFN { rodata.upperBound.alignedUp(to: .size2M) }

  /// How far the image lies above where it was linked to run, in pages (`phys_base`).
  public var physBase: PageCount {
    let linked = Self.textStart - AddressLayout.kernelMap
    return text.lowerBound.rawValue > linked.rawValue ? text.lowerBound - (PFN(0) + linked) : 0
  }

  /// The high-map address of a frame of the image.
  @inlinable public func highMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(AddressLayout.kernelMap.rawValue &+ ((pfn.rawValue &- physBase.rawValue) << 12))
  }

  /// The frame that a high-map address stands for. Models `__pa_symbol()`.
  @inlinable public func frame(ofHighMap address: VirtualAddress) -> PFN {
    PFN(((address.rawValue &- AddressLayout.kernelMap.rawValue) >> 12) &+ physBase.rawValue)
  }
}

extension KernelImage {
  /// The addresses at which the high map shows the image.
  var highMapRange: Range<VirtualAddress> {
    highMapAddress(of: frames.lowerBound)..<highMapAddress(of: frames.upperBound)
  }

  /// The image that `/proc/iomem` shows: `Kernel code`, `rodata`, `data` and `bss`.
  ///
  /// The init sections lie somewhere between data and bss, which no line tells; they are taken to
  /// fill the room. The brk area follows bss.
  public init(
    code: Range<PFN>, rodata: Range<PFN>, data: Range<PFN>, bss: Range<PFN>?,
  ) {
    let end = (bss ?? data).upperBound + Self.brkPages
    self.init(text: code, rodata: rodata, data: data.lowerBound..<max(end, data.upperBound))
    guard let bss, data.upperBound <= bss.lowerBound else { return }
    self.bss = bss
    initmem = data.upperBound..<bss.lowerBound
  }
}
