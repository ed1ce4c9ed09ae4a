/// The instruction set a kernel is built for: what its page tables look like, and which code changes
/// them.
public enum Architecture: String, CaseIterable, Sendable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// 64-bit x86, four levels of tables.
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

  /// The address of frame 0 in the direct map. Source for arm64: asm/memory.h, 6.12, 48 bits.
  @inlinable public static func pageOffset(_ architecture: Architecture) -> VirtualAddress {
    switch architecture {
    case .x86_64: pageOffset
    case .arm64: arm64PageOffset
    }
  }

  /// The room for the direct map.
  public static func directMap(_ architecture: Architecture) -> Range<VirtualAddress> {
    switch architecture {
    case .x86_64: pageOffset..<directMapEnd
    case .arm64: arm64PageOffset..<arm64LinearMapEnd
    }
  }

  /// The addresses that vmalloc gives out.
  public static func vmalloc(_ architecture: Architecture) -> Range<VirtualAddress> {
    switch architecture {
    case .x86_64: vmallocStart..<vmallocEnd
    case .arm64: arm64VmallocStart..<arm64VmallocEnd
    }
  }

  /// The addresses for the text of modules.
  public static func modules(_ architecture: Architecture) -> Range<VirtualAddress> {
    switch architecture {
    case .x86_64: modulesStart..<modulesEnd
    case .arm64: arm64ModulesStart..<arm64VmallocStart
    }
  }
}

extension Machine {
  /// What the machine's kernel is built for.
  public var architecture: Architecture { setup.kernel.architecture }

  /// The direct-map address of a frame (`__va()`); arm64 calls the direct map the linear map.
  @inline(__always)
  public func directMapAddress(of pfn: PFN) -> VirtualAddress {
    setup.directMapAddress(of: pfn)
  }

  /// The addresses of the direct map, from frame 0 to the last one that boot maps.
  public var directMapRange: Range<VirtualAddress> { setup.directMapRange }

  /// The addresses that vmalloc gives out.
  public var vmallocRange: Range<VirtualAddress> { AddressLayout.vmalloc(architecture) }
  /// The addresses for the text of modules.
  public var modulesRange: Range<VirtualAddress> { AddressLayout.modules(architecture) }
}

extension Machine.Setup {
  @inline(__always)
  func directMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(pageOffset.rawValue &+ pfn.rawValue << 12)
  }
}
