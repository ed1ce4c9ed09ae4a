/// Something to look for in the direct map.
public enum MapSearch: Equatable, Sendable {
  /// Leaves of a permission class.
  case permission(PermissionClass)
  /// Leaves of a size.
  case size(LeafSize)
  /// Leaves that have all of these bits, in 4K layout.
  case has(EntryFlags)
  /// Leaves that lack any of these bits, in 4K layout.
  case lacks(EntryFlags)
  /// Pages that a name holds.
  case owner(Name)
  /// One frame, wherever the search begins.
  case frame(PFN)
  /// The frame that an address shows, wherever the search begins.
  case address(VirtualAddress)
  /// Entries that differ from most of their table.
  case oddOneOut
}

extension MapSearch {
  /// The first frame of the next stretch of what is looked for: behind the stretch that holds a frame,
  /// or, going back, before the frame. `nil` if there is none.
  ///
  /// Large leaves, holes and free blocks are passed as a whole.
  public func next(after pfn: PFN, forwards: Bool = true, in machine: Machine) -> PFN? {
    switch self {
    case .frame(let pfn): return machine.memory.contains(pfn) ? pfn : nil
    case .address(let address): return machine.tables.frame(at: address)
    case .oddOneOut: return machine.nextOddOneOut(after: pfn, forwards: forwards)?.pfn
    case .owner(let name):
      return machine.physical.nextBlocks(of: name, after: pfn, forwards: forwards)
    case .permission(let wanted):
      return machine.nextStretch(after: pfn, forwards) { PermissionClass($0) == wanted }
    case .size(let wanted):
      return machine.nextStretch(after: pfn, forwards) { $0.size == wanted }
    case .has(let flags):
      return machine.nextStretch(after: pfn, forwards) {
        $0.size != nil && $0.flags4K.isSuperset(of: flags)
      }
    case .lacks(let flags):
      return machine.nextStretch(after: pfn, forwards) {
        $0.size != nil && !$0.flags4K.isSuperset(of: flags)
      }
    }
  }
}

extension LeafRun {
  /// The flags in 4K layout, in which leaves of all sizes can be compared.
  public var flags4K: EntryFlags {
    guard let size, size != .size4K else { return flags }
    return flags.largeTo4K
  }
}

extension Machine {
  /// How many frames are read in one piece: 64 GiB, a small part of a machine with large leaves and a
  /// lot where all is split.
  private static let chunk: UInt64 = 64 * LeafSize.size1G.pages.rawValue

  /// The first frame of the next stretch of runs with a property.
  fileprivate func nextStretch(
    after pfn: PFN, _ forwards: Bool, _ isWanted: (LeafRun) -> Bool,
  ) -> PFN? {
    forwards ? stretch(behind: pfn, isWanted) : stretch(before: pfn, isWanted)
  }

  private func stretch(behind pfn: PFN, _ isWanted: (LeafRun) -> Bool) -> PFN? {
    let end = memory.end.rawValue
    var start = pfn.rawValue
    var isInside: Bool?
    var runs: [LeafRun] = []
    while start < end {
      let stop = min(end, (start / Self.chunk + 1) * Self.chunk)
      let address = directMapAddress(of: PFN(start))
      runs.removeAll(keepingCapacity: true)
      tables.readRuns(from: address, pages: PageCount(stop - start), into: &runs)
      for run in runs {
        let isHit = isWanted(run)
        if isHit, isInside == false { return AddressLayout.directMapFrame(of: run.start) }
        isInside = isHit
      }
      start = stop
    }
    return nil
  }

  private func stretch(before pfn: PFN, _ isWanted: (LeafRun) -> Bool) -> PFN? {
    var end = min(pfn.rawValue, memory.end.rawValue)
    var found: PFN?
    var runs: [LeafRun] = []
    while end > 0 {
      let start = (end - 1) / Self.chunk * Self.chunk
      let address = directMapAddress(of: PFN(start))
      runs.removeAll(keepingCapacity: true)
      tables.readRuns(from: address, pages: PageCount(end - start), into: &runs)
      for run in runs.reversed() {
        if isWanted(run) {
          found = AddressLayout.directMapFrame(of: run.start)
        } else if found != nil {
          return found
        }
      }
      end = start
    }
    return found
  }
}

extension PhysicalMemory {
  /// The first frame of the next blocks in a row that a name holds.
  fileprivate func nextBlocks(of name: Name, after pfn: PFN, forwards: Bool) -> PFN? {
    guard isKnown, let owner = owner(named: name) else { return nil }
    var starts: [PFN] = []
    var end: PFN?
    for block in blocks(of: owner) {
      if block.first != end { starts.append(block.first) }
      end = block.first + block.pages
    }
    return forwards ? starts.first { $0 > pfn } : starts.last { $0 < pfn }
  }
}
