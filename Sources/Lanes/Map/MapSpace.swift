import Engine

/// A part of the address space that the panels can show, as pages numbered from its start.
public enum MapSpace: String, CaseIterable, Sendable {
  /// The direct map, arm64's linear map: page n is frame n.
  case direct
  /// What `vmalloc()` and `vmap()` give out.
  case vmalloc
  /// The text of modules.
  case modules
  /// The memory of the process, in page tables of its own.
  case process

  /// Its name in titles; that of the direct map goes without saying.
  package var title: String {
    switch self {
    case .direct: ""
    case .vmalloc: "vmalloc, "
    case .modules: "modules, "
    case .process: "process, "
    }
  }

  /// Its name in sentences.
  package func words(_ architecture: Architecture) -> String {
    switch self {
    case .direct: architecture == .arm64 ? "the linear map" : "the direct map"
    case .vmalloc: "vmalloc space"
    case .modules: "the module area"
    case .process: "the memory of the process"
    }
  }

  /// Its addresses.
  package func range(_ machine: Machine) -> Range<VirtualAddress> {
    switch self {
    case .direct: machine.directMapRange
    case .vmalloc: machine.vmallocRange
    case .modules: machine.modulesRange
    case .process: 0..<machine.layout.userEnd
    }
  }

  /// How many of its pages the panels can show, whole 1G slots: all RAM, or up to the last area.
  func shownPages(_ machine: Machine) -> UInt64 {
    let range = range(machine)
    let slot = LeafSize.size1G.pages.rawValue
    var end = range.upperBound - range.lowerBound
    if self != .direct {
      let last = stretches(machine).map(\.upperBound).max()
      end = min(end, (last ?? range.lowerBound) - range.lowerBound)
    }
    return max(slot, (end.rawValue + slot - 1) / slot * slot)
  }

  /// The stretches of it that are in use, by rising address, guard pages included.
  ///
  /// - Parameter withFreed: whether areas count that are freed and wait for a flush.
  package func stretches(_ machine: Machine, withFreed: Bool = true) -> [Range<VirtualAddress>] {
    let range = range(machine)
    if self == .process { return machine.userRanges.map(\.range.addresses) }
    let areas = machine.areas.live + (withFreed ? machine.areas.lazilyFreed : [])
    return areas.map(\.reserved).filter { range.contains($0.lowerBound) }
  }

  /// The page of an address, if it lies in the space.
  package func page(of address: VirtualAddress, _ machine: Machine) -> PFN? {
    let range = range(machine)
    guard range.contains(address) else { return nil }
    return PFN((address - range.lowerBound).rawValue)
  }

  /// The address of a page.
  package func address(of page: PFN, _ machine: Machine) -> VirtualAddress {
    range(machine).lowerBound + PageCount(page.rawValue)
  }
}

extension Machine {
  /// The page tables that map an address: the kernel's, in the lower half those of the process.
  package func tables(for address: VirtualAddress) -> PageTables {
    address.rawValue >> 63 == 0 ? userTables : tables
  }

  /// The frame behind an address, if one is mapped there.
  package func frame(at address: VirtualAddress) -> PFN? {
    tables(for: address).frame(at: address)
  }
}
