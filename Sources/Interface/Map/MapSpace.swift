import Engine

/// A part of the address space that the panels can show, as pages numbered from its start.
public enum MapSpace: String, CaseIterable, Sendable {
  /// The direct map, arm64's linear map: page n is frame n.
  case direct
  /// What `vmalloc()` and `vmap()` give out.
  case vmalloc
  /// The text of modules.
  case modules

  /// Its name in titles; that of the direct map goes without saying.
  var title: String {
    switch self {
    case .direct: ""
    case .vmalloc: "vmalloc, "
    case .modules: "modules, "
    }
  }

  /// Its name in sentences.
  func words(_ architecture: Architecture) -> String {
    switch self {
    case .direct: architecture == .arm64 ? "the linear map" : "the direct map"
    case .vmalloc: "vmalloc space"
    case .modules: "the module area"
    }
  }

  /// Its addresses.
  func range(_ machine: Machine) -> Range<VirtualAddress> {
    switch self {
    case .direct: machine.directMapRange
    case .vmalloc: machine.vmallocRange
    case .modules: machine.modulesRange
    }
  }

  /// How many of its pages the panels can show, whole 1G slots: all RAM, or up to the last area.
  func shownPages(_ machine: Machine) -> UInt64 {
    let range = range(machine)
    let slot = LeafSize.size1G.pages.rawValue
    var end = range.upperBound - range.lowerBound
    if self != .direct {
      let areas = machine.areas.live + machine.areas.lazilyFreed
      let last = areas.lazy.filter { range.contains($0.start) }.map(\.reserved.upperBound).max()
      end = min(end, (last ?? range.lowerBound) - range.lowerBound)
    }
    return max(slot, (end.rawValue + slot - 1) / slot * slot)
  }

  /// The page of an address, if it lies in the space.
  func page(of address: VirtualAddress, _ machine: Machine) -> PFN? {
    let range = range(machine)
    guard range.contains(address) else { return nil }
    return PFN((address - range.lowerBound).rawValue)
  }

  /// The address of a page.
  func address(of page: PFN, _ machine: Machine) -> VirtualAddress {
    range(machine).lowerBound + PageCount(page.rawValue)
  }
}

extension Machine {
  /// The frame behind an address, if one is mapped there.
  func frame(at address: VirtualAddress) -> PFN? {
    guard let leaf = tables.lookup(address) else { return nil }
    return leaf.pfn + (address - address.alignedDown(to: leaf.size))
  }
}
