import Engine

// Areas whose pages the kernel chose: what their leaves are is read from its tables.

extension LabState {
  /// What a call did to the areas of the machine.
  func areaEvents(of call: Call, on machine: Machine) -> [Event] {
    switch call {
    case .user(.vmalloc(let name, let pages, let options)):
      guard let address = calls.areas[name] else { return [] }
      let start = calls.guest.layout.areaAddress(of: address)
      let leaves = calls.guest.area(start, pages: LeafSize.size2M.pages.roundedUp(pages))
      // An area of 2M blocks is rounded up to whole ones.
      let isLarge = options.allowsHuge && leaves.first?.size == .size2M
      let total = isLarge ? LeafSize.size2M.pages.roundedUp(pages) : pages
      let area = Area(
        name: name, start: start, pages: total, kind: .vmalloc,
        flags: options.allowsHuge ? [.ownsPages, .huge] : .ownsPages,
        unused: UInt16((total - pages).rawValue))
      return [.vmalloc(.added(area))] + fills(of: area).map { .mapped($0) }
    case .user(.vfree(let name)):
      guard let area = machine.areas.area(named: name) else { return [] }
      return [.unmapped(area.start, area.pages), .vmalloc(.freed(area))]
    case .user, .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch,
      .poke, .vmap, .vmapPageRange, .vunmap, .policy, .process, .linearMap, .function, .collapse,
      .allocPages, .freePages, .freePagesAt, .drainPages, .age, .scatter:
      return []
    }
  }

  /// The leaves of an area with their frames, those in a row together.
  private func fills(of area: Area) -> [LeafFill] {
    let guest = calls.guest
    var fills: [LeafFill] = []
    for run in guest.area(area) {
      guard let size = run.size else { continue }
      for leaf in 0..<run.leafCount {
        let page = PageCount(run.start.rawValue >> 12) + PageCount(leaf * size.pages.rawValue)
        let address = area.start + page
        guard let physical = guest.reader.physical(guest.layout.guestAddress(of: address)) else {
          continue
        }
        let pfn = PFN(physical >> 12)
        if let last = fills.indices.last, fills[last].size == size, fills[last].flags == run.flags,
          fills[last].pfn + PageCount(fills[last].count * size.pages.rawValue) == pfn,
          fills[last].start + PageCount(fills[last].count * size.pages.rawValue) == address
        {
          fills[last].count += 1
        } else {
          fills.append(LeafFill(start: address, pfn: pfn, count: 1, size: size, flags: run.flags))
        }
      }
    }
    return fills
  }

  /// Checks that the areas are where the machine has them: a guest that was brought back chooses again.
  func checkAreas(of machine: Machine) throws(LabError) {
    for (name, address) in calls.areas.sorted(by: { $0.value < $1.value }) {
      guard let area = machine.areas.area(named: name) else { continue }
      guard area.start == calls.guest.layout.areaAddress(of: address) else {
        throw .notPossible("brought back, the kernel chose another address for the area \(name)")
      }
    }
  }
}

extension PageCount {
  /// The least multiple of this that holds this many pages.
  fileprivate func roundedUp(_ pages: PageCount) -> PageCount {
    PageCount((pages.rawValue + rawValue - 1) / rawValue * rawValue)
  }
}
