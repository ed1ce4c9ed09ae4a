import Engine

/// The runs of two machines over the same addresses, side by side.
struct RunPairs {
  private let a: [LeafRun]
  private let b: [LeafRun]

  init(_ a: [LeafRun], _ b: [LeafRun]) {
    self.a = a
    self.b = b
  }

  /// The first page whose flags differ, in the layout of 4K, and in which.
  func firstDifference() -> (flags: EntryFlags, address: VirtualAddress)? {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      let difference = a[i].flags4K.symmetricDifference(b[j].flags4K)
      if !difference.isEmpty { return (difference, max(a[i].start, b[j].start)) }
      let ends = (a[i].start + a[i].pages, b[j].start + b[j].pages)
      if ends.0 <= ends.1 { i += 1 }
      if ends.1 <= ends.0 { j += 1 }
    }
    return nil
  }

  /// The stretches that are mapped alike, by leaves of the same size with the same flags.
  func alike() -> [Range<VirtualAddress>] {
    var stretches: [Range<VirtualAddress>] = []
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      let ends = (a[i].start + a[i].pages, b[j].start + b[j].pages)
      if a[i].size == b[j].size, a[i].flags == b[j].flags {
        let common = max(a[i].start, b[j].start)..<min(ends.0, ends.1)
        if let last = stretches.last, last.upperBound == common.lowerBound {
          stretches[stretches.count - 1] = last.lowerBound..<common.upperBound
        } else {
          stretches.append(common)
        }
      }
      if ends.0 <= ends.1 { i += 1 }
      if ends.1 <= ends.0 { j += 1 }
    }
    return stretches
  }
}

extension LeafRun {
  /// The flags as a 4K entry has them.
  fileprivate var flags4K: EntryFlags {
    guard let size, size != .size4K else { return flags }
    return flags.largeTo4K
  }
}

extension Machine {
  /// The flags that a page is mapped with, as a 4K entry has them; none where nothing is mapped.
  func flags4K(at address: VirtualAddress) -> EntryFlags {
    guard let leaf = tables.lookup(address) else { return [] }
    return leaf.size == .size4K ? leaf.flags : leaf.flags.largeTo4K
  }
}

extension Call {
  /// Where the pages begin that it names; `nil` where it names none.
  func start(on machine: Machine) -> VirtualAddress? {
    switch self {
    case .setMemory(_, let target, let pages): try? machine.address(of: target, pages)
    case .setPages(_, let pfn, _), .setDirectMap(_, let pfn, _), .setDirectMapValid(let pfn, _, _):
      machine.directMapAddress(of: pfn)
    case .setPagesArray, .touch, .vmap, .vmapPageRange, .vunmap, .user, .policy, .process,
      .linearMap, .collapse, .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter,
      .function:
      nil
    }
  }
}
