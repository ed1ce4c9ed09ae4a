/// "Group pages on the direct map for permissioned vmallocs", Rick Edgecombe, RFC of April 2021,
/// based on 5.11: VM_GROUP_PAGES.
///
/// Areas whose permissions will change get their pages from blocks of 2M, so that the splits they
/// cost lie together. Freed pages stay in the cache and are handed out again, newest first.
///
/// The patches compile it in where changes of permissions split the direct map, on x86 without high
/// memory (ARCH_HAS_HPAGE_DIRECT_MAP_PERMS); the machines here are all x86-64, which has none. It serves
/// areas, not memfd_secret.
public struct Edgecombe2021: PublishedPolicy {
  var name: PolicyName { .edgecombe2021 }
  var hooks: PolicyHooks { .pages }
  var shrinker: (any Shrinker)? { GroupedPagesShrinker() }

  /// `GFP_GROUPED`: the only flags the cache serves.
  static let gfp: GFPFlags = [.kernel, .nowarn, .highmem]

  /// What the cache keeps.
  struct State: Equatable, Sendable {
    /// One list for each node (`list_lru`), oldest first.
    var lists = NodeLists()
    /// Where a request without a node begins to look: counts up for each page.
    var roundRobin = 0
    /// False until `device_initcall`, and while somebody turned the cache off.
    var isEnabled = true

