/// "Prototype for direct map awareness in page allocator", Mike Rapoport, RFC of March 2023, based on
/// 6.3-rc1: `unmapped_alloc()`.
///
/// A buddy allocator of its own, for all nodes, holds blocks that were taken out of the direct map. As
/// posted only the pages that were asked for leave it, not the whole block: the others are handed out
/// later and are still present (`unmapped-alloc-whole-block` repairs that). And module areas go on
/// resetting their permissions before they free their pages, which puts those back into the direct
/// map. Users: secretmem, which relies on it, and module memory as an experiment.
public struct UnmappedAlloc2023: PublishedPolicy {
  var name: PolicyName { .unmappedAlloc2023 }
  var hooks: PolicyHooks { [.pages, .blocks] }
  var shrinker: (any Shrinker)? { UnmappedAllocShrinker() }

  // MARK: Pages out

  /// Models `unmapped_pages_alloc()`. Without success the page allocator is not asked.
  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    guard request.isGrouped else { return .notMine }
    machine.enter(.unmappedPagesAlloc, .order(request.order), &sink)
    let pfn = get(request, &machine, &sink)
    machine.leave(.unmappedPagesAlloc, .page(pfn), &sink)
    return pfn.map { .page($0, isUnmapped: request.isSecret) } ?? .failed
  }

  private func get(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    var taken = take(request.order, &machine, &sink)
    if taken == nil, refill(request, &machine, &sink) {
      taken = take(request.order, &machine, &sink)
    }
    guard let pfn = taken else {
      machine.note(.nothingLeft(name), &sink)
      return nil
    }
    if machine.isInDirectMap(pfn) { machine.note(.handedOutPresent(name, pfn), &sink) }
    machine.hand(pfn, outOf: name, to: request.owner, &sink)
    return pfn
  }

  private func take(_ order: Int, _ machine: inout Machine, _ sink: inout EventListener) -> PFN? {
    machine.enter(.unmappedRmqueueSmallest, .order(order), &sink)
    let pfn = takeSmallest(order, &machine, &sink)
    machine.leave(.unmappedRmqueueSmallest, .page(pfn), &sink)
    return pfn
  }

  /// The head of the smallest list that has a block large enough; its low half is split on. Models
  /// `__rmqueue_smallest()` and `expand()` of mm/unmapped-alloc.c.
  private func takeSmallest(
    _ order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    for larger in order..<State.orders {
      let state = machine.kept.value.policies.unmappedAlloc2023
      guard let pfn = state.lists[larger].last else { continue }
      change(.removed(pfn, order: larger), &machine, &sink)
      for half in (order..<larger).reversed() {
        change(.inserted(pfn + PageCount(1 << UInt64(half)), order: half), &machine, &sink)
      }
      return pfn
    }
    return nil
  }

  /// The largest block that the page allocator has, from order 9 down.
  private func refill(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    machine.note(.cacheEmpty(name, node: -1), &sink)
    for order in (request.order...9).reversed() {
      let block = PageRequest(order: order, gfp: request.gfp.union(.zero), owner: owner)
      guard let first = machine.allocPages(block, &sink) else { continue }
      machine.note(.blockOfOrderTaken(name, first, order: order), &sink)
      machine.splitPage(first, order: order, &sink)
      let unmapped = machine.setup.kernel.unmapsWholeBlocks ? order : request.order
      let pages = PageCount(1 << UInt64(unmapped))
      _ = machine.setDirectMap(.invalid, first, pages, &sink)
      machine.emit(.flushed(.kernelRange(pages)), &sink)
      change(.cached(first, order: order), &machine, &sink)
      insert(first, order: order, &machine, &sink)
      return true
    }
    return false
  }

  // MARK: Pages in

  /// What is freed from a marked pageblock stays here, no matter who frees it, present or not.
  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    guard machine.kept.value.policies.unmappedAlloc2023.marks.contains(pfn) else { return false }
    machine.enter(.unmappedPagesFree, .page(pfn, order: order), &sink)
    machine.splitPage(pfn, order: order, &sink)
    for index in 0..<(UInt64(1) << UInt64(order)) {
      machine.hand(pfn + PageCount(index), into: name, &sink)
    }
    insert(pfn, order: order, &machine, &sink)
    machine.leave(.unmappedPagesFree, &sink)
    return true
  }

  /// Merges a block with its free neighbours, up to order 10, and puts it at the head of its list.
  /// Models `__free_one_page()` of mm/unmapped-alloc.c.
  private func insert(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    machine.enter(.unmappedFreeOnePage, .page(pfn, order: order), &sink)
    var first = pfn
    var order = order
    while order < State.orders - 1 {
      let buddy = PFN(first.rawValue ^ 1 << UInt64(order))
      guard machine.kept.value.policies.unmappedAlloc2023.blocks[buddy] == order else { break }
      change(.removed(buddy, order: order), &machine, &sink)
      first = min(first, buddy)
      order += 1
    }
    change(.inserted(first, order: order), &machine, &sink)
    machine.leave(.unmappedFreeOnePage, &sink)
  }

  // MARK: What it keeps

  func pagesHeld(_ machine: Machine) -> PageCount {
    machine.kept.value.policies.unmappedAlloc2023.pages
  }

  func heldPages(_ machine: Machine) -> [PFN] {
    let lists = machine.kept.value.policies.unmappedAlloc2023.lists
    return lists.enumerated().flatMap { order, list in
      list.flatMap { first in
        (0..<(UInt64(1) << UInt64(order))).map { first + PageCount($0) }
      }
    }
  }

  /// The first page of the block that a request of one page takes.
  func nextPages(_ machine: Machine) -> [PFN] {
    let lists = machine.kept.value.policies.unmappedAlloc2023.lists
    return lists.lazy.compactMap(\.last).first.map { [$0] } ?? []
  }

  /// The debugfs file `unmapped_alloc`, order by order, and what it does not tell.
  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard size == .size2M, let pfn = AddressLayout.directMapFrame(of: start),
      machine.kept.value.policies.unmappedAlloc2023.marks.contains(pfn)
    else { return nil }
    return .keptSplit
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.unmappedAlloc2023
    var lines: [PanelLine] = []
    for order in 0..<State.orders {
      let free = state.lists[order].count
      guard free + state.cached[order] + state.released[order] > 0 else { continue }
      lines.append(.count("order \(order) free", Int64(free)))
      lines.append(.count("order \(order) cached", Int64(state.cached[order])))
      lines.append(.count("order \(order) released", Int64(state.released[order])))
    }
    lines.append(.count("pageblocks marked", Int64(state.marks.blocks.count)))
    let present = heldPages(machine).count { machine.isInDirectMap($0) }
    lines.append(.count("free pages still in the direct map", Int64(present)))
    if !machine.setup.kernel.unmapsWholeBlocks {
      lines.append(
        .note("As posted, only the pages asked for leave the direct map, not the block."))
    }
    lines.append(.note("Areas that reset their permissions give their pages back present."))
    lines.append(.note("Only a block of exactly 2M takes the mark of its pageblock with it."))
    return lines
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let state = machine.kept.value.policies.unmappedAlloc2023
    var lines: [PanelLine] = []
    if let (first, order) = state.block(holding: pfn),
      let index = state.lists[order].lastIndex(of: first)
    {
      lines.append(.count("in a free block of order", Int64(order)))
      lines.append(.pages("which begins at", [first]))
      lines.append(
        .count("place on its list, 0 is next", Int64(state.lists[order].count - 1 - index)))
      if machine.isInDirectMap(pfn) { lines.append(.note("still in the direct map")) }
    }
    if state.marks.contains(pfn) { lines.append(.note("Its pageblock is marked.")) }
    return lines
  }

  private func change(_ change: Change, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.unmappedAlloc2023(change)), &sink)
  }
}

