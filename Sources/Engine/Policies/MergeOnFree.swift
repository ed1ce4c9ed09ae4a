/// Merging on free, as the RFC of January 2022 has it in `__free_one_page()`, compiled out: when a free
/// block of 2M appears in an Unmapped pageblock, a 2M leaf maps it again.
///
/// Literally the test is that merging of free blocks ended at exactly order 9. A merge that goes on
/// to order 10 is missed, and the block stays on the list of Unmapped blocks, from where it is taken
/// and split first. Repaired, every free pageblock counts, and the block goes to the Movable ones.
///
/// The stub calls a function that does not exist, `set_direct_map_PMD()`. Here, as in the recorded
/// kernels, it writes PAGE_KERNEL and flushes the 2M. No entry is read, so whatever rights the entries
/// had, they become ordinary; checked, all 512 are read first.
public struct MergeOnFree: PublishedPolicy {
  /// Whether the trigger is the posted one.
  let isLiteral: Bool
  /// Whether all 512 entries must be ordinary.
  let isChecked: Bool

  var name: PolicyName {
    switch (isLiteral, isChecked) {
    case (false, false): .mergeOnFree
    case (true, false): .mergeOnFreeLiteral
    case (false, true): .mergeOnFreeChecked
    case (true, true): .mergeOnFreeLiteralChecked
    }
  }
  var hooks: PolicyHooks { .blocks }

  func adjust(_ kernel: inout KernelProfile) { kernel.countsMerges = true }

  /// What is counted.
  struct State: Equatable, Sendable {
    /// Blocks that got a 2M leaf.
    var merged = 0
    /// Free blocks with an Unmapped pageblock in them that the literal trigger missed.
    var missed = 0
    /// Pageblocks that the check refused.
    var refused = 0

