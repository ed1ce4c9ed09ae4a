/// A level of page tables with 4K pages below the root, by what an entry of it maps.
public enum TableLevel: UInt8, CaseIterable, Comparable, Sendable {
  /// Tables of 4K entries.
  case pte
  /// Tables of 2M entries.
  case pmd
  /// Tables of 1G entries.
  case pud
  /// Tables of 512G entries, with five levels alone (LA57 of x86, FEAT_LPA2 of arm64): none of them is a
  /// leaf.
  case p4d

  /// The leaf that an entry can be; `nil` if it can be none.
  @inlinable public var entry: LeafSize? {
    switch self {
    case .pte: .size4K
    case .pmd: .size2M
    case .pud: .size1G
    case .p4d: nil
    }
  }

  /// The pages that an entry maps.
  @usableFromInline var entryPages: PageCount { PageCount(1 << (9 * UInt64(rawValue))) }

  /// The pages that a whole table maps.
  @inlinable public var span: PageCount { PageCount(entryPages.rawValue << 9) }

  /// Whether sixteen entries in a row can be a contiguous group.
  var hasGroups: Bool { self < .pud }

  /// The pages of a contiguous group of 16 entries; tables of 1G entries and more have none here.
  @inlinable public var groupPages: PageCount { PageCount(entryPages.rawValue << 4) }

  /// The name: `PTE`, `PMD`, `PUD`, `P4D`.
  public var name: String {
    switch self {
    case .pte: "PTE"
    case .pmd: "PMD"
    case .pud: "PUD"
    case .p4d: "P4D"
    }
  }

  /// Whether a level lies below another.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The functions of the kernel that make and fill a table of the level.
  var function: KernelFunction {
    switch self {
    case .pte: .allocInitContPTE
    case .pmd: .allocInitContPMD
    case .pud: .allocInitPUD
    case .p4d: .allocInitP4D
    }
  }
}

/// What was done to the tables of one level.
public struct TableWork: Equatable, Sendable {
  /// Tables that were new.
  public var allocated: UInt64 = 0
  /// Times that a table was gone to, new or not, to write entries.
  public var visits: UInt64 = 0
  /// Contiguous groups of 16 entries that these visits came to, whether or not CONT was set.
  public var groups: UInt64 = 0
  /// Entries that were written.
  public var entries: UInt64 = 0

  /// Nothing done.
  public init() {}

  /// Work with these numbers.
  public init(allocated: UInt64, visits: UInt64, groups: UInt64, entries: UInt64) {
    self.allocated = allocated
    self.visits = visits
    self.groups = groups
    self.entries = entries
  }

  func add(to sum: inout Checksum) {
    for count in [allocated, visits, groups, entries] { sum.add(count) }
  }

  /// Adds work in place.
  public static func += (a: inout Self, b: Self) {
    a.allocated += b.allocated
    a.visits += b.visits
    a.groups += b.groups
    a.entries += b.entries
  }
}

extension LinearMapRules {
  /// How often tables are put into the fixmap to be filled, the zeroing apart.
  public func fillings(_ work: TableWork, _ level: TableLevel, isLate: Bool) -> UInt64 {
    if isLate, lateAccess == .linearMap { return 0 }
    return tableAccess == .perContiguousGroup && level.hasGroups ? work.groups : work.visits
  }

  /// How often tables are put into the fixmap only to be zeroed. Those that are allocated late are
  /// zeroed where they are.
  public func zeroings(_ work: TableWork, isLate: Bool) -> UInt64 {
    switch tableAccess {
    case .perContiguousGroup, .perFilling: isLate ? 0 : work.allocated
    case .once, .lazily: 0
    }
  }

  /// Whether tables go into the fixmap anew for each contiguous group of 16 entries.
  func fillsByGroup(isLate: Bool) -> Bool {
    tableAccess == .perContiguousGroup && !(isLate && lateAccess == .linearMap)
  }

  /// How often each table is set to zero.
  public func zeroingsOfTable(isLate: Bool) -> UInt64 {
    isLate && lateZeroing == .twice ? 2 : 1
  }

  /// How often the work takes a table into a slot of the fixmap and out of it.
  public func fixmaps(_ work: TableWork, _ level: TableLevel, isLate: Bool) -> UInt64 {
    fillings(work, level, isLate: isLate) + zeroings(work, isLate: isLate)
  }

  /// The TLB invalidations of a whole stretch of work: one for each time a slot is cleared, or one for
  /// all lazy slots together.
  public func invalidations(_ work: TableWork, _ level: TableLevel, isLate: Bool) -> UInt64 {
    let fixmaps = fixmaps(work, level, isLate: isLate)
    guard tableAccess == .lazily, level == .pte, !isLate else { return fixmaps }
    return (fixmaps + Self.lazySlots - 1) / Self.lazySlots
  }

  /// The pairs of DSB and ISB behind entries, those of the invalidations apart.
  public func barriers(_ work: TableWork, _ level: TableLevel) -> UInt64 {
    batchesBarriers && level == .pte ? work.visits : work.entries
  }
}
