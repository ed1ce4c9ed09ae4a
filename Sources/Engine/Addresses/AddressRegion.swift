/// The parts of the address space that entries lie in.
public enum AddressRegion: UInt8, CaseIterable, Sendable {
  /// The direct map, which arm64 calls the linear map. It is the first.
  case directMap
  /// Where vmalloc space is.
  case vmalloc
  /// Where modules and BPF programs lie.
  case modules
  /// The high map: the second mapping of the kernel image (x86-64).
  case kernelImage
  /// The addresses of processes.
  case user
  /// Anything else of the kernel's half.
  case other

  /// The part that an address lies in. The parts of the layouts share no address.
  public init(of address: VirtualAddress) {
    if AddressLayout.directMapFrame(of: address) != nil {
      self = .directMap
    } else if address.rawValue >> 63 == 0 {
      self = .user
    } else if AddressLayout.kernelMap <= address, address < AddressLayout.modulesStart {
      self = .kernelImage
    } else {
      let isIn = { (part: KeyPath<AddressLayout, Range<VirtualAddress>>) in
        AddressLayout.all.contains { $0[keyPath: part].contains(address) }
      }
      self = isIn(\.vmalloc) ? .vmalloc : isIn(\.modules) ? .modules : .other
    }
  }
}
