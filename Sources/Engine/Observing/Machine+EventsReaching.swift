extension Machine {
  /// The events that give addresses the leaves that were seen there on another kernel: what splits,
  /// merges, is written, mapped and unmapped. They are observed, not decided: no rule of this kernel
  /// had a part in them, and they move no counters.
  ///
  /// - Parameter leaves: runs that begin and end at borders of leaves; where nothing is mapped, they
  ///   say so. The frames are those of the direct map, or elsewhere those that are mapped already.
  public func events(reaching leaves: [LeafRun]) -> [Event] {
    guard let first = leaves.first, let last = leaves.last else { return [] }
    var own: [LeafRun] = []
    tables.readRuns(from: first.start, pages: last.start + last.pages - first.start, into: &own)
    let changed = LeafRun.changed(from: own, to: leaves)
    if changed.isEmpty { return [] }
    var walk = LeafWalk(machine: self)
    for run in changed { walk.reach(run) }
    return walk.events
  }

  /// The events that move counters to what another kernel showed.
  public func events(reaching counters: [(Counter, Int64)]) -> [Event] {
    counters.compactMap { counter, value in
      let change = value &- self.counters[counter]
      return change == 0 ? nil : .counted(counter, change)
    }
  }
}

/// Goes over the leaves that were seen, and makes the tables so.
private struct LeafWalk {
  var machine: Machine
  var events: [Event] = []

  private mutating func emit(_ event: Event) {
    machine.apply(CollectionOfOne(event))
    events.append(event)
  }

  mutating func reach(_ run: LeafRun) {
    let end = run.start + run.pages
    var address = run.start
    while address < end {
      guard let size = run.size else {
        guard let leaf = machine.tables.lookup(address) else {
          address = address + 1
          continue
        }
        emit(.unmapped(address, min(address.pagesToEnd(of: leaf.size), end - address)))
        address = address + address.pagesToEnd(of: leaf.size)
        continue
      }
      reach(address, size, run.flags)
      address = address + size.pages
    }
  }

  /// Makes one leaf as it was seen.
  private mutating func reach(_ address: VirtualAddress, _ size: LeafSize, _ flags: EntryFlags) {
    guard let leaf = machine.tables.lookup(address) else {
      guard let pfn = AddressLayout.directMapFrame(of: address) else { return }
      emit(.mapped(LeafFill(start: address, pfn: pfn, count: 1, size: size, flags: flags)))
      return
    }
    if leaf.size > size {
      split(leaf, at: address)
      return reach(address, size, flags)
    }
    if leaf.size < size {
      // A table goes when all below it are leaves of its own size.
      if size == .size1G { mergeBelow(address, flags) }
      emit(.tableFreed(address, size, leaf: Entry(leaf.pfn, flags)))
      return
    }
    guard leaf.flags != flags else { return }
    emit(.entryWritten(address, size, old: leaf.entry, new: Entry(leaf.pfn, flags)))
  }

  private mutating func mergeBelow(_ address: VirtualAddress, _ flags: EntryFlags) {
    for slot in 0..<UInt64(512) {
      let start = address + PageCount(slot * LeafSize.size2M.pages.rawValue)
      if machine.tables.lookup(start)?.size == .size4K { reach(start, .size2M, flags) }
    }
  }

  private mutating func split(_ leaf: PageTables.Leaf, at address: VirtualAddress) {
    guard let smaller = leaf.size.smaller else { return }
    let toPages = smaller == .size4K && !machine.setup.isArm64
    let first = Entry(leaf.pfn, toPages ? leaf.flags.largeTo4K : leaf.flags)
    let start = address.alignedDown(to: leaf.size)
    emit(.tableInstalled(start, inPlaceOf: leaf.size, old: leaf.entry, first: first))
  }
}

extension LeafRun {
  /// The parts of the newer reading that the older one does not have so. Parts begin and end at borders
  /// of leaves: two leaves that overlap and differ in size differ as a whole.
  public static func changed(from old: [LeafRun], to new: [LeafRun]) -> [LeafRun] {
    if old == new { return [] }
    var parts: [LeafRun] = []
    var index = 0
    for run in new {
      let end = run.start + run.pages
      var address = run.start
      while address < end {
        while index < old.count, old[index].start + old[index].pages <= address { index += 1 }
        guard index < old.count, old[index].start <= address else {
          // The older reading says nothing of it.
          append(run, address, end, &parts)
          break
        }
        let border = min(end, old[index].start + old[index].pages)
        if old[index].size != run.size || old[index].flags != run.flags {
          append(run, address, border, &parts)
        }
        address = border
      }
    }
    return parts
  }

  private static func append(
    _ run: LeafRun, _ start: VirtualAddress, _ end: VirtualAddress, _ parts: inout [LeafRun],
  ) {
    if let last = parts.last, last.start + last.pages == start, last.size == run.size,
      last.flags == run.flags
    {
      let pages = last.pages.rawValue + (end - start).rawValue
      parts[parts.count - 1].pages = PageCount(pages)
    } else {
      parts.append(LeafRun(start: start, pages: end - start, size: run.size, flags: run.flags))
    }
  }
}
