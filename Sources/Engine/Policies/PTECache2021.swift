/// "mm/page_alloc: cache pte-mapped allocations", Mike Rapoport, RFC of August 2021, based on 5.14:
/// `__GFP_PTE_MAPPED`.
///
/// The page allocator itself keeps pages that 4K entries map, for users who will change them. A block
/// of 2M is split in the direct map when it is taken, by `set_memory_4k()`. Its pageblock is marked,
/// and every single page freed from a marked pageblock joins the cache, wherever it came from. The
/// posted user was the protection of page tables; here all memory whose permissions change asks.
public struct PTECache2021: PublishedPolicy {
  var name: PolicyName { .pteCache2021 }
  var hooks: PolicyHooks { [.pages, .blocks] }
  var shrinker: (any Shrinker)? { PTECacheShrinker() }

  /// What the cache keeps.
  struct State: Equatable, Sendable {
    /// One list for each node (`list_lru`), oldest first. The list nodes are in `struct page`.
    var lists = NodeLists()
    /// Where a request begins to look: counts up for each page.
    var roundRobin = 0
    /// The pageblocks with the bit `PB_pte_mapped`.
    var marks = PageblockMarks()

    func add(to sum: inout Checksum) {
      lists.add(to: &sum)
      sum.add(roundRobin)
      sum.add(marks.blocks)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .added(let pfn, let node): lists.append(pfn, node: node)
      case .taken(_, let node): lists.removeNewest(node: node)
      case .isolated(_, let node): lists.removeOldest(node: node)
      case .roundRobinAdvanced: roundRobin += 1
      case .marked(let pfn): marks.insert(pfn)
      }
    }
  }

  /// A change of the cache.
  public enum Change: Equatable, Sendable {
    /// A page joined the list of its own node, at the newest end.
    case added(PFN, node: Int)
    /// The newest page of a node's list was handed out.
    case taken(PFN, node: Int)
    /// The oldest page of a node's list was taken by the shrinker.
    case isolated(PFN, node: Int)
    /// The counter that requests go by moved on.
    case roundRobinAdvanced
    /// The pageblock that holds the frame was marked as mapped by 4K entries. It stays so.
    case marked(PFN)
  }

  // MARK: Pages out

  /// Models `alloc_page_pte_mapped()`. Without success the page allocator is asked as ever.
  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    guard request.isGrouped else { return .notMine }
    machine.enter(.allocPagePTEMapped, &sink)
    let pfn = take(&machine, &sink) ?? replenish(request, &machine, &sink)
    if let pfn { machine.hand(pfn, outOf: name, to: request.owner, &sink) }
    machine.leave(.allocPagePTEMapped, .page(pfn), &sink)
    return pfn.map { .page($0) } ?? .notMine
  }

  /// The newest page of the first list that has one; the node asked for does not matter. Models
  /// `pte_mapped_cache_get()`.
  private func take(_ machine: inout Machine, _ sink: inout EventListener) -> PFN? {
    machine.enter(.pteMappedCacheGet, &sink)
    let nodes = machine.nodeCount
    let start = machine.kept.value.policies.pteCache2021.roundRobin % nodes
    change(.roundRobinAdvanced, &machine, &sink)
    var taken: PFN?
    for offset in 0..<nodes where taken == nil {
      let node = (start + offset) % nodes
      machine.enter(.pteMappedListGetMRU, .node(node), &sink)
      taken = machine.kept.value.policies.pteCache2021.lists[node].newest
      if let taken { change(.taken(taken, node: node), &machine, &sink) }
      machine.leave(.pteMappedListGetMRU, .page(taken), &sink)
    }
    machine.leave(.pteMappedCacheGet, .page(taken), &sink)
    return taken
  }

  private func replenish(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    machine.enter(.pteMappedCacheReplenish, &sink)
    let pfn = takeBlock(request, &machine, &sink)
    machine.leave(.pteMappedCacheReplenish, .page(pfn), &sink)
    return pfn
  }

  /// Models `pte_mapped_cache_replenish()`.
  private func takeBlock(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    machine.note(.cacheEmpty(name, node: -1), &sink)
    var order = 9
    var block = PageRequest(order: order, gfp: request.gfp, owner: owner)
    var first = machine.allocPages(block, &sink)
    if first == nil {
      order = 0
      block.order = order
      first = machine.allocPages(block, &sink)
    }
    guard let first else {
      machine.note(.nothingLeft(name), &sink)
      return nil
    }
    machine.note(
      order == 0
        ? .fellBack(name, first) : .blockTaken(name, first, node: machine.node(of: first)), &sink)
    let pages = PageCount(1 << UInt64(order))
    let address = machine.directMapAddress(of: first)
    guard machine.setMemory(.split4K, address, pages, &sink) == .success else {
      machine.returnPages(first, order: order, &sink)
      return nil
    }
    machine.splitPage(first, order: order, &sink)
    for index in 1..<max(1, pages.rawValue) { add(first + PageCount(index), &machine, &sink) }
    change(.marked(first), &machine, &sink)
    return first
  }

  // MARK: Pages in

  /// Single pages of a marked pageblock stay here, no matter who frees them.
  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    guard order == 0, machine.kept.value.policies.pteCache2021.marks.contains(pfn) else {
      return false
    }
    machine.enter(.freePagePTEMapped, .page(pfn, order: 0), &sink)
    machine.hand(pfn, into: name, &sink)
    add(pfn, &machine, &sink)
    machine.leave(.freePagePTEMapped, &sink)
    return true
  }

  /// Models `pte_mapped_cache_add()`.
  private func add(_ pfn: PFN, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.enter(.pteMappedCacheAdd, .page(pfn, order: 0), &sink)
    change(.added(pfn, node: machine.node(of: pfn)), &machine, &sink)
    machine.leave(.pteMappedCacheAdd, &sink)
  }

  // MARK: What it keeps

  func pagesHeld(_ machine: Machine) -> PageCount {
    machine.kept.value.policies.pteCache2021.lists.count
  }

  func heldPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.pteCache2021.lists.pages
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard size == .size2M, let pfn = AddressLayout.directMapFrame(of: start),
      machine.kept.value.policies.pteCache2021.marks.contains(pfn)
    else { return nil }
    return .keptSplit
  }

  func nextPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.pteCache2021.lists.newestPages
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.pteCache2021
    var lines: [PanelLine] = []
    lines += state.lists.panel(nodes: machine.nodeCount)
    lines.append(.count("round robin", Int64(state.roundRobin)))
    lines.append(.count("pageblocks marked", Int64(state.marks.blocks.count)))
    lines.append(
      .note("A mark is never taken away: what is freed from such a pageblock stays here."))
    lines.append(.note("Whichever node is asked for, the lists of all nodes serve in turn."))
    lines.append(.note("The shrinker gives pages back, their 4K entries stay."))
    return lines
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let state = machine.kept.value.policies.pteCache2021
    var lines = state.lists.inspect(pfn)
    if !lines.isEmpty { lines.append(.note("The list node is in struct page (lru).")) }
    if state.marks.contains(pfn) {
      lines.append(.note("Its pageblock is marked: mapped by 4K entries."))
    }
    return lines
  }

  private func change(_ change: Change, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.pteCache2021(change)), &sink)
  }
}

/// The cache's shrinker. It asks for no flags.
struct PTECacheShrinker: NodeListsShrinker {
  var policy: PolicyName { .pteCache2021 }
  var gfp: GFPFlags? { nil }
  var countFunction: RemedyFunction { .pteMappedShrinkCount }
  var scanFunction: RemedyFunction { .pteMappedShrinkScan }
  var isolateFunction: RemedyFunction { .pteMappedShrinkIsolate }
  var disposeFunction: RemedyFunction? { nil }

  func lists(_ states: PolicyStates) -> NodeLists { states.pteCache2021.lists }

  func isolation(_ pfn: PFN, node: Int) -> PolicyChange {
    .pteCache2021(.isolated(pfn, node: node))
  }
}
