/// What an area takes, and how it is mapped.
public struct AreaUse: Equatable, Sendable {
  /// The area.
  public var area: Area
  /// How many 4K entries map it.
  public var leaves4K: UInt64 = 0
  /// How many 2M leaves map it.
  public var leaves2M: UInt64 = 0
  /// How many 1G leaves map it.
  public var leaves1G: UInt64 = 0
  /// How many stretches of 2M need a page-table page of 4K entries for it.
  public var tables: UInt64 = 0
  /// Whether the kernel is the one proposed in April 2020, whose flag for such areas is another.
  public var isProposed = false
  /// How many of its pages lie on each node that has memory; empty where nodes are not known, or the pages are not
  /// its own.
  public var nodes: [OnNode] = []

  /// What an area has on a node.
  public struct OnNode: Equatable, Sendable {
    /// The node.
    public var number: Int
    /// Its pages there.
    public var pages: PageCount
  }

  /// How many pages more the fullest node has than the emptiest, of those that have memory.
  public var imbalance: PageCount {
    let counts = nodes.map(\.pages)
    guard let most = counts.max(), let fewest = counts.min() else { return 0 }
    return most - fewest
  }

  /// The kernel's flag of an area that may have 2M leaves; `nil` if it has none.
  public var flagName: String? {
    guard area.flags.contains(.huge) else { return nil }
    return isProposed ? "VM_HUGE_PAGES" : "VM_ALLOW_HUGE_VMAP"
  }

  /// The bytes of the array in which the kernel keeps the area's pages (`vm_struct.pages`): 8 for
  /// each, large leaf or not; 0 where the pages are not its own.
  public var arrayBytes: UInt64 {
    area.flags.contains(.ownsPages) ? area.pages.rawValue * 8 : 0
  }
}

/// What all areas with pages of their own take together.
public struct VmallocUse: Equatable, Sendable {
  /// How many areas there are.
  public var areas = 0
  /// The pages that were asked for.
  public var asked: PageCount = 0
  /// The pages that were taken.
  public var taken: PageCount = 0
  /// How many 2M leaves map them.
  public var leaves2M: UInt64 = 0
  /// How many 4K entries map them.
  public var leaves4K: UInt64 = 0

  /// The pages that nobody asked for.
  public var unused: PageCount { taken - asked }
}

extension Machine {
  /// What an area takes. Cost: grows with its leaves.
  public func use(of area: Area) -> AreaUse {
    var use = AreaUse(area: area)
    use.isProposed = setup.kernel.vmallocsHugeByDefault
    // Runs of one 2M stretch differ in their flags and share its table.
    var table: UInt64?
    for run in tables.runs(from: area.start, pages: area.pages) { count(run, &use, &table) }
    guard area.flags.contains(.ownsPages), physical.nodes.count > 0 else { return use }
    var onNodes = [PageCount](repeating: 0, count: physical.nodes.count)
    var address = area.start
    let end = area.start + area.pages
    while address < end {
      guard let leaf = tables.lookup(address) else {
        address = address + 1
        continue
      }
      let pages = min(address.pagesToEnd(of: leaf.size), end - address)
      if let node = physical.node(of: leaf.pfn) { onNodes[node] = onNodes[node] + pages }
      address = address + pages
    }
    use.nodes = nodesWithMemory.map { AreaUse.OnNode(number: $0, pages: onNodes[$0]) }
    return use
  }

  private func count(_ run: LeafRun, _ use: inout AreaUse, _ table: inout UInt64?) {
    switch run.size {
    case .size4K:
      use.leaves4K += run.leafCount
      let first = run.start.rawValue >> 21
      let last = ((run.start + run.pages).rawValue - 1) >> 21
      use.tables += last - first + (first == table ? 0 : 1)
      table = last
    case .size2M: use.leaves2M += run.leafCount
    case .size1G: use.leaves1G += run.leafCount
    case nil: break
    }
  }

  /// What all areas with pages of their own take together. Cost: grows with their runs of leaves.
  public var vmallocUse: VmallocUse {
    var sum = VmallocUse()
    for area in areas.named where area.flags.contains(.ownsPages) {
      sum.areas += 1
      sum.asked = sum.asked + area.asked
      sum.taken = sum.taken + area.pages
      for run in tables.runs(from: area.start, pages: area.pages) {
        if run.size == .size2M { sum.leaves2M += run.leafCount }
        if run.size == .size4K { sum.leaves4K += run.leafCount }
      }
    }
    return sum
  }
}

extension Machine {
  /// Tells where the pages of an interleaved area lie.
  func spread(of area: Area) -> VmallocDecision? {
    let nodes = use(of: area).nodes
    guard let most = nodes.max(by: { $0.pages < $1.pages }),
      let fewest = nodes.min(by: { $0.pages < $1.pages })
    else { return nil }
    return .spread(
      nodes: UInt32(nodes.count), mostOn: UInt32(most.number), most: most.pages,
      fewestOn: UInt32(fewest.number), fewest: fewest.pages)
  }

  mutating func emitSpread<Sink: EventSink>(
    of area: Area, _ request: AreaRequest, _ sink: inout Sink,
  ) {
    guard request.options.isInterleaved, let spread = spread(of: area) else { return }
    emit(.decided(.vmalloc(spread)), &sink)
  }
}
