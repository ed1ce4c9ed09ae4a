/// Where things lie in the kernel's half of the address space: four levels, no randomisation. The
/// constants without a prefix are those of x86-64; `Architecture` has those of arm64.
///
///     ffff8880 00000000  direct map, 64T     PAGE_OFFSET
///     ffffc900 00000000  vmalloc, 32T        VMALLOC_START
///     ffffffff 80000000  kernel image        __START_KERNEL_map
///     ffffffff c0000000  modules
///
/// Source: Documentation/arch/x86/x86_64/mm.rst and asm/pgtable_64_types.h, 6.12. With address
/// randomisation the bases move by multiples of 1G, so no leaf size depends on it.
public enum AddressLayout {
  /// The direct-map address of frame 0.
  public static let pageOffset: VirtualAddress = 0xffff_8880_0000_0000
  /// The end of the room for the direct map.
  public static let directMapEnd: VirtualAddress = 0xffff_c880_0000_0000
  /// The largest frame number, exclusive, that the direct map has room for: 64 TiB.
  public static let pfnLimit: PFN = 0x4_0000_0000
  /// The first address of the vmalloc area.
  public static let vmallocStart: VirtualAddress = 0xffff_c900_0000_0000
  /// The end of the vmalloc area.
  public static let vmallocEnd: VirtualAddress = 0xffff_e900_0000_0000
  /// The high map: second mapping of the kernel image; physical address 0 would be here.
  public static let kernelMap: VirtualAddress = 0xffff_ffff_8000_0000
  /// The end of the window for the kernel image, 1 GiB in kernels that can randomise its address,
  /// and the start of the module area.
  public static let modulesStart: VirtualAddress = 0xffff_ffff_c000_0000
  /// The end of the module area.
  public static let modulesEnd: VirtualAddress = 0xffff_ffff_ff00_0000

  /// The direct-map address of a frame on x86-64. Models `__va()`.
  @inlinable public static func directMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(pageOffset.rawValue &+ pfn.rawValue << 12)
  }

  /// The frame that a direct-map address stands for, or `nil` outside the room for it. The rooms of
  /// the two architectures share no address.
  @inlinable public static func directMapFrame(of address: VirtualAddress) -> PFN? {
    if address >= pageOffset, address < directMapEnd {
      return PFN((address.rawValue &- pageOffset.rawValue) >> 12)
    }
    guard address >= arm64PageOffset, address < arm64LinearMapEnd else { return nil }
    return PFN((address.rawValue &- arm64PageOffset.rawValue) >> 12)
  }
}
