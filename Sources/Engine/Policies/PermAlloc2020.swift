/// "New permission vmalloc interface", Rick Edgecombe, RFC of November 2020, based on 5.10:
/// `perm_alloc()`, in the version for x86-64 (arch/x86/mm/vmalloc.c of the patches).
///
/// The pages in the cache are not in the direct map, so that what is done to them later needs no work
/// there: areas are mapped with their final permissions at once, written through a second mapping,
/// changed and freed without looking for aliases. One list for all nodes, newest first.
///
/// As posted the code trips over itself where this model goes on: an empty allocator made it use a
/// null page, the shrinker forgot to lower the count of pages, and the range of the first flush is
/// empty.
public struct PermAlloc2020: PublishedPolicy {
  var name: PolicyName { .permAlloc2020 }
  var hooks: PolicyHooks { .pages }
  var shrinker: (any Shrinker)? { PermAllocShrinker() }

  func adjust(_ kernel: inout KernelProfile) { kernel.mapsFinalPermissions = true }

  /// What the cache keeps.
  struct State: Equatable, Sendable {
    /// The pages, the head of the kernel's list last.
    var list = PageList()
    /// Those tagged UNPROTECTED: still in the direct map.
    var unprotected: [PFN] = []
    /// What left the direct map and is not flushed yet.
    var unflushed: Range<PFN>?

    func add(to sum: inout Checksum) {
      sum.add(list.pages)
      sum.add(unprotected)
      sum.add(unflushed?.lowerBound.rawValue ?? .max)
      sum.add(unflushed?.upperBound.rawValue ?? .max)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .pushed(let pfn, let isProtected):
        list.append(pfn)
        if !isProtected { unprotected.append(pfn) }
      case .taken(let pfn):
        list.removeNewest()
        unprotected.removeAll { $0 == pfn }
      case .flushOwed(let pfn):
        let old = unflushed ?? pfn..<(pfn + 1)
        unflushed = min(old.lowerBound, pfn)..<max(old.upperBound, pfn + 1)
      case .flushDone: unflushed = nil
      }
    }
  }

  /// A change of the cache.
  public enum Change: Equatable, Sendable {
    /// A page was put at the head of the list, with the tag PROTECTED or UNPROTECTED.
    case pushed(PFN, isProtected: Bool)
    /// The page at the head was taken.
    case taken(PFN)
    /// A page left the direct map on its way out; its area will flush.
    case flushOwed(PFN)
    /// The area flushed.
    case flushDone
  }

  // MARK: Pages out

  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    guard request.isGrouped, !request.isSecret else { return .notMine }
    machine.enter(.getPermPage, &sink)
    if machine.kept.value.policies.permAlloc2020.list.newest == nil { fill(&machine, &sink) }
    let state = machine.kept.value.policies.permAlloc2020
    if let newest = state.list.newest { change(.taken(newest), &machine, &sink) }
    machine.leave(.getPermPage, .page(state.list.newest), &sink)
    guard let pfn = state.list.newest else { return .failed }
    if state.unprotected.contains(pfn) {
      guard machine.setDirectMap(.invalid, pfn, 1, &sink) == .success else {
        machine.returnPages(pfn, order: 0, &sink)
        return .failed
      }
      change(.flushOwed(pfn), &machine, &sink)
    }
    machine.hand(pfn, outOf: name, to: request.owner, &sink)
    return .page(pfn, isUnmapped: true)
  }

  /// One flush for all pages that an area took out of the direct map itself.
  func didTakePages(_ machine: inout Machine, _ sink: inout EventListener) {
    guard let range = machine.kept.value.policies.permAlloc2020.unflushed else { return }
    machine.emit(.flushed(.kernelRange(range.upperBound - range.lowerBound)), &sink)
    machine.vmUnmapAliases(&sink)
    change(.flushDone, &machine, &sink)
  }

  private func fill(_ machine: inout Machine, _ sink: inout EventListener) {
    machine.enter(.replenishPages, &sink)
    let isFilled = replenish(&machine, &sink)
    machine.leave(.replenishPages, .truth(isFilled), &sink)
  }

  /// Models `replenish_pages()`: a block of 2M, taken out of the direct map page by page.
  private func replenish(_ machine: inout Machine, _ sink: inout EventListener) -> Bool {
    machine.note(.cacheEmpty(name, node: -1), &sink)
    let block = PageRequest(order: 9, gfp: [.kernel, .zero], owner: owner)
    guard let first = machine.allocPages(block, &sink) else {
      machine.enter(.replenishPagesOne, &sink)
      let isFilled = replenishOne(&machine, &sink)
      machine.leave(.replenishPagesOne, .truth(isFilled), &sink)
      return isFilled
    }
    machine.note(.blockTaken(name, first, node: machine.node(of: first)), &sink)
    machine.splitPage(first, order: 9, &sink)
    guard machine.setDirectMap(.invalid, first, 512, &sink) == .success else {
      _ = machine.setDirectMap(.default, first, 512, &sink)
      for index in 0..<UInt64(512) {
        machine.returnPages(first + PageCount(index), order: 0, &sink)
      }
      return false
    }
    for index in 0..<UInt64(512) {
      change(.pushed(first + PageCount(index), isProtected: true), &machine, &sink)
    }
    machine.emit(.flushed(.kernelRange(512)), &sink)
    machine.vmUnmapAliases(&sink)
    return true
  }

  /// Models `replenish_pages_one()`: a page that stays in the direct map until it is used.
  private func replenishOne(_ machine: inout Machine, _ sink: inout EventListener) -> Bool {
    let single = PageRequest(order: 0, gfp: [.kernel, .zero], owner: owner)
    guard let pfn = machine.allocPages(single, &sink) else {
      machine.note(.nothingLeft(name), &sink)
      return false
    }
    machine.note(.fellBack(name, pfn), &sink)
    change(.pushed(pfn, isProtected: false), &machine, &sink)
    return true
  }

  // MARK: Pages in

  /// Back to the head of the list, in the order of the area; never back into the direct map.
  func freePage(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode? {
    guard flags.isSuperset(of: [.group, .hasNoAlias]), !flags.contains(.secret) else { return nil }
    machine.enter(.permFreePages, .page(pfn, order: 0), &sink)
    machine.hand(pfn, into: name, &sink)
    change(.pushed(pfn, isProtected: true), &machine, &sink)
    machine.leave(.permFreePages, &sink)
    return .success
  }

  // MARK: What it keeps

  func pagesHeld(_ machine: Machine) -> PageCount {
    PageCount(UInt64(machine.kept.value.policies.permAlloc2020.list.count))
  }

  func heldPages(_ machine: Machine) -> [PFN] {
    Array(machine.kept.value.policies.permAlloc2020.list.pages)
  }

  func nextPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.permAlloc2020.list.newest.map { [$0] } ?? []
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let list = machine.kept.value.policies.permAlloc2020.list
    return [
      .count("pages", Int64(list.count)),
      .pages("next", list.pages.suffix(8).reversed()),
      .note("Cached pages are not in the direct map: what they are used for costs nothing there."),
      .note("One list for all nodes: a page may be far from the CPU that gets it."),
      .note("As posted, the flush after a fresh block covers an empty range."),
      .note("__perm_free_pages frees all pages of an area at once, here page by page."),
    ]
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let state = machine.kept.value.policies.permAlloc2020
    guard let place = state.list.place(of: pfn) else { return [] }
    return [
      .count("place in the cache, 0 is next", Int64(place)),
      .note(
        state.unprotected.contains(pfn)
          ? "UNPROTECTED: still in the direct map" : "PROTECTED: not in the direct map"),
    ]
  }

  private func change(_ change: Change, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.permAlloc2020(change)), &sink)
  }
}

