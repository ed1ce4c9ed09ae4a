/// The zones of a node, by what devices can reach (`enum zone_type`).
public enum ZoneKind: UInt8, CaseIterable, Sendable {
  /// Below 16 MiB: old devices.
  case dma
  /// Below 4 GiB: devices with 32 address bits.
  case dma32
  /// All the rest.
  case normal

  /// The name that `/proc/buddyinfo` shows.
  public var name: String {
    switch self {
    case .dma: "DMA"
    case .dma32: "DMA32"
    case .normal: "Normal"
    }
  }

  /// The frames of the zone. Source: `arch_zone_limits_init()`, arch/x86/mm/init.c.
  public var frames: Range<PFN> {
    switch self {
    case .dma: 0..<0x1000
    case .dma32: 0x1000..<0x10_0000
    case .normal: 0x10_0000..<AddressLayout.pfnLimit
    }
  }
}

/// A zone of a node: where it lies, and how much of it there is.
public struct Zone: Equatable, Sendable {
  /// The node.
  public var node: Int
  /// Which zone of the node.
  public var kind: ZoneKind
  /// The first frame to behind the last, holes included (`zone_start_pfn`, `spanned_pages`).
  public var span: Range<PFN>
  /// The pages of RAM (`present_pages`).
  public var present: PageCount

  /// The part of the higher zones' pages that is kept back, `sysctl_lowmem_reserve_ratio`: 1/256.
  static let reserveRatio: UInt64 = 256
}
