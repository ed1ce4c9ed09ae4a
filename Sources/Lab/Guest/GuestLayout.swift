import Engine

/// Where a guest's kernel has its tables and its areas. Addresses of the guest become those of a machine
/// here, which has as many levels, by adding a difference, which is 0 without randomisation.
public struct GuestLayout: Sendable {
  /// The physical address of the kernel's first table.
  public let root: UInt64
  /// How many levels of tables there are.
  public let levels: Int
  /// The address of frame 0 in the guest's direct map. On arm64 it is asked of the kernel.
  var pageOffset: UInt64
  /// The first address of its vmalloc space. On arm64 it depends on the version.
  public internal(set) var vmallocStart: UInt64
  /// Where its array of `struct page` begins: that of frame 0. 64 bytes each. On arm64 it is asked of the
  /// kernel.
  var memoryMap: UInt64
  /// What is added to the address of a symbol to get its physical address.
  private let imageOffset: UInt64
  /// Where a machine here has the parts of its address space.
  let own: AddressLayout

  init(
    _ symbols: Symbols, _ facts: GuestFacts, _ architecture: GuestArchitecture, _ qemu: QEMU,
  ) throws(LabError) {
    func address(_ name: String) throws(LabError) -> UInt64 {
      guard let address = symbols.address(of: name) else { throw .noSymbol(name) }
      return address
    }
    func value(_ name: String, or usual: UInt64) throws(LabError) -> UInt64 {
      guard let address = symbols.address(of: name) else { return usual }
      return try qemu.debugger.word(at: address)
    }
    own = AddressLayout(architecture.name, hasFiveLevels: facts.hasFiveLevels)
    switch architecture.name {
    case .x86_64:
      let physBase = try value("phys_base", or: 0)
      imageOffset = 0 &- AddressLayout.kernelMap.rawValue &+ physBase
      root = try address("init_top_pgt") &+ imageOffset
      levels = facts.hasFiveLevels ? 5 : 4
      pageOffset = try value("page_offset_base", or: own.pageOffset.rawValue)
      vmallocStart = try value("vmalloc_base", or: own.vmalloc.lowerBound.rawValue)
      memoryMap = try value("vmemmap_base", or: own.vmemmap.rawValue)
    case .arm64:
      // Kernels need not list their variables; the processor knows where its tables are.
      root = try qemu.debugger.systemRegister("TTBR1_EL1") & 0x0000_ffff_ffff_f000
      let reader = TableReader(qemu.memory, root: root, levels: 4, format: architecture.format)
      let function = try address(architecture.yield)
      guard let physical = reader.physical(function) else { throw .notUnderstood("page tables") }
      imageOffset = physical &- function
      pageOffset = 0
      levels = 4
      vmallocStart = 0xffff_8000_8000_0000
      memoryMap = 0
    }
  }

  /// The physical address of something in the kernel image.
  func physical(ofImage address: UInt64) -> UInt64? { address &+ imageOffset }

  /// The physical address of something in the direct map.
  func physical(ofDirect address: UInt64) -> UInt64 { address &- pageOffset }

  /// The guest's address of a frame in its direct map.
  public func direct(_ pfn: PFN) -> UInt64 { pageOffset &+ pfn.rawValue << 12 }

  /// The guest's `struct page` of a frame.
  func page(_ pfn: PFN) -> UInt64 { memoryMap &+ pfn.rawValue &* 64 }

  /// The frame of a `struct page`.
  func frame(ofPage address: UInt64) -> PFN { PFN((address &- memoryMap) / 64) }

  /// The guest's address of one of a machine here.
  func guestAddress(of address: VirtualAddress) -> UInt64 {
    if let pfn = AddressLayout.directMapFrame(of: address) {
      return direct(pfn) &+ address.rawValue & 0xfff
    }
    return address.rawValue &- own.vmalloc.lowerBound.rawValue &+ vmallocStart
  }

  /// The address here of one of the guest's vmalloc space.
  func areaAddress(of address: UInt64) -> VirtualAddress {
    VirtualAddress(address &- vmallocStart &+ own.vmalloc.lowerBound.rawValue)
  }
}