/// The cache's shrinker: the newest pages go back into the direct map, one flush, and then, the last
/// taken first, to the page allocator.
struct PermAllocShrinker: Shrinker {
  var isNodeAware: Bool { false }
  var countFunction: RemedyFunction { .permShrinkCount }
  var scanFunction: RemedyFunction { .permShrinkScan }

  func count(node: Int, _ machine: Machine) -> ShrinkResult {
    .pages(machine.kept.value.policies.permAlloc2020.list.count)
  }

  func scan(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    var taken: [PFN] = []
    while taken.count < pages, let pfn = machine.kept.value.policies.permAlloc2020.list.newest {
      machine.emit(.policy(.permAlloc2020(.taken(pfn))), &sink)
      _ = machine.setDirectMap(.default, pfn, 1, &sink)
      taken.append(pfn)
    }
    if let low = taken.min(), let high = taken.max() {
      machine.emit(.flushed(.kernelRange(high + 1 - low)), &sink)
    }
    for pfn in taken.reversed() { machine.returnPages(pfn, order: 0, &sink) }
    machine.note(.shrunk(.permAlloc2020, node: -1, asked: pages, freed: taken.count), &sink)
    return .pages(taken.count)
  }
}

extension Machine {
  /// Changes the permissions of an area in its own mapping alone, and flushes its range; it does neither
  /// if the area has them already. Models `perm_change()` of the RFC.
  mutating func permChange(
    _ operation: SetMemory, _ start: VirtualAddress, _ pages: PageCount, _ sink: inout EventListener,
  ) {
    guard var request = plainRequest(operation, start, pages) else { return }
    request.skipsAliases = true
    request.collapses = false
    _ = changePageAttrLoop(&request, isPrimary: true, isWhole: true, &sink)
    if request.findings.contains(.wroteEntry) {
      emit(.flushed(.kernelRange(pages)), &sink)
    }
  }
}
