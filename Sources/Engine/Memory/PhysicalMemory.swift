/// The physical memory of a machine under the page allocator: which blocks are free, on which list
/// and where in it, and who holds the others.
///
/// A value: copies share their page records and never affect each other. It changes by events alone,
/// `apply(_:)` is the only writer. Memory that nobody touched since boot has no records, so even
/// 64 TiB cost only what was used of them.
///
/// Models mm/page_alloc.c of 6.1 and 6.12, without watermarks, reclaim and compaction: `docs/model.md`.
/// The CPU's own lists of free pages are there only where the rules ask for them.
public struct PhysicalMemory: @unchecked Sendable {
  let layout: PhysicalLayout
  var store: PageStore
  private var book: ListBook
  /// What the book says, without a reference to it.
  private(set) var lists: ListWords
  /// The stretches that nobody touched since boot, by rising frame.
  var runs: [FreeRun] = []
  /// The names of the owners.
  private(set) var ownerNames = [Name("kernel"), Name("page-tables")]
  /// The node of the CPU that asks for memory: requests that name no node begin there.
  public internal(set) var cpuNode = 0
  /// The lists of free pages that the CPU keeps for itself.
  var cpuLists = CPULists()

  /// Memory of which nothing is known but which node each frame belongs to: no zone has a page.
  public init(unknown rules: BuddyRules, nodes: [NUMANode] = [NUMANode(ranges: [])]) {
    self.init(ram: MemoryMap([]), nodes: nodes, rules: rules)
  }

  /// Memory of which boot still keeps everything.
  ///
  /// - Parameter nodes: at least one; their ranges must not overlap.
  init(ram: MemoryMap, nodes: [NUMANode], rules: BuddyRules) {
    layout = PhysicalLayout(ram: ram, nodes: nodes, rules: rules)
    store = PageStore(end: ram.end)
    book = .makeEmpty(zones: layout.zones.count)
    lists = ListWords(book)
  }

  /// Makes the roots of what may be written this value's own. To be called once in each mutating
  /// call: no copy can come into being while it runs.
  @inline(__always)
  mutating func prepare() {
    // The book is shared with whom the root of the store is shared, so one question does for both.
    if !store.isRootOwn() { copyRoots() }
  }

  @inline(never)
  private mutating func copyRoots() {
    // The root comes last: who is left with the old one writes to the old book.
    copyBook()
    store.copyRoot()
  }

  @inline(never)
  private mutating func copyBook(owners: Int = 0) {
    book = book.copied(owners: owners)
    lists = ListWords(book)
  }

  /// Gives an owner a name; its number is that of the names before it, or one of theirs.
  mutating func setName(_ name: Name, of owner: Owner) {
    let index = Int(owner.rawValue)
    precondition(index <= ownerNames.count, "An owner was named before those of lower numbers.")
    if index < ownerNames.count {
      ownerNames[index] = name
    } else {
      ownerNames.append(name)
      if hasCPULists, name == CPULists.ownerName {
        cpuLists.owner = owner
        cpuLists.zones = [CPULists.Zone](repeating: CPULists.Zone(), count: zones.count)
      }
      if ownerNames.count > book.header.owners { copyBook(owners: ownerNames.count) }
    }
  }

  /// Adds every word of the book: two books with the same words say the same.
  func addBook(to sum: inout Checksum) {
    unsafe sum.add(book.words, count: book.header.words)
  }
}

extension PhysicalMemory {
  /// The nodes.
  public var nodes: [NUMANode] { layout.nodes }
  /// The zones, node by node, from low to high; other members count them in this order.
  public var zones: [Zone] { layout.zones }
  /// The rules that hold.
  public var rules: BuddyRules { layout.rules }
  /// The RAM, with what boot keeps.
  public var ram: MemoryMap { layout.ram }
  /// Whether anything is known of the memory.
  public var isKnown: Bool { !layout.zones.isEmpty }

  /// The node whose memory a frame is; `nil` outside the ranges of all nodes.
  public func node(of pfn: PFN) -> Int? {
    nodes.firstIndex { $0.ranges.contains { $0.contains(pfn) } }
  }

  /// The pages on the free lists of a zone.
  public func freePages(inZone zone: Int) -> PageCount { unsafe PageCount(lists.zone(zone)[0]) }

  /// The pages that the page allocator was given (`managed_pages`).
  public func managedPages(inZone zone: Int) -> PageCount { unsafe PageCount(lists.zone(zone)[1]) }

  /// The pages of a zone that are kept back from requests that a higher zone of the node could serve
  /// (`lowmem_reserve[ZONE_NORMAL]`).
  public func reservePages(inZone zone: Int) -> PageCount { unsafe PageCount(lists.zone(zone)[2]) }

  /// The free pages of all zones.
  public var freePages: PageCount {
    zones.indices.reduce(0) { $0 + freePages(inZone: $1) }
  }

  /// How many free blocks of an order and type a zone has.
  ///
  /// - Parameter order: 0 to 10.
  public func freeBlocks(inZone zone: Int, _ type: MigrateType, order: Int) -> UInt64 {
    unsafe lists.list(zone, type, order)[2]
  }

  /// The type of the pageblock that holds a frame (`get_pageblock_migratetype()`).
  @inline(__always)
  public func pageblockType(of pfn: PFN) -> MigrateType { store.type(pfn.rawValue >> 9) }

  /// The zone that a frame belongs to, as an index into `zones`.
  public func zone(of pfn: PFN) -> Int? { layout.zone(of: pfn) }

  /// The zones that a request from a node asks, in this order. Models `zone_zonelist`.
  public func zonelist(ofNode node: Int) -> [Int] {
    layout.zonelists.indices.contains(node) ? layout.zonelists[node].zones : []
  }

  /// The name of an owner.
  public func name(of owner: Owner) -> Name? {
    let index = Int(owner.rawValue)
    return ownerNames.indices.contains(index) ? ownerNames[index] : nil
  }

  /// The pages that an owner holds.
  public func pages(of owner: Owner) -> PageCount {
    guard Int(owner.rawValue) < ownerNames.count else { return 0 }
    return unsafe PageCount(lists.owner(owner)[0])
  }

  /// The owner with a name, if one was ever asked for.
  public func owner(named name: Name) -> Owner? {
    ownerNames.firstIndex { $0 == name }.map { Owner(rawValue: UInt32($0)) }
  }

  /// All owners.
  public var owners: [Owner] { ownerNames.indices.map { Owner(rawValue: UInt32($0)) } }
}