    func add(to sum: inout Checksum) {
      sum.add(merged)
      sum.add(missed)
      sum.add(refused)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .merged: merged += 1
      case .missed: missed += 1
      case .refused: refused += 1
      }
    }
  }

  /// A change of what is counted.
  public enum Change: Equatable, Sendable {
    /// The pageblock that begins at the frame is mapped by a 2M leaf again.
    case merged(PFN)
    /// The block that holds the Unmapped pageblock at the frame is free and stays as it is.
    case missed(PFN)
    /// The pageblock that begins at the frame is free, and an entry of it is not ordinary.
    case refused(PFN)
  }

  func didFree(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    let isLarger = block.order > PhysicalMemory.pageblockOrder
    let frames = isLarger ? [block.first, block.first + LeafSize.size2M.pages] : [block.first]
    guard
      block.type == .unmapped
        || frames.contains(where: { machine.physical.pageblockType(of: $0) == .unmapped })
    else { return }
    guard block.order >= PhysicalMemory.pageblockOrder || isLast else { return }
    machine.enter(.freeOnePage, .page(block.first, order: block.order), &sink)
    test(block, &machine, &sink)
    machine.leave(.freeOnePage, &sink)
  }

  /// The stub in `__free_one_page()`, behind its merging.
  private func test(
    _ block: PageState.Block, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard block.order >= PhysicalMemory.pageblockOrder else {
      tellWhatIsMissing(block, machine, &sink)
      return
    }
    var pageblocks = [block.first.alignedDown(to: .size2M)]
    if block.order > PhysicalMemory.pageblockOrder {
      pageblocks.append(block.first + LeafSize.size2M.pages)
    }
    pageblocks.removeAll { machine.physical.pageblockType(of: $0) != .unmapped }
    if isLiteral, block.order != PhysicalMemory.pageblockOrder {
      guard let start = pageblocks.first else { return }
      machine.note(.mergeMissed(name, start, order: block.order), &sink)
      machine.emit(.policy(.mergeOnFree(.missed(start))), &sink)
      return
    }
    var isRefused = false
    for start in pageblocks {
      let refused = isChecked && refuses(start, &machine, &sink)
      isRefused = isRefused || refused
      if !refused {
        machine.enter(.setDirectMapPMD, .page(start, order: 9), &sink)
        merge(start, &machine, &sink)
        machine.leave(.setDirectMapPMD, &sink)
      }
      // The stub ignores what the function answers.
      if !refused || isLiteral { machine.physical.retypePageblock(of: start, to: .movable, &sink) }
    }
    if !isLiteral, !isRefused, block.type == .unmapped {
      machine.physical.relist(block, to: .movable, &sink)
    }
  }

  /// The frames of a pageblock whose entries are not ordinary: present, in order, with the rights of
  /// PAGE_KERNEL. A, D and G do not count.
  private func oddPages(_ start: PFN, _ machine: Machine) -> [PFN] {
    let ignored: EntryFlags = [.accessed, .dirty, .global]
    let ordinary = machine.setup.cpu.pageKernel.subtracting(ignored)
    return (0..<LeafSize.size2M.pages.rawValue).map { start + PageCount($0) }.filter { pfn in
      guard let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn)) else {
        return true
      }
      return leaf.size != .size4K || leaf.flags.subtracting(ignored) != ordinary
    }
  }

  private func refuses(
    _ start: PFN, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    guard let odd = oddPages(start, machine).first else { return false }
    machine.note(.mergeRefused(name, start, odd: odd), &sink)
    machine.emit(.policy(.mergeOnFree(.refused(start))), &sink)
    return true
  }

  private func merge(_ start: PFN, _ machine: inout Machine, _ sink: inout EventListener) {
    let address = machine.directMapAddress(of: start)
    guard machine.setup.cpu.allows2M, machine.tables.table(at: address, .size2M) != nil else {
      return
    }
    let odd = sink.listens ? oddPages(start, machine).count : 0
    if odd > 0 { machine.note(.rightsRewritten(name, start, entries: odd), &sink) }
    let flags = machine.setup.cpu.pageKernel.fourKToLarge.union(.pse)
    machine.merge(to: .size2M, at: address, leaf: Entry(start, flags), isCounted: true, &sink)
    machine.countCost(.mergeFlushes, 1, &sink)
    if machine.setup.cpu.cpus > 1 { machine.note(.flushesUnderLock(name, start), &sink) }
    machine.emit(.flushed(.kernelRange(512)), &sink)
    machine.emit(.policy(.mergeOnFree(.merged(start))), &sink)
    if machine.tables.table(at: address, .size1G) != nil {
      machine.note(.largerLeafStays(name, start.alignedDown(to: .size1G)), &sink)
    }
  }

  /// Why the pageblock of a freed page is not free as a whole.
  private func tellWhatIsMissing(
    _ block: PageState.Block, _ machine: Machine, _ sink: inout EventListener,
  ) {
    guard sink.listens, machine.physical.pageblockType(of: block.first) == .unmapped else { return }
    let use = PageblockCensus(of: block.first, machine.physical).use
    let start = block.first.alignedDown(to: .size2M)
    sink.record(.decided(.policy(.pageblockWaits(name, start, use))))
  }

  /// A freed page went to the CPU's list, where nothing merges.
  func didQueue(_ pfn: PFN, _ machine: inout Machine, _ sink: inout EventListener) {
    guard sink.listens, machine.physical.pageblockType(of: pfn) == .unmapped else { return }
    let use = PageblockCensus(of: pfn, machine.physical).use
    guard use.own + use.borrowed + use.boot == 0 else { return }
    machine.note(.pageblockWaits(name, pfn.alignedDown(to: .size2M), use), &sink)
  }

  /// Which of the slot's pages are in use, and whether anybody would look: only an Unmapped pageblock
  /// merges.
  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard size == .size2M else { return .only2M }
    guard machine.physical.isKnown, let pfn = AddressLayout.directMapFrame(of: start) else {
      return .untracked
    }
    let census = PageblockCensus(of: pfn, machine.physical)
    return .pageblock(census.type, census.use, isLiteral: isLiteral)
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.mergeOnFree
    var lines: [PanelLine] = [.count("2M leaves put back", Int64(state.merged))]
    if isLiteral {
      lines.append(.count("free blocks missed", Int64(state.missed)))
      lines.append(
        .note("Only a merge that ends at order 9 is seen; one that goes on to 10 is not."))
      lines.append(
        .note("The block stays on the Unmapped list, so the next request takes and splits it."))
    }
    lines.append(
      isChecked
        ? .count("pageblocks refused", Int64(state.refused))
        : .note("No entry is read: read-only, absent and executable pages become ordinary."))
    lines += [
      .note("Freed pages of orders 0 to 3 wait on CPU 0's list: drain, or free many."),
      .note("2M never becomes 1G: the page allocator knows no larger block."),
      .note("What boot split is not seen: its pages are not free, or their block not Unmapped."),
      .note("A page borrowed by another type keeps its block."),
      .note("set_direct_map_PMD is called by the posted stub and was never written."),
    ]
    return lines
  }
}