extension UnmappedAlloc2023 {
  /// What the private allocator keeps.
  struct State: Equatable, Sendable {
    static let orders = 11

    /// The free blocks of each order, the head of the kernel's list last.
    var lists = [[PFN]](repeating: [], count: orders)
    /// The order of each free block, by its first frame. For lookups only.
    var blocks: [PFN: Int] = [:]
    /// How many blocks of each order came from the page allocator.
    var cached = [Int](repeating: 0, count: orders)
    /// How many blocks of each order went back.
    var released = [Int](repeating: 0, count: orders)
    /// The pageblocks with the bit `PB_unmapped`.
    var marks = PageblockMarks()

    /// How many pages are free.
    var pages: PageCount {
      PageCount(
        lists.indices.reduce(UInt64(0)) { $0 + UInt64(lists[$1].count) << UInt64($1) })
    }

    /// The free block that holds a page.
    func block(holding pfn: PFN) -> (first: PFN, order: Int)? {
      for order in 0..<Self.orders {
        let first = PFN(pfn.rawValue & ~((1 << UInt64(order)) - 1))
        if blocks[first] == order { return (first, order) }
      }
      return nil
    }

    func add(to sum: inout Checksum) {
      sum.add(lists) { $1.add($0) }
      for first in blocks.keys.sorted() {
        sum.add(first.rawValue)
        sum.add(blocks[first] ?? -1)
      }
      for order in 0..<Self.orders {
        sum.add(cached[order])
        sum.add(released[order])
      }
      sum.add(marks.blocks)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .inserted(let pfn, let order):
        lists[order].append(pfn)
        blocks[pfn] = order
      case .removed(let pfn, let order):
        if let index = lists[order].lastIndex(of: pfn) { lists[order].remove(at: index) }
        blocks[pfn] = nil
      case .cached(let pfn, let order):
        cached[order] += 1
        marks.insert(pfn)
      case .released(let pfn, let order):
        released[order] += 1
        if order == PhysicalMemory.pageblockOrder { marks.remove(pfn) }
      }
    }
  }

  /// A change of the private allocator.
  public enum Change: Equatable, Sendable {
    /// A free block was put at the head of its list.
    case inserted(PFN, order: Int)
    /// A free block left its list.
    case removed(PFN, order: Int)
    /// A block came from the page allocator, and its pageblock was marked.
    case cached(PFN, order: Int)
    /// A block went back to the page allocator; one of 2M takes the mark of its pageblock along.
    case released(PFN, order: Int)
  }
}

