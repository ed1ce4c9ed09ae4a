public import Engine
import Language
public import TLB

// The numbers that the words of an expression stand for.

extension Expression.Constant {
  /// The number it stands for.
  public var value: Int {
    switch self {
    case .none, .false: 0
    case .true: 1
    case .writeBack: Int(MemoryType.wb.rawValue)
    case .writeCombining: Int(MemoryType.wc.rawValue)
    case .uncached: Int(MemoryType.ucMinus.rawValue)
    case .writeThrough: Int(MemoryType.wt.rawValue)
    case .fault: 14
    case .busy: 16
    case .invalid: 22
    case .notImplemented: 38
    case .noMemory: 12
    case .bug: Int(ReturnCode.bug.rawValue)
    }
  }
}

extension Expression.Quantity {
  /// The number on a machine.
  public func value(on machine: Machine) -> UInt64 {
    switch self {
    case .pagesCached: machine.cachedPages.rawValue
    case .freePages: machine.physical.freePages.rawValue
    case .pteTables: Self.tables(machine, .pte)
    case .pmdTables: Self.tables(machine, .pmd)
    case .pudTables: Self.tables(machine, .pud)
    case .lateTables: machine.linearMapBooks.late.tables
    case .earlyInvalidations: machine.linearMapBooks.early.invalidations
    case .lateInvalidations: machine.linearMapBooks.late.invalidations
    case .lateZeroings: machine.linearMapBooks.late.zeroed
    case .blockSplits: machine.linearMapBooks.splits
    case .vmallocWasted: machine.vmallocUse.unused.bytes
    case .vmallocTaken: machine.vmallocUse.taken.bytes
    case .vmallocHuge: machine.vmallocUse.leaves2M
    case .vmallocSmall: machine.vmallocUse.leaves4K
    case .vmallocLazy: machine.areas.lazyPages.rawValue
    case .userPages: machine.userRanges.reduce(0) { $0 + $1.mapped.rawValue }
    default: Self.zapCounters[self].map { UInt64(clamping: machine.lastZap[$0]) } ?? 0
    }
  }

  /// The counters of the last zap by the quantities that show them.
  private static let zapCounters = Dictionary(
    uniqueKeysWithValues: ZapCounter.allCases.map { ($0.quantity, $0) })

  private static func tables(_ machine: Machine, _ level: TableLevel) -> UInt64 {
    machine.linearMapBooks.early[level].allocated + machine.linearMapBooks.late[level].allocated
  }
}

extension Expression.AreaProperty {
  /// The property of an area.
  public func value(of use: AreaUse) -> UInt64 {
    switch self {
    case .wasted: PageCount(UInt64(use.area.unused)).bytes
    case .leaves4K: use.leaves4K
    case .leaves2M: use.leaves2M
    case .leaves1G: use.leaves1G
    case .imbalance: use.imbalance.bytes
    case .start: use.area.start.rawValue
    }
  }
}

extension Expression.TLBMeasure {
  /// The number in an answer.
  public func value(in result: TLBResult) -> UInt64 {
    switch self {
    case .firstMisses: result.firstMisses
    case .misses: result.walks
    case .walkSteps: result.walkSteps
    case .faults: result.faults
    case .reach: result.reachBytes
    }
  }
}
