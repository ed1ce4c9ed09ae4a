// Unmapping: mm/memory.c and mm/mmu_gather.c, 6.12; the older ways by property of the profile.

extension Machine {
  mutating func zap(
    _ name: Name, _ part: ProcessCall.Part?, _ sink: inout EventListener,
  ) throws(CallError) {
    let (range, addresses) = try self.addresses(of: name, part)
    guard isMapped(addresses) else { throw .process(.nothingMapped(name)) }
    beginGather(&sink)
    unmap(range, addresses, reclaims: setup.kernel.reclaimsPageTables, &sink)
    finishGather(isFullMM: false, &sink)
  }

  mutating func munmap(
    _ name: Name, _ part: ProcessCall.Part?, _ sink: inout EventListener,
  ) throws(CallError) {
    let (range, addresses) = try self.addresses(of: name, part)
    let isWhole = addresses == range.addresses
    if !isWhole {
      guard isMapped(addresses) else { throw .process(.nothingMapped(name)) }
    }
    beginGather(&sink)
    if isMapped(addresses) { unmap(range, addresses, &sink) }
    let (floor, ceiling) = neighbours(of: addresses, in: range)
    freeTables(of: addresses, floor: floor, ceiling: ceiling, isFullMM: false, &sink)
    finishGather(isFullMM: false, &sink)
    if isWhole { emit(.process(.rangeRemoved(name)), &sink) }
  }

  mutating func exitMmap(_ sink: inout EventListener) throws(CallError) {
    let held = processes.value.ranges
    guard !held.isEmpty else { throw .process(.noRanges) }
    beginGather(&sink)
    for held in held where held.mapped > 0 {
      unmap(held.range, held.range.addresses, isFullMM: true, &sink)
    }
    for (index, held) in held.enumerated() {
      let next = index + 1 < processes.value.ranges.count ? processes.value.ranges[index + 1] : nil
      freeTables(
        of: held.range.addresses, floor: 0, ceiling: next?.range.start ?? 0, isFullMM: true, &sink)
    }
    finishGather(isFullMM: true, &sink)
    for held in held { emit(.process(.rangeRemoved(held.range.name)), &sink) }
  }

  /// The addresses of a range, or of a part of it.
  private func addresses(
    of name: Name, _ part: ProcessCall.Part?,
  ) throws(CallError) -> (UserRange, Range<VirtualAddress>) {
    guard let range = processes.value.range(named: name) else {
      throw .process(.unknownRange(name))
    }
    guard let part else { return (range, range.addresses) }
    guard part.first < range.pages else {
      throw .process(.pastRange(name, pages: range.pages))
    }
    let count = part.count ?? range.pages - part.first
    guard count > 0 else { throw .noPages }
    guard count <= range.pages - part.first else {
      throw .process(.pastRange(name, pages: range.pages))
    }
    return (range, (range.start + part.first)..<(range.start + part.first + count))
  }

  /// What lies next below and above and stays mapped: the rest of the range, other ranges, and from
  /// `UserRange.placesEnd` on the program's libraries and its stack, which end with the window.
  private func neighbours(
    of addresses: Range<VirtualAddress>, in range: UserRange,
  ) -> (floor: VirtualAddress, ceiling: VirtualAddress) {
    var (floor, ceiling): (VirtualAddress, VirtualAddress) = (0, UserRange.placesEnd)
    if addresses.lowerBound >= UserRange.windowEnd {
      (floor, ceiling) = (UserRange.windowEnd, layout.userEnd)
    } else if addresses.upperBound > UserRange.placesEnd {
      (floor, ceiling) = (UserRange.placesEnd, UserRange.windowEnd)
    }
    for held in processes.value.ranges where held.range.name != range.name {
      let other = held.range.addresses
      if other.upperBound <= addresses.lowerBound { floor = max(floor, other.upperBound) }
      if other.lowerBound >= addresses.upperBound { ceiling = min(ceiling, other.lowerBound) }
    }
    if addresses.lowerBound > range.start { floor = addresses.lowerBound }
    if addresses.upperBound < range.addresses.upperBound { ceiling = addresses.upperBound }
    return (floor, ceiling)
  }

  private func isMapped(_ addresses: Range<VirtualAddress>) -> Bool {
    let tables = processes.value.tables
    var address = addresses.lowerBound
    while address < addresses.upperBound {
      guard let hole = tables.pagesToEndOfHole(at: address) else { return true }
      address = address + hole
    }
    return false
  }

  /// Unmaps a stretch of a range, page table by page table. Models `zap_pmd_range()`.
  ///
  /// - Parameter reclaims: whether a page table of which all was unmapped is freed.
  private mutating func unmap(
    _ range: UserRange, _ addresses: Range<VirtualAddress>, isFullMM: Bool = false,
    reclaims: Bool = false, _ sink: inout EventListener,
  ) {
    var address = addresses.lowerBound
    while address < addresses.upperBound {
      let end = min(address + address.pagesToEnd(of: .size2M), addresses.upperBound)
      if processes.value.userTables.has(.pte, at: address) {
        let whole = address..<end
        // Where a page table was left early, it is entered again.
        while address < end {
          address = zapPTERange(range, address..<end, isFullMM: isFullMM, &sink)
        }
        if reclaims, whole.upperBound - whole.lowerBound == LeafSize.size2M.pages {
          let table = GatheredTables(
            level: .pte, address: whole.lowerBound, count: 1, route: tableRoute)
          gatherTables(table, isFullMM: isFullMM, &sink)
        }
      }
      address = end
    }
  }

  /// Clears the entries of one page table under its lock. Models `zap_pte_range()`.
  ///
  /// - Returns: where it stopped: the end, or earlier where the gather is full.
  private mutating func zapPTERange(
    _ range: UserRange, _ addresses: Range<VirtualAddress>, isFullMM: Bool,
    _ sink: inout EventListener,
  ) -> VirtualAddress {
    let pages = addresses.upperBound - addresses.lowerBound
    emit(.entered(.zapPteRange, addresses.lowerBound, pages), &sink)
    var address = addresses.lowerBound
    var mustFlush = false
    while address < addresses.upperBound {
      let limit = addresses.upperBound - address
      if let hole = processes.value.hole(at: address, limit: limit) {
        emit(.decided(.process(.holeSkipped(address, hole))), &sink)
        address = address + hole
        continue
      }
      let found = processes.value.runs(at: address, limit: limit, of: range)
      var entries = GatheredEntries(
        address: address, runs: UInt16(found.count), pagesEach: UInt16(found.pages),
        order: range.order, traits: range.isFile ? .file : [])
      emit(
        .decided(
          .process(
            .batched(address, runs: found.count, pagesEach: found.pages, found.end))), &sink)
      if found.isDirtyFile {
        let delays = processes.value.gather?.rules.delaysRmap ?? true
        if delays { entries.traits.insert(.delayedRmap) }
        emit(
          .decided(.process(.mustFlush(address, entries.pages, delaysRmap: delays))), &sink)
        mustFlush = true
      }
      emit(.process(.gathered(entries)), &sink)
      address = address + entries.pages
      if isGatherFull(&sink) {
        mustFlush = true
        break
      }
    }
    if mustFlush {
      flushTLB(isFullMM: isFullMM, isForced: true, &sink)
      removeDelayedRmaps(&sink)
    }
    emit(.left(.zapPteRange, .success), &sink)
    if mustFlush { freeBatches(&sink) }
    return address
  }
}
