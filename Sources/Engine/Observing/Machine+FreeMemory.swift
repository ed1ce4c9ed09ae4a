// Memory of which another kernel showed how many free blocks there are.

/// The free blocks of a machine, as counts of another kernel place them.
public struct FreeMemory: Equatable, Sendable {
  /// Pageblocks that are not Movable.
  public var pageblocks: [(first: PFN, type: MigrateType)] = []
  /// Blocks on the free lists, in the order in which they are put at the tails.
  public var listed: [PageState.Block] = []
  /// Blocks on the CPU's lists, in the same order.
  public var waiting: [PageState.Block] = []

  /// How many pages the page allocator was given in each zone, from low to high; what is not free of
  /// them is the kernel's.
  public var managed: [PageCount] = []

  /// No free memory.
  public init() {}

  /// Whether two have the same blocks in the same order.
  public static func == (a: FreeMemory, b: FreeMemory) -> Bool {
    a.listed == b.listed && a.waiting == b.waiting && a.managed == b.managed
      && a.pageblocks.elementsEqual(b.pageblocks) { $0 == $1 }
  }
}

extension Machine {
  /// Gives the machine memory of which these blocks are free; boot keeps the rest. Without CPU lists the
  /// blocks for them are on the free lists.
  public mutating func observe(_ free: FreeMemory) {
    physical = PhysicalMemory(
      ram: memory, nodes: [NUMANode(ranges: [0..<memory.end])], rules: kernel.buddy)
    var sink = EventListener.silent
    if hasCPULists, let name = CPULists.ownerName { _ = physical.owner(named: name, &sink) }
    for block in free.listed + free.waiting {
      physical.apply(.handedOver(block.first, block.pages))
    }
    for (zone, pages) in free.managed.enumerated() { handOver(pages, inZone: zone) }
    for (first, type) in free.pageblocks { physical.apply(.retyped(first, type)) }
    for block in free.listed { physical.apply(.listed(block, atTail: true)) }
    for block in free.waiting {
      physical.apply(
        hasCPULists ? .cpuList(.added(block, atTail: true)) : .listed(block, atTail: true))
    }
  }

  /// Gives pages that boot kept to the kernel, until the zone has this many managed pages.
  private mutating func handOver(_ pages: PageCount, inZone zone: Int) {
    guard physical.zones.indices.contains(zone) else { return }
    var pfn = physical.zones[zone].span.upperBound.rawValue
    while physical.managedPages(inZone: zone) < pages,
      pfn > physical.zones[zone].span.lowerBound.rawValue
    {
      pfn -= 1
      guard physical.owner(of: PFN(pfn)) == .reserved else { continue }
      physical.apply(.handedOver(PFN(pfn), 1))
      let block = PageState.Block(first: PFN(pfn), order: 0, type: .unmovable)
      physical.apply(.allocated(block, .kernel))
    }
  }

  /// Empties one of the CPU's lists of a zone until it is so long, as another kernel did in work of its own.
  ///
  /// - Returns: how many merges of policies came of it.
  public mutating func observe(
    overflowOf type: MigrateType, order: Int, inZone zone: Int, downTo blocks: Int,
    into log: inout EventLog,
  ) {
    guard let drain = physical.drain(type, order: order, zone: zone, downTo: blocks) else { return }
    var listener = EventListener(consume log)
    defer { log = listener.log }
    self.drain(drain, &listener)
  }

  private var hasCPULists: Bool { physical.hasCPULists }

  /// Makes the CPU's list of a zone as long as another kernel showed it, by what that kernel did for
  /// itself: a list that is too short gets blocks from the free lists, one that is too long gives blocks to
  /// the kernel.
  public mutating func observe(
    cpuList type: MigrateType, order: Int, inZone zone: Int, blocks: Int,
  ) {
    var sink = EventListener.silent
    physical.match(type, order: order, zone: zone, blocks: blocks, &sink)
  }
}

extension Machine {
  /// The pages of `memfd_secret` by name, the oldest first.
  public var secretNames: [Name] { kept.value.secrets.map(\.name) }

  /// The BPF programs by name, the oldest first.
  public var programNames: [Name] { kept.value.programs.map(\.name) }

  /// Makes an allocated block single pages (`split_page()`).
  public mutating func split(_ pfn: PFN, order: Int) {
    var sink = EventListener.silent
    splitPage(pfn, order: order, &sink)
  }
}