    func add(to sum: inout Checksum) {
      lists.add(to: &sum)
      sum.add(roundRobin)
      sum.add(isEnabled)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .added(let pfn, let node): lists.append(pfn, node: node)
      case .taken(_, let node): lists.removeNewest(node: node)
      case .isolated(_, let node): lists.removeOldest(node: node)
      case .roundRobinAdvanced: roundRobin += 1
      case .enabled(let isOn): isEnabled = isOn
      }
    }
  }

  /// The cache of a machine, for those who check it.
  public struct Cache: Equatable, Sendable {
    /// The pages of each node, oldest first.
    public var lists: [[PFN]]
    /// The counter that requests without a node go by.
    public var roundRobin: Int
    /// Whether the cache is on.
    public var isEnabled: Bool
  }

  /// A change of the cache.
  public enum Change: Equatable, Sendable {
    /// A page joined the list of its own node, at the newest end.
    case added(PFN, node: Int)
    /// The newest page of a node's list was handed out.
    case taken(PFN, node: Int)
    /// The oldest page of a node's list was taken by the shrinker.
    case isolated(PFN, node: Int)
    /// The counter that requests without a node go by moved on.
    case roundRobinAdvanced
    /// The cache was turned on or off.
    case enabled(Bool)
  }

  // MARK: Pages out

  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    let state = machine.kept.value.policies.edgecombe2021
    guard state.isEnabled, request.isGrouped, !request.isSecret else { return .notMine }
    machine.enter(.getGroupedPage, .node(request.node), &sink)
    let pfn = get(request, &machine, &sink)
    machine.leave(.getGroupedPage, .page(pfn), &sink)
    return pfn.map { .page($0) } ?? .failed
  }

  /// Models `__get_grouped_page()`.
  private func get(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    guard request.gfp == Self.gfp else {
      machine.note(.requestRefused(name, request.gfp), &sink)
      return nil
    }
    machine.enter(.removeFirstPage, .node(request.node), &sink)
    let taken = take(request.node, &machine, &sink)
    machine.leave(.removeFirstPage, .page(taken), &sink)
    if let taken {
      machine.hand(taken, outOf: name, to: request.owner, &sink)
      return taken
    }
    machine.enter(.replenishGroupedPages, .node(request.node), &sink)
    let fresh = replenish(request, &machine, &sink)
    machine.leave(.replenishGroupedPages, .page(fresh), &sink)
    if let fresh { machine.hand(fresh, outOf: name, to: request.owner, &sink) }
    return fresh
  }

  /// The newest page of the node's list; without a node, of the first list that has one. Models
  /// `__remove_first_page()`.
  private func take(_ node: Int?, _ machine: inout Machine, _ sink: inout EventListener) -> PFN? {
    if let node { return takeNewest(node, &machine, &sink) }
    let nodes = machine.nodeCount
    let start = machine.kept.value.policies.edgecombe2021.roundRobin % nodes
    change(.roundRobinAdvanced, &machine, &sink)
    for offset in 0..<nodes {
      if let pfn = takeNewest((start + offset) % nodes, &machine, &sink) { return pfn }
    }
    return nil
  }

  /// Models `list_lru_get_mru()`.
  private func takeNewest(
    _ node: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    machine.enter(.listLRUGetMRU, .node(node), &sink)
    let pfn = machine.kept.value.policies.edgecombe2021.lists[node].newest
    if let pfn { change(.taken(pfn, node: node), &machine, &sink) }
    machine.leave(.listLRUGetMRU, .page(pfn), &sink)
    return pfn
  }

  /// A fresh block: its first page is returned, the others join the cache. Without a block, a single
  /// page, which joins the cache when it is freed. Models `__replenish_grouped_pages()`.
  private func replenish(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PFN? {
    machine.note(.cacheEmpty(name, node: request.node ?? -1), &sink)
    var block = request
    block.order = 9
    block.owner = owner
    guard let first = machine.allocPages(block, &sink) else {
      guard let single = machine.allocPages(request, &sink) else {
        machine.note(.nothingLeft(name), &sink)
        return nil
      }
      machine.note(.fellBack(name, single), &sink)
      return single
    }
    machine.note(.blockTaken(name, first, node: machine.node(of: first)), &sink)
    machine.splitPage(first, order: 9, &sink)
    for index in 1..<UInt64(512) {
      let pfn = first + PageCount(index)
      machine.enter(.freeGroupedPage, .page(pfn, order: 0), &sink)
      add(pfn, &machine, &sink)
      machine.leave(.freeGroupedPage, &sink)
    }
    return first
  }

  // MARK: Pages in

  func freePage(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode? {
    guard flags.contains(.group), !flags.contains(.secret),
      machine.kept.value.policies.edgecombe2021.isEnabled
    else { return nil }
    machine.enter(.freeGroupedPage, .page(pfn, order: 0), &sink)
    // The list node is written into the page itself, through the direct map.
    let address = machine.directMapAddress(of: pfn)
    guard let leaf = machine.tables.lookup(address),
      leaf.flags.isSuperset(of: [.present, .writable])
    else {
      machine.leave(.freeGroupedPage, .code(.fault), &sink)
      return .fault
    }
    machine.hand(pfn, into: name, &sink)
    add(pfn, &machine, &sink)
    machine.leave(.freeGroupedPage, &sink)
    return .success
  }

  /// A page joins the list of its own node, whichever node was asked for.
  private func add(_ pfn: PFN, _ machine: inout Machine, _ sink: inout EventListener) {
    change(.added(pfn, node: machine.node(of: pfn)), &machine, &sink)
  }

  func enable(_ isOn: Bool, _ machine: inout Machine, _ sink: inout EventListener) -> Bool {
    change(.enabled(isOn), &machine, &sink)
    return true
  }

  // MARK: What it keeps

  func pagesHeld(_ machine: Machine) -> PageCount {
    machine.kept.value.policies.edgecombe2021.lists.count
  }

  func heldPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.edgecombe2021.lists.pages
  }

  func nextPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.edgecombe2021.lists.newestPages
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.edgecombe2021
    var lines: [PanelLine] = state.isEnabled ? [] : [.note("turned off")]
    lines += state.lists.panel(nodes: machine.nodeCount)
    lines.append(.count("round robin", Int64(state.roundRobin)))
    lines += [
      .note("A cached page holds its list node in its own first 16 bytes, so it must be writable."),
      .note("Single pages join the cache when they are freed; nothing tells them from the others."),
      .note("A request for a node never looks at the pages of another."),
      .note("No block ever goes back as one, and nothing merges."),
      .note("Compiled in for x86 without high memory only; these machines are x86-64."),
    ]
    return lines
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let lines = machine.kept.value.policies.edgecombe2021.lists.inspect(pfn)
    guard !lines.isEmpty else { return [] }
    let address = machine.directMapAddress(of: pfn)
    return lines + [
      .note("Its list node is in the page itself, bytes 0 to 15 at \(address.hex)."),
      .note("Reviewers asked for it to be in struct page: a free page should hold nothing."),
    ]
  }

  private func change(_ change: Change, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.edgecombe2021(change)), &sink)
  }
}

/// The cache's shrinker. It works only for requests that have a flag of the cache's.
struct GroupedPagesShrinker: NodeListsShrinker {
  var policy: PolicyName { .edgecombe2021 }
  var gfp: GFPFlags? { Edgecombe2021.gfp }
  var countFunction: RemedyFunction { .groupedShrinkCount }
  var scanFunction: RemedyFunction { .groupedShrinkScan }
  var isolateFunction: RemedyFunction { .groupedIsolate }
  var disposeFunction: RemedyFunction? { .disposePages }

  func lists(_ states: PolicyStates) -> NodeLists { states.edgecombe2021.lists }

  func isolation(_ pfn: PFN, node: Int) -> PolicyChange {
    .edgecombe2021(.isolated(pfn, node: node))
  }
}

extension Machine {
  /// The grouping cache of April 2021; empty where the policy is off.
  public var groupedPages: Edgecombe2021.Cache {
    let state = kept.value.policies.edgecombe2021
    let lists = (0..<nodeCount).map { Array(state.lists[$0].pages) }
    return Edgecombe2021.Cache(
      lists: lists, roundRobin: state.roundRobin, isEnabled: state.isEnabled)
  }

  /// The frames of an area, by address.
  public func frames(of name: Name) -> [PFN] { areas.area(named: name).map(backing) ?? [] }
}
