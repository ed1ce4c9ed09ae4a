/// The instruction set a kernel is built for: what its page tables look like, and which code changes
/// them.
public enum Architecture: String, CaseIterable, Sendable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// 64-bit x86, with four levels of tables or five.
  case x86_64 = "x86-64"
  /// 64-bit Arm, pages of 4K, four levels of tables.
  case arm64
}

extension AddressLayout {
  /// arm64: the address of frame 0 in the linear map (PAGE_OFFSET). Only with `memstart_addr` 0, one
  /// of the places in steps of 1G that randomisation may choose; no leaf size depends on it.
  public static let arm64PageOffset: VirtualAddress = 0xffff_0000_0000_0000
  /// arm64: the end of the room for the linear map (PAGE_END).
  public static let arm64LinearMapEnd: VirtualAddress = 0xffff_8000_0000_0000
  /// arm64: the first frame that the linear map has no room for: 64 TiB of its 128 are used here.
  public static let arm64FrameLimit: PFN = 0x4_0000_0000
  /// arm64: the module area (MODULES_VADDR), 2 GiB, where the room for the linear map ends.
  static let arm64ModulesStart: VirtualAddress = 0xffff_8000_0000_0000
  /// arm64: the first address of vmalloc space, where the module area ends.
  static let arm64VmallocStart: VirtualAddress = 0xffff_8000_8000_0000
  /// arm64: the end of the part of vmalloc space that is given out here, 8 TiB of 123.
  static let arm64VmallocEnd: VirtualAddress = 0xffff_8800_8000_0000

  /// arm64 with 48 bits of virtual address. Source: asm/memory.h, 6.12.
  public static let arm64 = AddressLayout(
    hasFiveLevels: false, kernelStart: arm64PageOffset,
    directMap: arm64PageOffset..<arm64LinearMapEnd,
    vmalloc: arm64VmallocStart..<arm64VmallocEnd, modules: arm64ModulesStart..<arm64VmallocStart,
    vmemmap: 0xffff_fc00_0000_0000)
}

extension Machine {
  /// What the machine's kernel is built for.
  public var architecture: Architecture { setup.kernel.architecture }

  /// Where the parts of its address space are.
  public var layout: AddressLayout { setup.layout }

  /// The direct-map address of a frame (`__va()`); arm64 calls the direct map the linear map.
  @inline(__always)
  public func directMapAddress(of pfn: PFN) -> VirtualAddress {
    setup.directMapAddress(of: pfn)
  }

  /// The addresses of the direct map, from frame 0 to the last one that boot maps.
  public var directMapRange: Range<VirtualAddress> { setup.directMapRange }

  /// The addresses that vmalloc gives out.
  public var vmallocRange: Range<VirtualAddress> { setup.layout.vmalloc }
  /// The addresses for the text of modules.
  public var modulesRange: Range<VirtualAddress> { setup.layout.modules }
}

extension Machine.Setup {
  @inline(__always)
  func directMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(pageOffset.rawValue &+ pfn.rawValue << 12)
  }
}
