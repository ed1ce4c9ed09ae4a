/// Where the parts of the kernel's half of the address space are, without address randomisation. A machine
/// has one of three: x86-64 with four levels of tables or with five (`cpu la57`), or arm64.
///
///     four levels         five levels
///     ffff8880 00000000   ff110000 00000000   direct map, 64T or 32P    PAGE_OFFSET
///     ffffc900 00000000   ffa00000 00000000   vmalloc, 32T or 12.5P     VMALLOC_START
///     ffffea00 00000000   ffd40000 00000000   page descriptors          VMEMMAP_START
///     ffffffff 80000000   the same            kernel image              __START_KERNEL_map
///     ffffffff c0000000   the same            modules
///
/// Source: Documentation/arch/x86/x86_64/mm.rst and asm/pgtable_64_types.h, 6.12. With address
/// randomisation the bases move by multiples of 1G, so no leaf size depends on it.
///
/// The constants without a prefix are those of x86-64 with four levels. The rooms for direct maps share
/// no address, nor do those of vmalloc space; so an address alone says which part it is in.
public struct AddressLayout: Equatable, Sendable {
  /// Whether there are five levels of tables on x86-64: one more, of 512G entries, below the root.
  public let hasFiveLevels: Bool
  /// The first address of the kernel's half of the address space.
  public let kernelStart: VirtualAddress
  /// The room for the direct map, which arm64 calls the linear map. Frame 0 is at its start.
  public let directMap: Range<VirtualAddress>
  /// The addresses that vmalloc gives out.
  public let vmalloc: Range<VirtualAddress>
  /// The addresses for the text of modules.
  public let modules: Range<VirtualAddress>
  /// Where the array of page descriptors begins: that of frame 0 (`vmemmap_base`, VMEMMAP_START).
  public let vmemmap: VirtualAddress

  /// The address of frame 0 in the direct map.
  public var pageOffset: VirtualAddress { directMap.lowerBound }

  /// x86-64 with four levels of tables.
  public static let x86 = AddressLayout(
    hasFiveLevels: false, kernelStart: 0xffff_8000_0000_0000, directMap: pageOffset..<directMapEnd,
    vmalloc: vmallocStart..<vmallocEnd,
    modules: modulesStart..<modulesEnd, vmemmap: 0xffff_ea00_0000_0000)
  /// x86-64 with five levels of tables.
  public static let x86FiveLevels = AddressLayout(
    hasFiveLevels: true, kernelStart: 0xff00_0000_0000_0000,
    directMap: fiveLevelPageOffset..<fiveLevelDirectMapEnd,
    vmalloc: 0xffa0_0000_0000_0000..<0xffd2_0000_0000_0000, modules: modulesStart..<modulesEnd,
    vmemmap: 0xffd4_0000_0000_0000)
  /// All layouts.
  public static let all = [x86, x86FiveLevels, arm64]

  /// The layout of an architecture.
  ///
  /// - Parameter hasFiveLevels: whether an x86-64 kernel uses five levels of tables
  ///   (`pgtable_l5_enabled()`).
  public init(_ architecture: Architecture, hasFiveLevels: Bool = false) {
    switch architecture {
    case .x86_64: self = hasFiveLevels ? .x86FiveLevels : .x86
    case .arm64: self = .arm64
    }
  }

  /// The layout of x86-64 that has an address of the kernel's half; with four levels if both do.
  public static func x86(having address: VirtualAddress) -> AddressLayout {
    address.needsFiveLevels ? .x86FiveLevels : .x86
  }

  init(
    hasFiveLevels: Bool, kernelStart: VirtualAddress, directMap: Range<VirtualAddress>,
    vmalloc: Range<VirtualAddress>, modules: Range<VirtualAddress>, vmemmap: VirtualAddress,
  ) {
    self.kernelStart = kernelStart
    self.hasFiveLevels = hasFiveLevels
    self.directMap = directMap
    self.vmalloc = vmalloc
    self.modules = modules
    self.vmemmap = vmemmap
  }

  /// The address of a frame in the direct map. Models `__va()`.
  public func directMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(pageOffset.rawValue &+ pfn.rawValue << 12)
  }

  /// The end of the addresses of processes; the last page of them is never used (`TASK_SIZE_MAX`).
  public var userEnd: VirtualAddress {
    hasFiveLevels ? 0x0100_0000_0000_0000 : 0x8000_0000_0000
  }

  /// The end of the pages that a process can have.
  var userPagesEnd: VirtualAddress { VirtualAddress(userEnd.rawValue - 4096) }

  /// Whether the upper bits of an address are all equal, as the CPU demands: 17 with four levels, 8 with
  /// five.
  public func isCanonical(_ address: VirtualAddress) -> Bool {
    hasFiveLevels ? address.isCanonicalWithFiveLevels : address.isCanonical
  }
}

extension AddressLayout {
  /// The direct-map address of frame 0.
  public static let pageOffset: VirtualAddress = 0xffff_8880_0000_0000
  /// The end of the room for the direct map.
  public static let directMapEnd: VirtualAddress = 0xffff_c880_0000_0000
  /// The largest frame number, exclusive, that is simulated: 64 TiB, as much as four levels have room
  /// for. With five levels the kernel can map 4 PiB (`MAX_PHYSMEM_BITS` 52).
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
  /// The direct-map address of frame 0 with five levels.
  public static let fiveLevelPageOffset: VirtualAddress = 0xff11_0000_0000_0000
  /// The end of the room for the direct map with five levels.
  public static let fiveLevelDirectMapEnd: VirtualAddress = 0xff91_0000_0000_0000

  /// The direct-map address of a frame on x86-64 with four levels. Models `__va()`.
  @inlinable public static func directMapAddress(of pfn: PFN) -> VirtualAddress {
    VirtualAddress(pageOffset.rawValue &+ pfn.rawValue << 12)
  }

  /// The frame that a direct-map address stands for, or `nil` outside the rooms for direct maps, which
  /// share no address.
  @inlinable public static func directMapFrame(of address: VirtualAddress) -> PFN? {
    if address >= pageOffset, address < directMapEnd {
      return PFN((address.rawValue &- pageOffset.rawValue) >> 12)
    }
    if address >= arm64PageOffset, address < arm64LinearMapEnd {
      return PFN((address.rawValue &- arm64PageOffset.rawValue) >> 12)
    }
    guard address >= fiveLevelPageOffset, address < fiveLevelDirectMapEnd else { return nil }
    return PFN((address.rawValue &- fiveLevelPageOffset.rawValue) >> 12)
  }
}
