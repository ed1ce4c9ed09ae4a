extension Machine {
  /// One call of the process.
  mutating func perform(
    _ call: ProcessCall, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    switch call {
    case .mmap(let name, let pages, let order, let traits, let place):
      try mmap(name, pages, order: order, traits, at: place, &sink)
    case .zap(let name, let part): try zap(name, part, &sink)
    case .munmap(let name, let part): try munmap(name, part, &sink)
    case .exitMmap: try exitMmap(&sink)
    }
    return .success
  }

  private mutating func mmap(
    _ name: Name, _ pages: PageCount, order: Int, _ traits: UserRange.Traits,
    at place: VirtualAddress?, _ sink: inout EventListener,
  ) throws(CallError) {
    guard physical.isKnown else { throw .memory(.unknownMemory) }
    guard processes.value.range(named: name) == nil, !isTaken(name) else { throw .nameTaken(name) }
    if let owner = physical.owner(named: name), physical.pages(of: owner) > 0 {
      throw .memory(.ownerExists(name))
    }
    guard (0...UserRange.orderLimit).contains(order) else { throw .process(.badOrder(order)) }
    guard pages > 0 else { throw .noPages }
    guard pages.rawValue % (1 << UInt64(order)) == 0 else {
      throw .process(.notFolios(pages, order: order))
    }
    let used = processes.value.ranges.reduce(0 as PageCount) { $0 + $1.range.pages }
    guard pages <= UserRange.pagesLimit, used + pages <= UserRange.pagesLimit else {
      throw .process(.tooManyPages(pages, left: UserRange.pagesLimit - used))
    }
    let start = try freePlace(for: pages, at: place)
    let range = UserRange(name: name, start: start, pages: pages, order: order, traits: traits)
    guard let populated = populated(range) else {
      throw .process(.noMemory(pages, order: order, free: physical.freePages))
    }
    if physical.owner(named: name) == nil { _ = physical.owner(named: name, &sink) }
    // The same as applying the event, which would take the pages a second time.
    take(range, populated)
    sink.record(.process(.rangeMapped(range)))
  }

  /// Where a range can be: where it was asked for, or below the lowest, at a multiple of 2M.
  private func freePlace(
    for pages: PageCount, at place: VirtualAddress?,
  ) throws(CallError) -> VirtualAddress {
    let ranges = processes.value.ranges.map(\.range)
    let end = layout.userPagesEnd
    guard let place else {
      let top = min(ranges.first?.start ?? UserRange.placesEnd, UserRange.placesEnd)
      guard top.rawValue > pages.bytes + UserRange.addressStart.rawValue + LeafSize.size2M.bytes
      else { throw .process(.badPlace(UserRange.addressStart, end: end)) }
      return VirtualAddress(top.rawValue - pages.bytes).alignedDown(to: .size2M)
    }
    guard place.isAligned(to: .size4K), place >= UserRange.addressStart,
      place < end, end - place >= pages
    else { throw .process(.badPlace(place, end: end)) }
    if let other = ranges.first(where: { $0.addresses.overlaps(place..<(place + pages)) }) {
      throw .process(.overlaps(other.name, other.start))
    }
    return place
  }

  /// Memory after the folios of a range were taken, and where they are; `nil` if there are not so
  /// many.
  func populated(_ range: UserRange) -> (memory: PhysicalMemory, folios: [FolioRun])? {
    guard range.pages <= physical.freePages else { return nil }
    var memory = physical
    var sink = EventListener.silent
    let owner = memory.owner(named: range.name, &sink)
    var runs: [FolioRun] = []
    for _ in 0..<(range.pages.rawValue >> UInt64(range.order)) {
      guard
        let pfn = memory.allocate(
          order: Int(range.order), type: .movable, owner: owner, &sink)
      else { return nil }
      if let last = runs.last, last.first + last.pages == pfn {
        runs[runs.count - 1].pages += range.folioPages
      } else {
        runs.append(FolioRun(first: pfn, pages: range.folioPages))
      }
    }
    return (memory, runs)
  }

  /// Makes a range of folios that were taken.
  mutating func take(_ range: UserRange, _ populated: (memory: PhysicalMemory, folios: [FolioRun]))
  {
    physical = populated.memory
    let index = processes.value.ranges.firstIndex { $0.range.start > range.start }
    processes.value.ranges.insert(
      Processes.HeldRange(range: range, mapped: range.pages),
      at: index ?? processes.value.ranges.count)
    processes.value.userTables.make(for: range.addresses)
    var address = range.start
    for run in populated.folios {
      processes.value.tables.map(
        Int(run.pages.rawValue), .size4K, at: address, run.first, range.flags(architecture))
      address = address + run.pages
    }
  }

  /// Throws if the process maps pages of this owner, which then cannot be freed from under it.
  func checkNotMapped(_ name: Name?) throws(CallError) {
    if let name, let held = processes.value.held(name), held.mapped > 0 {
      throw .process(.stillMapped(name))
    }
  }
}

/// Folios whose frames follow each other.
struct FolioRun {
  var first: PFN
  var pages: PageCount
}
