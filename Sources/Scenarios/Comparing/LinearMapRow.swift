import Engine

/// What the linear map of an arm64 variant took.
public struct LinearMapRow: Codable, Equatable, Sendable {
  /// Page-table pages, early and late.
  public var tables: UInt64
  /// Times that one was put into the fixmap while the map was built.
  public var fixmaps: UInt64
  /// TLB invalidations meanwhile.
  public var invalidations: UInt64
  /// Pairs of DSB and ISB behind entries meanwhile.
  public var barriers: UInt64
  /// TLB invalidations for tables since.
  public var lateInvalidations: UInt64
  /// Blocks that were split.
  public var blockSplits: UInt64

  /// Reads a machine.
  init(_ machine: Machine) {
    let books = machine.linearMapBooks
    tables = books.early.tables + books.late.tables
    fixmaps = books.early.fixmaps
    invalidations = books.early.invalidations
    barriers = books.early.barriers
    lateInvalidations = books.late.invalidations
    blockSplits = books.splits
  }
}

extension ComparisonReport {
  /// The table of arm64 variants; `nil` unless all are.
  var linearMapTable: String? {
    guard !variants.isEmpty, variants.allSatisfy({ $0.linearMap != nil }) else { return nil }
    func column(
      _ title: String, _ value: @escaping (LinearMapRow) -> UInt64,
    ) -> (title: String, value: (Row) -> String) {
      (title, { $0.linearMap.map { "\(value($0))" } ?? "-" })
    }
    return table([
      ("variant", { $0.name }), ("kernel", { $0.kernel }),
      ("policies", { $0.policies.isEmpty ? "-" : $0.policies.joined(separator: "+") }),
      column("tables") { $0.tables }, column("fixmaps") { $0.fixmaps },
      column("TLBIs") { $0.invalidations }, column("barriers") { $0.barriers },
      column("late TLBIs") { $0.lateInvalidations }, column("splits") { $0.blockSplits },
      ("flushes", { "\($0.flushes)" }),
    ])
  }
}
