// The CPU's lists of free pages: mm/page_alloc.c, 6.1.

extension PhysicalMemory {
  /// Whether blocks of an order go through the CPU's lists.
  @inline(__always)
  func usesCPULists(order: Int) -> Bool {
    layout.cpuLists.map { $0.hold(order: order) } ?? false
  }

  /// Whether the machine's CPUs keep lists.
  public var hasCPULists: Bool { layout.cpuLists != nil }

  /// The blocks on one of the CPU's lists of a zone, from the head on: the order in which they are
  /// handed out.
  ///
  /// - Parameter order: 0 to 3, and 9 where huge pages have a list; others have none.
  public func cpuList(inZone zone: Int, _ type: MigrateType, order: Int) -> [PFN] {
    guard cpuLists.zones.indices.contains(zone), usesCPULists(order: order),
      let index = CPUListRules.index(type, order: order)
    else { return [] }
    return cpuLists.zones[zone].lists[index].reversed()
  }

  /// The pages on the CPU's lists of a zone.
  public func cpuListPages(inZone zone: Int) -> Int {
    cpuLists.zones.indices.contains(zone) ? cpuLists.zones[zone].pages : 0
  }

  /// From how many pages on the CPU's lists of a zone overflow (`pcp->high`). Models `zone_highsize()` for
  /// one CPU.
  public func cpuListLimit(inZone zone: Int) -> Int {
    let batch = CPUListRules.batch(managed: managedPages(inZone: zone))
    return max(Int(watermarks(ofZone: zone).low), batch << 2)
  }

  /// What a zone keeps back.
  func watermarks(ofZone zone: Int) -> (min: UInt64, low: UInt64) {
    let all = zones.indices.reduce(PageCount(0)) { $0 + managedPages(inZone: $1) }
    return CPUListRules.watermarks(managed: managedPages(inZone: zone), ofAll: all)
  }

  /// Whether a page waits on one of the CPU's lists.
  public func isOnCPUList(_ pfn: PFN) -> Bool {
    guard case .allocated(_, let owner) = owner(of: pfn) else { return false }
    return owner == cpuLists.owner
  }