/// The shrinker of the private allocator: from order 0 up, from the head of each list.
struct UnmappedAllocShrinker: Shrinker {
  var isNodeAware: Bool { false }
  var countFunction: RemedyFunction { .unmappedCountObjects }
  var scanFunction: RemedyFunction { .unmappedScanObjects }

  func count(node: Int, _ machine: Machine) -> ShrinkResult {
    .pages(Int(machine.kept.value.policies.unmappedAlloc2023.pages.rawValue))
  }

  /// What is left to scan is lowered by all that was freed so far, at every order: it stops early.
  func scan(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    var left = pages
    nrScanned = 0
    for order in 0..<UnmappedAlloc2023.State.orders {
      machine.enter(.scanFreeArea, .order(order), &sink)
      let freed = release(order, left, &machine, &sink)
      machine.leave(.scanFreeArea, .count(freed), &sink)
      nrScanned += freed
      if nrScanned >= left { break }
      left -= nrScanned
    }
    machine.note(.shrunk(.unmappedAlloc2023, node: -1, asked: pages, freed: nrScanned), &sink)
    return nrScanned > 0 ? .pages(nrScanned) : .stop
  }

  /// Models `scan_free_area()`. Returns how many pages went.
  private func release(
    _ order: Int, _ pages: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Int {
    var freed = 0
    while freed < pages,
      let pfn = machine.kept.value.policies.unmappedAlloc2023.lists[order].last
    {
      machine.emit(.policy(.unmappedAlloc2023(.removed(pfn, order: order))), &sink)
      machine.emit(.policy(.unmappedAlloc2023(.released(pfn, order: order))), &sink)
      _ = machine.setDirectMap(.default, pfn, PageCount(1 << UInt64(order)), &sink)
      machine.physical.freeTogether(pfn, order: order, &sink)
      freed += 1 << order
    }
    return freed
  }
}
