/// What the events of a call come to, added up.
public struct EventSums: Equatable, Sendable {
  /// Large leaves, by size.
  public struct Leaves: Equatable, Sendable {
    /// Of 2M.
    public var size2M: UInt64 = 0
    /// Of 1G.
    public var size1G: UInt64 = 0

    /// Both together.
    public var total: UInt64 { size2M &+ size1G }

    /// Those of a size; there are none of 4K.
    public subscript(size: LeafSize) -> UInt64 {
      switch size {
      case .size4K: 0
      case .size2M: size2M
      case .size1G: size1G
      }
    }

    mutating func add(_ count: UInt64, _ size: LeafSize) {
      switch size {
      case .size4K: break
      case .size2M: size2M &+= count
      case .size1G: size1G &+= count
      }
    }
  }

  /// Leaves that were split and that were merged, in one part of the address space.
  public struct Resized: Equatable, Sendable {
    /// Leaves that became tables.
    public var splits = Leaves()
    /// Tables that became leaves.
    public var merges = Leaves()

    fileprivate mutating func add(_ other: Resized) {
      for size in [LeafSize.size2M, .size1G] {
        splits.add(other.splits[size], size)
        merges.add(other.merges[size], size)
      }
    }

    fileprivate mutating func add(_ leaves: ResizedLeaves) {
      switch leaves.change {
      case .split: splits.add(leaves.count, leaves.size)
      case .merge: merges.add(leaves.count, leaves.size)
      }
    }
  }

  /// Entries that were rewritten, whatever they map.
  public private(set) var written = 0
  /// Splits and merges, by the part of the address space.
  private var resized = [Resized](repeating: Resized(), count: AddressRegion.allCases.count)
  /// Flushes of TLBs, but for those of processes, of the fixmap and of the Mermap's window.
  public private(set) var kernel = Flushes()
  /// Flushes of TLBs for what a process gave back.
  public private(set) var user = Flushes()
  /// How many of those came before the end of the zap.
  public private(set) var forcedFlushes = 0
  /// Invalidations of fixmap slots (arm64).
  public private(set) var fixmap = Flushes()
  /// Flushes of one CPU before the Mermap's window is used again.
  public private(set) var window = Flushes()
  /// Flushes of caches.
  public private(set) var caches = Flushes()
  /// Leaves of 2M that were mapped where nothing was.
  public private(set) var mapped2M: UInt64 = 0
  /// Pages of a vmalloc area that nobody asked for.
  public private(set) var unused: PageCount = 0
  /// What went through the gather of a process.
  public private(set) var gathered = Gathered()

  /// Flushes of TLBs or caches.
  public struct Flushes: Equatable, Sendable {
    /// Flushes of any kind.
    public var count = 0
    /// Those of them that flush everything.
    public var full = 0
    /// Pages that the others flush one by one.
    public var pages: UInt64 = 0

    fileprivate mutating func add(_ flush: FlushFact) {
      count += 1
      if flush.isFull { full += 1 } else { pages &+= flush.pages.rawValue }
    }
  }

  /// What went through the gather of a process.
  public struct Gathered: Equatable, Sendable {
    /// Pages that were gathered.
    public var pages: UInt64 = 0
    /// The entries of the gather that stand for them.
    public var entries = 0
    /// Pages that were freed.
    public var freed: UInt64 = 0
  }

  /// Splits and merges in one part of the address space.
  public func resized(in region: AddressRegion) -> Resized { resized[Int(region.rawValue)] }

  /// Those in the direct map.
  public var direct: Resized { resized(in: .directMap) }

  /// Those anywhere else.
  public var elsewhere: Resized {
    resized.dropFirst().reduce(into: Resized()) { $0.add($1) }
  }

  /// Flushes that empty a whole TLB.
  public var fullFlushes: Int { kernel.full + user.full }

  /// Nothing.
  public init() {}

  /// The sums of some events.
  public init(_ events: some Sequence<Event>) {
    for event in events { add(event) }
  }

  /// Adds an event. Those that fill most calls are read at once, all others by their facts.
  @inline(__always)
  public mutating func add(_ event: Event) {
    switch event {
    case .entryWritten: written += 1
    case .entered, .asked, .left, .remedy, .seen, .counted: break
    case .decided(let decision): add(decision)
    case .mapped, .unmapped, .tableInstalled, .tableBacked, .tableFreed, .tableTracked, .kept,
      .policy, .supply, .flushed, .memoryTypeSet, .vmalloc, .systemRunning, .stopped,
      .kernelSetReadOnly, .memory, .process, .linearMap:
      addFacts(of: event)
    }
  }

  private mutating func add(_ decision: Decision) {
    if case .vmalloc(.roundedUp(let asked, let taken)) = decision { unused = taken - asked }
  }

  @inline(never)
  private mutating func addFacts(of event: Event) {
    if case .mapped(let fill) = event, fill.size == .size2M { mapped2M &+= fill.count }
    if case .process(.gathered(let entries)) = event {
      gathered.pages &+= entries.pages.rawValue
      gathered.entries += Int(entries.runs)
    }
    if case .process(.chunkFreed(let chunk)) = event { gathered.freed &+= UInt64(chunk.pagesFreed) }
    let facts = event.facts
    if let leaves = facts.resized {
      resized[Int(leaves.region.rawValue)].add(leaves)
    }
    if let flush = facts.flush { add(flush) }
  }

  private mutating func add(_ flush: FlushFact) {
    if flush.target == .caches { return caches.add(flush) }
    switch flush.reason {
    case .attributes, .failure, .kfence: kernel.add(flush)
    case .fixmap: fixmap.add(flush)
    case .window: window.add(flush)
    case .unmapping(let isForced):
      user.add(flush)
      if isForced { forcedFlushes += 1 }
    }
  }
}