  /// Takes a block from the CPU's list, refilled if it is empty. Models `rmqueue_pcplist()`.
  mutating func takeFromCPUList<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, sparing: Bool, _ sink: inout Sink,
  ) -> PageState.Block? {
    guard let index = CPUListRules.index(type, order: order) else {
      return takeFromFreeLists(order, type, zone: zone, sparing: sparing, &sink)
    }
    readyCPULists(&sink)
    let factor = cpuLists.zones[zone].freeFactor
    if factor > 0 { emit(.cpuList(.freeFactor(zone: zone, factor >> 1)), &sink) }
    if cpuLists.zones[zone].lists[index].isEmpty {
      refill(order, type, zone: zone, sparing: sparing, &sink)
    }
    guard let first = cpuLists.zones[zone].lists[index].last else { return nil }
    let block = PageState.Block(first: first, order: order, type: type)
    emit(.cpuList(.removed(block)), &sink)
    return block
  }

  /// Models `rmqueue_bulk()`.
  private mutating func refill<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, sparing: Bool, _ sink: inout Sink,
  ) {
    let batch = CPUListRules.batch(managed: managedPages(inZone: zone))
    let blocks = batch > 1 ? max(batch >> order, 2) : batch
    for _ in 0..<blocks {
      let taken = takeFromFreeLists(order, type, zone: zone, sparing: sparing, &sink)
      guard var block = taken else { return }
      block.type = type
      emit(.cpuList(.added(block, atTail: true)), &sink)
    }
  }

  /// Makes the lists, and the owner of what is on them.
  private mutating func readyCPULists<Sink: EventSink>(_ sink: inout Sink) {
    guard cpuLists.owner == nil, let name = CPULists.ownerName else { return }
    _ = owner(named: name, &sink)
  }

  // MARK: - Freeing

  /// A freed block goes to the head of the CPU's list. Models `free_unref_page_commit()`.
  ///
  /// - Returns: what overflows from then on, for `drainNext(_:_:)`.
  mutating func queue<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ sink: inout Sink,
  ) throws(MemoryError) -> CPUListDrain? {
    let (block, owner) = try allocatedBlock(pfn, order: order)
    guard owner != cpuLists.owner else { throw .alreadyFree(pfn, block) }
    guard let zone = zone(of: pfn) else { throw .noRAM(pfn) }
    prepare()
    readyCPULists(&sink)
    emit(.released(block, owner), &sink)
    // Models `free_unref_page_prepare()`: the type is that of the pageblock from here on.
    var listed = block
    listed.type = pageblockType(of: pfn)
    if CPUListRules.index(listed.type, order: order) == nil { listed.type = .movable }
    emit(.cpuList(.added(listed, atTail: false)), &sink)
    return overflow(listed, zone, &sink)
  }

  /// How many pages are too many. Models `nr_pcp_high()` and `nr_pcp_free()`.
  private mutating func overflow<Sink: EventSink>(
    _ block: PageState.Block, _ zone: Int, _ sink: inout Sink,
  ) -> CPUListDrain? {
    let lists = cpuLists.zones[zone]
    let batch = CPUListRules.batch(managed: managedPages(inZone: zone))
    let high = cpuListLimit(inZone: zone)
    let index = CPUListRules.index(block.type, order: block.order) ?? 0
    let freesAll =
      lists.freeFactor > 0 && block.order > 0 && block.order <= CPUListRules.largestOrder
    if freesAll { return CPUListDrain(zone: zone, pages: lists.pages, from: index) }
    guard lists.pages >= high else { return nil }
    let doubled = batch << lists.freeFactor
    if doubled < high - batch {
      emit(.cpuList(.freeFactor(zone: zone, lists.freeFactor + 1)), &sink)
    }
    let pages = min(max(doubled, batch), high - batch)
    return CPUListDrain(zone: zone, pages: min(pages, lists.pages), from: index)
  }

  /// Everything on the CPU's lists of a zone. Models `drain_pages_zone()`.
  func drainOfZone(_ zone: Int) -> CPUListDrain? {
    let pages = cpuListPages(inZone: zone)
    return pages > 0 ? CPUListDrain(zone: zone, pages: pages, from: 0) : nil
  }

  /// Moves the next block from the CPU's lists to the free lists, where it merges. Models the loop of
  /// `free_pcppages_bulk()`: list by list, each from its tail.
  ///
  /// - Returns: the block in which merging ended; `nil` when enough was freed.
  mutating func drainNext<Sink: EventSink>(
    _ drain: inout CPUListDrain, _ sink: inout Sink,
  ) -> FreedBlock? {
    guard let index = drain.nextList(cpuLists.zones[drain.zone]),
      let first = cpuLists.zones[drain.zone].lists[index].first
    else { return nil }
    let order = CPUListRules.order(ofList: index)
    let type = CPUListRules.type(ofList: index)
    prepare()
    emit(.cpuList(.removed(PageState.Block(first: first, order: order, type: type))), &sink)
    drain.left -= 1 << order
    // From 6.10 on the pageblock decides, not the list.
    return insert(
      first, order: order, toTail: false, as: rules.fallback == .steal61 ? type : nil, &sink)
  }

  /// Everything that is too much on one of the CPU's lists, where another kernel overflowed.
  func drain(
    _ type: MigrateType, order: Int, zone: Int, downTo blocks: Int,
  ) -> CPUListDrain? {
    guard let index = CPUListRules.index(type, order: order), cpuLists.zones.indices.contains(zone)
    else { return nil }
    let surplus = cpuLists.zones[zone].lists[index].count - blocks
    return surplus > 0 ? CPUListDrain(zone: zone, pages: surplus << order, from: index) : nil
  }

  /// Sets the length of a list: takes missing blocks from the free lists and from the kernel.
  mutating func match<Sink: EventSink>(
    _ type: MigrateType, order: Int, zone: Int, blocks: Int, _ sink: inout Sink,
  ) {
    guard let index = CPUListRules.index(type, order: order), cpuLists.zones.indices.contains(zone)
    else { return }
    prepare()
    while cpuLists.zones[zone].lists[index].count > blocks,
      let first = cpuLists.zones[zone].lists[index].last
    {
      let block = PageState.Block(first: first, order: order, type: type)
      emit(.cpuList(.removed(block)), &sink)
      emit(.allocated(block, .kernel), &sink)
    }
    while cpuLists.zones[zone].lists[index].count < blocks,
      let block = takeSmallest(order, type, zone: zone, &sink)
    {
      emit(.cpuList(.added(block, atTail: true)), &sink)
    }
    while cpuLists.zones[zone].lists[index].count < blocks,
      let first = releaseKernelPages(order, zone: zone, &sink)
    {
      let block = PageState.Block(first: first, order: order, type: type)
      emit(.cpuList(.added(block, atTail: true)), &sink)
    }
  }

  /// Takes single pages in a row from the kernel, the highest there are.
  private mutating func releaseKernelPages<Sink: EventSink>(
    _ order: Int, zone: Int, _ sink: inout Sink,
  ) -> PFN? {
    let size: UInt64 = 1 << UInt64(order)
    let span = zones[zone].span
    var first = span.upperBound.rawValue / size * size
    while first >= span.lowerBound.rawValue + size {
      first -= size
      let blocks = (first..<first + size).compactMap { pfn -> PageState.Block? in
        guard case .allocated(let block, .kernel) = owner(of: PFN(pfn)), block.order == 0 else {
          return nil
        }
        return block
      }
      guard blocks.count == Int(size) else { continue }
      for block in blocks { emit(.released(block, .kernel), &sink) }
      return PFN(first)
    }
    return nil
  }

  // MARK: - Applying

  mutating func apply(_ change: CPUListChange) {
    switch change {
    case .added(let block, let atTail):
      guard let owner = cpuLists.owner, let zone = zone(of: block.first),
        let index = CPUListRules.index(block.type, order: block.order)
      else { return }
      allocate(block, owner)
      let end = cpuLists.zones[zone].lists[index].endIndex
      cpuLists.zones[zone].lists[index].insert(block.first, at: atTail ? 0 : end)
      cpuLists.zones[zone].pages += 1 << block.order
    case .removed(let block):
      guard let owner = cpuLists.owner, let zone = zone(of: block.first),
        let index = CPUListRules.index(block.type, order: block.order)
      else { return }
      if cpuLists.zones[zone].lists[index].last == block.first {
        cpuLists.zones[zone].lists[index].removeLast()
      } else if let place = cpuLists.zones[zone].lists[index].firstIndex(of: block.first) {
        cpuLists.zones[zone].lists[index].remove(at: place)
      }
      cpuLists.zones[zone].pages -= 1 << block.order
      release(block, owner)
    case .freeFactor(let zone, let factor): cpuLists.zones[zone].freeFactor = factor
    }
  }
}

/// Blocks on their way from the CPU's lists of a zone to the free lists.
struct CPUListDrain: Equatable {
  let zone: Int
  /// How many pages are still to go.
  var left: Int
  private var index: Int
  private var first = 0
  private var last = CPUListRules.listCount - 1
  private var isInList = false

  /// - Parameter from: the list that is emptied first.
  init(zone: Int, pages: Int, from index: Int) {
    self.zone = zone
    left = pages
    self.index = index - 1
  }

  /// The list of the next block: the same until it is empty, then the next that is not.
  mutating func nextList(_ zone: CPULists.Zone) -> Int? {
    guard left > 0, zone.pages > 0 else { return nil }
    if isInList, !zone.lists[index].isEmpty { return index }
    isInList = true
    while true {
      index += 1
      if index > last { index = first }
      if !zone.lists[index].isEmpty { return index }
      if index == last { last -= 1 }
      if index == first { first += 1 }
    }
  }
}
