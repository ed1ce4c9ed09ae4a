/// The address space of the one process that is simulated, and what gathers its pages when they are
/// unmapped.
struct Processes: Sendable {
  /// The ranges, by rising address.
  var ranges: [HeldRange] = []
  /// The process's page tables: 4K entries in the lower half of the address space.
  var tables: PageTables
  /// Which of its page tables are there.
  var userTables: UserTables
  /// How many references are left to large folios of which part is unmapped, by first frame.
  var partialFolios: [UInt64: UInt32] = [:]
  /// What gathers pages, while a zap goes on.
  var gather: MmuGather?
  /// The rules of a zap that is only tried out.
  var trialRules: ZapRules?
  /// What the last zap counted.
  var lastZap = ZapCounts()
  /// What all zaps counted.
  var allZaps = ZapCounts()

  /// No address space yet.
  init(hasFiveLevels: Bool) {
    tables = PageTables(hasFiveLevels: hasFiveLevels)
    userTables = UserTables(hasFiveLevels: hasFiveLevels)
  }

  /// A range, and how much of it is still mapped.
  struct HeldRange: Equatable, Sendable {
    var range: UserRange
    var mapped: PageCount
  }

  /// The range with a name.
  func range(named name: Name) -> UserRange? { held(name)?.range }

  func held(_ name: Name) -> HeldRange? { ranges.first { $0.range.name == name } }

  /// Counts, for this zap and for all.
  mutating func count(_ counter: ZapCounter, _ change: Int64 = 1) {
    lastZap[counter] &+= change
    allZaps[counter] &+= change
  }

  /// Keeps the largest, for this zap and for all.
  mutating func keepLargest(_ counter: ZapCounter, _ value: Int64) {
    lastZap[counter] = max(lastZap[counter], value)
    allZaps[counter] = max(allZaps[counter], value)
  }
}

extension Processes {
  /// Adds all that tells this address space from another.
  func add(to sum: inout Checksum) {
    sum.add(ranges) { held, sum in
      held.range.add(to: &sum)
      sum.add(held.mapped.rawValue)
    }
    tables.add(to: &sum)
    userTables.add(to: &sum)
    for first in partialFolios.keys.sorted() {
      sum.add(first)
      sum.add(UInt64(partialFolios[first] ?? 0))
    }
    sum.add(gather != nil)
    gather?.add(to: &sum)
    sum.add(trialRules != nil)
    trialRules?.add(to: &sum)
    lastZap.add(to: &sum)
    allZaps.add(to: &sum)
  }
}

extension Machine {
  /// The ranges of the process, by rising address, and how many pages of each are still mapped.
  public var userRanges: [(range: UserRange, mapped: PageCount)] {
    processes.value.ranges.map { ($0.range, $0.mapped) }
  }

  /// The page tables of the process.
  public var userTables: PageTables { processes.value.tables }

  /// What gathers pages at this moment; `nil` where no zap goes on.
  public var gather: MmuGather? { processes.value.gather }

  /// What the last zap counted; of one that goes on, so far.
  public var lastZap: ZapCounts { processes.value.lastZap }

  /// What all zaps counted; of the `longest...` and `most...`, the largest.
  public var allZaps: ZapCounts { processes.value.allZaps }
}
