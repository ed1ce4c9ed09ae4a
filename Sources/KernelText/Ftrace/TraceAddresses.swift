public import Engine

/// Where the traced machine had its direct map and its page descriptors. Both move when the kernel
/// randomises addresses.
public struct TraceAddresses: Equatable, Sendable {
  /// `page_offset_base`: the direct-map address of frame 0.
  public var pageOffset: VirtualAddress
  /// `vmemmap_base`: the address of the descriptor of frame 0.
  public var vmemmap: VirtualAddress

  /// The bytes of a `struct page`.
  public static let descriptorBytes: UInt64 = 64

  /// Creates a layout; without arguments that of four levels and no randomisation.
  public init(
    pageOffset: VirtualAddress = AddressLayout.pageOffset,
    vmemmap: VirtualAddress = AddressLayout.x86.vmemmap,
  ) {
    self.pageOffset = pageOffset
    self.vmemmap = vmemmap
  }

  /// Where a layout has them, without randomisation.
  public init(_ layout: AddressLayout) {
    self.init(pageOffset: layout.pageOffset, vmemmap: layout.vmemmap)
  }

  /// The frame whose descriptor is at an address; `nil` if there is none.
  public func frame(ofDescriptor address: UInt64) -> PFN? {
    guard address >= vmemmap.rawValue else { return nil }
    let offset = address - vmemmap.rawValue
    guard offset % Self.descriptorBytes == 0 else { return nil }
    let pfn = PFN(offset / Self.descriptorBytes)
    return pfn < AddressLayout.pfnLimit ? pfn : nil
  }

  /// The frame that a direct-map address stands for; `nil` for other addresses.
  public func directMapFrame(of address: VirtualAddress) -> PFN? {
    let limit = AddressLayout.pfnLimit.rawValue << 12
    guard address >= pageOffset, address.rawValue - pageOffset.rawValue < limit else { return nil }
    return PFN((address.rawValue - pageOffset.rawValue) >> 12)
  }
}
