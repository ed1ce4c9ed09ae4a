import Engine

extension RunPairs {
  /// The first page whose flags differ, in the layout of 4K, and in which.
  func firstDifference() -> (flags: EntryFlags, address: VirtualAddress)? {
    for pair in self {
      let difference = (pair.a?.flags4K ?? []).symmetricDifference(pair.b?.flags4K ?? [])
      if !difference.isEmpty { return (difference, pair.start) }
    }
    return nil
  }

  /// The stretches that are mapped alike, by leaves of the same size with the same flags.
  func alike() -> [Range<VirtualAddress>] {
    var stretches: [Range<VirtualAddress>] = []
    for pair in self where pair.a?.size == pair.b?.size && pair.a?.flags == pair.b?.flags {
      let end = pair.start + pair.pages
      if let last = stretches.last, last.upperBound == pair.start {
        stretches[stretches.count - 1] = last.lowerBound..<end
      } else {
        stretches.append(pair.start..<end)
      }
    }
    return stretches
  }
}

extension Machine {
  /// The flags that a page is mapped with, as a 4K entry has them; none where nothing is mapped.
  func flags4K(at address: VirtualAddress) -> EntryFlags {
    guard let leaf = tables.lookup(address) else { return [] }
    return leaf.flags4K
  }
}

extension Call {
  /// Where the pages begin that it names; `nil` where it names none.
  func start(on machine: Machine) -> VirtualAddress? {
    switch self {
    case .setMemory(_, let target, let pages): try? machine.address(of: target, pages)
    case .setPages(_, let pfn, _), .setDirectMap(_, let pfn, _), .setDirectMapValid(let pfn, _, _):
      machine.directMapAddress(of: pfn)
    case .setPagesArray, .touch, .poke, .vmap, .vmapPageRange, .vunmap, .user, .policy, .process,
      .linearMap, .collapse, .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter,
      .function:
      nil
    }
  }
}
