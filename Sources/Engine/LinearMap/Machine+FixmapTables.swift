// Tables while they are filled: early_pgtable_alloc(), pte_set_fixmap() and pte_clear_fixmap() and
// related functions, arch/arm64/mm/mmu.c and mm/fixmap.c, 6.12.

extension Machine {
  /// Goes to the table of a level for a part of a range, allocating it if there is none.
  ///
  /// - Parameter entersFixmap: whether it goes into a slot of the fixmap for all that is written.
  /// - Returns: the work so far; the caller counts the entries.
  mutating func openTable(
    _ level: TableLevel, _ frames: Range<PFN>, _ walk: LinearMapWalk, entersFixmap: Bool = true,
    _ sink: inout EventListener,
  ) -> TableWork {
    let address = directMapAddress(of: frames.lowerBound)
    let pages = frames.upperBound - frames.lowerBound
    emit(.entered(level.function, address, pages), &sink)
    let group = level.groupPages.rawValue
    let firstGroup = frames.lowerBound.rawValue / group
    let lastGroup = (frames.upperBound.rawValue - 1) / group
    // With five levels all memory there is room for lies under one table of 512G entries.
    let isNew =
      level.entry.map { !tables.hasTable(ofEntries: $0, at: address) }
      ?? (linearMap.value.early[level].allocated == 0)
    let work = TableWork(
      allocated: isNew ? 1 : 0, visits: 1, groups: level.hasGroups ? lastGroup - firstGroup + 1 : 1,
      entries: 0)
    allocateTables(level, work, walk, &sink)
    if entersFixmap { enterFixmap(level, work, walk, &sink) }
    return work
  }

  /// Leaves a table when its entries are written.
  mutating func closeTable(
    _ level: TableLevel, _ work: TableWork, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    finishTables(level, work, &walk, &sink)
    emit(.left(level.function, .success), &sink)
  }

  /// Allocates tables, and zeroes those that are not zeroed where they are then filled.
  mutating func allocateTables(
    _ level: TableLevel, _ work: TableWork, _ walk: LinearMapWalk, _ sink: inout EventListener,
  ) {
    guard work.allocated > 0 else { return }
    let kind = TableKind(level, isLate: walk.isLate)
    let rules = setup.kernel.linearMap
    if walk.isLate { backLateTables(work.allocated, &sink) }
    emit(.linearMap(.allocated(kind, work.allocated)), &sink)
    if walk.isLate, rules.lateZeroing != .filling {
      emit(.linearMap(.cameZeroed(kind, work.allocated)), &sink)
    }
    let zeroings = rules.zeroings(work, isLate: walk.isLate)
    guard zeroings > 0 else { return }
    emit(.linearMap(.fixmapSet(kind, zeroings)), &sink)
    emit(.linearMap(.zeroed(kind, work.allocated)), &sink)
    emit(.linearMap(.fixmapCleared(kind, zeroings, invalidations: zeroings)), &sink)
  }

  /// Puts tables where their entries can be written. With one slot for both, a table is zeroed where
  /// it is then filled.
  mutating func enterFixmap(
    _ level: TableLevel, _ work: TableWork, _ walk: LinearMapWalk, _ sink: inout EventListener,
  ) {
    let kind = TableKind(level, isLate: walk.isLate)
    let rules = setup.kernel.linearMap
    let fillings = rules.fillings(work, level, isLate: walk.isLate)
    if fillings > 0 { emit(.linearMap(.fixmapSet(kind, fillings)), &sink) }
    let isZeroedHere =
      walk.isLate
      ? rules.lateZeroing != .allocator : rules.zeroings(work, isLate: false) == 0
    if work.allocated > 0, isZeroedHere {
      emit(.linearMap(.zeroed(kind, work.allocated)), &sink)
    }
  }

  /// Counts what was written, and clears the slots of the fixmap.
  mutating func finishTables(
    _ level: TableLevel, _ work: TableWork, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    let kind = TableKind(level, isLate: walk.isLate)
    let rules = setup.kernel.linearMap
    emit(
      .linearMap(
        .filled(kind, visits: work.visits, groups: work.groups, entries: work.entries)), &sink)
    let barriers = rules.barriers(work, level)
    if barriers > 0 { emit(.linearMap(.barriers(kind, barriers)), &sink) }
    let fillings = rules.fillings(work, level, isLate: walk.isLate)
    guard fillings > 0 else { return }
    if rules.tableAccess == .lazily, level == .pte, !walk.isLate {
      walk.lazySlots += fillings
      let full = walk.lazySlots / LinearMapRules.lazySlots
      walk.lazySlots %= LinearMapRules.lazySlots
      let slots = full * LinearMapRules.lazySlots
      if full > 0 { emit(.linearMap(.fixmapCleared(kind, slots, invalidations: full)), &sink) }
    } else {
      emit(.linearMap(.fixmapCleared(kind, fillings, invalidations: fillings)), &sink)
    }
  }

  /// Clears what lazy slots are in use at the end of a walk.
  mutating func clearLazySlots(_ walk: inout LinearMapWalk, _ sink: inout EventListener) {
    guard walk.lazySlots > 0 else { return }
    let kind = TableKind(.pte, isLate: walk.isLate)
    emit(.linearMap(.fixmapCleared(kind, walk.lazySlots, invalidations: 1)), &sink)
    walk.lazySlots = 0
  }

  /// Takes the pages of late tables from the page allocator. What is not to be had goes unsaid: the
  /// kernel would stop (`BUG_ON(!pa)`).
  private mutating func backLateTables(_ count: UInt64, _ sink: inout EventListener) {
    guard physical.isKnown else { return }
    for _ in 0..<count {
      guard allocateTablePage(isForSplit: false, &sink) != nil else { return }
    }
  }
}
