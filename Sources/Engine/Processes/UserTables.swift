/// The page tables of the process, as far as they are there, the root not counted.
struct UserTables: Equatable, Sendable {
  /// For each level from PTE to PUD, or with five levels to P4D, the numbers of the slots that have a
  /// table.
  private(set) var slots: [Set<UInt64>]

  /// No tables.
  init(hasFiveLevels: Bool) {
    slots = Array(repeating: [], count: hasFiveLevels ? 4 : 3)
  }

  /// The levels that have tables, lowest first.
  var levels: ArraySlice<TableLevel> { TableLevel.allCases.prefix(slots.count) }

  /// The highest level below the root.
  var highest: TableLevel { slots.count > 3 ? .p4d : .pud }

  /// How many tables there are.
  var count: Int { slots.reduce(0) { $0 + $1.count } }

  /// Whether the slot of an address has a table of a level.
  func has(_ level: TableLevel, at address: VirtualAddress) -> Bool {
    slots[Int(level.rawValue)].contains(Self.slot(level, address))
  }

  /// Makes the tables that a range needs (`__pte_alloc()` and its like).
  mutating func make(for addresses: Range<VirtualAddress>) {
    for level in levels {
      let first = Self.slot(level, addresses.lowerBound)
      let last = Self.slot(level, VirtualAddress(addresses.upperBound.rawValue - 1))
      slots[Int(level.rawValue)].formUnion(first...last)
    }
  }

  /// Takes tables away, those of neighbouring slots.
  mutating func remove(_ tables: GatheredTables) {
    let first = Self.slot(tables.level, tables.address)
    slots[Int(tables.level.rawValue)].subtract(first..<(first + UInt64(tables.count)))
  }

  private static func slot(_ level: TableLevel, _ address: VirtualAddress) -> UInt64 {
    address.rawValue / level.span.bytes
  }

  func add(to sum: inout Checksum) {
    for level in slots { sum.add(level.sorted()) { $1.add($0) } }
  }
}

/// Page tables of the process, of neighbouring slots, that are taken out and wait for the flush.
public struct GatheredTables: Equatable, Sendable {
  /// What they are tables of.
  public var level: TableLevel
  /// The address of the first one's slot.
  public var address: VirtualAddress
  /// How many, 1 or more.
  public var count: Int
  /// Where they wait.
  public var route: Route

  /// Where a page table waits for the flush.
  public enum Route: UInt8, Equatable, Sendable {
    /// A word of the gather, as any page (`tlb_remove_page()`).
    case word
    /// A page of tables of its own (`tlb_remove_table()`).
    case tableBatch
    /// Nowhere, as there is no page for that: the TLB was flushed, and the table is freed at once
    /// (`tlb_remove_table_one()`).
    case freedAtOnce
  }

  /// Creates tables.
  public init(level: TableLevel, address: VirtualAddress, count: Int, route: Route) {
    self.level = level
    self.address = address
    self.count = count
    self.route = route
  }

  /// What the next flush covers for them: one page at the start of each slot.
  var flushed: Range<VirtualAddress> {
    let last = address + PageCount(UInt64(count - 1) * level.span.rawValue)
    return address..<(last + 1)
  }
}
