/// What the building and changing of the linear map of arm64 counts.
public struct LinearMapBooks: Equatable, Sendable {
  /// What was counted of one time.
  public struct Tally: Equatable, Sendable {
    private(set) var work = PerTableLevel(repeating: TableWork())

    /// Nothing done.
    public init() {}

    /// Times that a table was put into a slot of the fixmap.
    public fileprivate(set) var fixmaps: UInt64 = 0
    /// TLB invalidations of slots of the fixmap.
    public fileprivate(set) var invalidations: UInt64 = 0
    /// Pairs of DSB and ISB behind entries.
    public fileprivate(set) var barriers: UInt64 = 0
    /// How often tables were set to zero.
    public fileprivate(set) var zeroed: UInt64 = 0

    /// What was done to the tables of a level.
    public internal(set) subscript(level: TableLevel) -> TableWork {
      get { work[level] }
      set { work[level] = newValue }
    }

    /// The tables of all levels that were new.
    public var tables: UInt64 { work.all.reduce(0) { $0 + $1.allocated } }
    /// The entries that were written in tables of all levels.
    public var entries: UInt64 { work.all.reduce(0) { $0 + $1.entries } }

    /// The TLB invalidations that the same work would take under other rules.
    public func invalidations(under rules: LinearMapRules, isLate: Bool) -> UInt64 {
      TableLevel.allCases.reduce(0) { $0 + rules.invalidations(self[$1], $1, isLate: isLate) }
    }

    /// The pairs of DSB and ISB behind entries that it would take under other rules.
    public func barriers(under rules: LinearMapRules) -> UInt64 {
      TableLevel.allCases.reduce(0) { $0 + rules.barriers(self[$1], $1) }
    }

    fileprivate func add(to sum: inout Checksum) {
      for work in work.all { work.add(to: &sum) }
      for count in [fixmaps, invalidations, barriers, zeroed] { sum.add(count) }
    }
  }

  /// The number of tables of each level that are in a fixmap slot now. Tables that are recorded only by
  /// their count use the slots one after another, and all of them count here.
  public private(set) var slots = PerTableLevel<UInt64>(repeating: 0)
  /// What `map_mem()` did.
  public private(set) var early = Tally()
  /// What was done to the map since: tables of memory that was added.
  public private(set) var late = Tally()
  /// Blocks that were split, and contiguous groups that lost their CONT bit (FEAT_BBM level 2).
  public private(set) var splits: UInt64 = 0
  /// Contiguous groups that lost their CONT bit.
  public private(set) var contDropped: UInt64 = 0
  /// TLB invalidations of single pages of kernel addresses (`flush_tlb_kernel_range()`).
  public private(set) var pagesFlushed: UInt64 = 0
  /// Memory that was added since boot.
  public private(set) var added: [Range<PFN>] = []

  mutating func apply(_ change: LinearMapChange) {
    switch change {
    case .cleared: self = LinearMapBooks()
    case .allocated(let kind, let count): self[kind].allocated += count
    case .zeroed(let kind, let count), .cameZeroed(let kind, let count):
      withTally(kind) { $0.zeroed += count }
    case .fixmapSet(let kind, let count):
      withTally(kind) { $0.fixmaps += count }
      slots[kind.level] += count
    case .fixmapCleared(let kind, let count, let invalidations):
      withTally(kind) { $0.invalidations += invalidations }
      slots[kind.level] -= min(count, slots[kind.level])
    case .filled(let kind, let visits, let groups, let entries):
      self[kind] += TableWork(allocated: 0, visits: visits, groups: groups, entries: entries)
    case .barriers(let kind, let count): withTally(kind) { $0.barriers += count }
    case .andSoOn, .groupsAndSoOn, .rewritten: break
    case .splitToPages(let run): splits += run.leafCount
    case .splitCounted: splits += 1
    case .contDropped: contDropped += 1
    case .flushedRange(let pages):
      if pages <= LinearMapRules.maxFlushedPages { pagesFlushed += pages.rawValue }
    case .memoryAdded(let start, let pages): added.append(start..<(start + pages))
    }
  }

  private subscript(kind: TableKind) -> TableWork {
    get { kind.isLate ? late[kind.level] : early[kind.level] }
    set { if kind.isLate { late[kind.level] = newValue } else { early[kind.level] = newValue } }
  }

  private mutating func withTally(_ kind: TableKind, _ change: (inout Tally) -> Void) {
    if kind.isLate { change(&late) } else { change(&early) }
  }

  func add(to sum: inout Checksum) {
    for count in slots.all { sum.add(count) }
    early.add(to: &sum)
    late.add(to: &sum)
    for count in [splits, contDropped, pagesFlushed] { sum.add(count) }
    sum.add(added) { range, sum in
      sum.add(range.lowerBound.rawValue)
      sum.add(range.upperBound.rawValue)
    }
  }
}

extension Machine {
  /// What the building and changing of arm64's linear map counts; zero on x86-64.
  public var linearMapBooks: LinearMapBooks { linearMap.value }
}
