import Engine
import FoundationEssentials
import KernelText
import Language

/// What a comparison came to.
public struct ComparisonReport: JSONReport, Codable, Equatable, Sendable {
  /// The scenario's file.
  public var file: String
  /// How many calls it has.
  public var calls: Int
  /// The variants, in the order in which they were given.
  public var variants: [Row]
  /// What the columns of the questions about a TLB are called.
  private var tlbNames: [String]?

  /// A variant at the end.
  public struct Row: Codable, Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its kernel.
    public var kernel: String
    /// Its policies.
    public var policies: [String]
    /// The kilobytes of `/proc/meminfo` at the end.
    public var directMap4k: Int64
    /// 2M leaves, in kilobytes.
    public var directMap2M: Int64
    /// 1G leaves, in kilobytes.
    public var directMap1G: Int64
    /// The kilobytes of DirectMap4k when boot was over.
    public var directMap4kAtBoot: Int64
    /// Splits since boot, of 2M and 1G leaves.
    public var splits: Int64
    /// Merges and collapses since boot.
    public var merges: Int64
    /// Flushes of TLBs since boot.
    public var flushes: Int64
    /// Of these, those that emptied the TLB of every CPU.
    public var fullFlushes: Int64
    /// Entries that a merging policy read.
    public var entriesScanned: Int64
    /// Words that a merging policy tested.
    public var wordsTested: Int64
    /// Pages that the caches of policies hold.
    public var pagesCached: UInt64
    /// What all zaps counted, by the names of the language; `nil` if nothing was zapped.
    public var zaps: [String: Int64]?
    /// What calls cost, a kind of call at a time; `nil` on arm64, whose map has a report of its own.
    public var costs: [CallCost]?
    /// What accesses cost, a question at a time; `nil` if nothing was asked, and in it where there was
    /// nothing to touch.
    public var tlb: [TLBRow?]?
    /// The call at which it stopped, if it did.
    public var stoppedAt: Int?
    /// Why it stopped.
    public var reason: String?
    /// What its linear map took, on arm64.
    public var linearMap: LinearMapRow?

    enum CodingKeys: String, CodingKey {
      case name, kernel, policies, splits, merges, flushes, fullFlushes, entriesScanned, tlb
      case wordsTested, pagesCached, zaps, costs, stoppedAt, reason, linearMap
      case directMap4k = "DirectMap4k"
      case directMap2M = "DirectMap2M"
      case directMap1G = "DirectMap1G"
      case directMap4kAtBoot = "DirectMap4kAtBoot"
    }
  }

  /// The state of a comparison.
  public init(_ comparison: Comparison, file: String) {
    self.file = file
    calls = comparison.callCount
    variants = comparison.lanes.map { lane in
      var row = Row(lane)
      if !comparison.questions.isEmpty {
        row.tlb = zip(comparison.questions, lane.tlb).map { asked, result in
          result.map {
            TLBRow(
              TLBAnswer(question: asked.question, result: $0), after: asked.after, line: asked.line)
          }
        }
      }
      return row
    }
    guard !comparison.questions.isEmpty else { return }
    tlbNames = comparison.questions.indices.map { index in
      let label = comparison.questions[index].question.label.map { "\($0)" }
      return label ?? (comparison.questions.count == 1 ? "TLB" : "TLB\(index + 1)")
    }
  }
}

extension ComparisonReport.Row {
  fileprivate init(_ lane: Comparison.Lane) {
    let machine = lane.machine
    let growth = machine.counters.since(lane.booted.counters)
    name = lane.variant.name
    kernel = machine.kernel.name
    policies = machine.policyTitles
    directMap4k = machine.directMapKilobytes(.size4K)
    directMap2M = machine.directMapKilobytes(.size2M)
    directMap1G = machine.directMapKilobytes(.size1G)
    directMap4kAtBoot = lane.booted.directMapKilobytes(.size4K)
    splits = growth.splits
    merges = growth.merges
    flushes = growth.shootdowns
    fullFlushes = growth[.flushTLBAll]
    entriesScanned = growth[.entriesScanned]
    wordsTested = growth[.wordsTested]
    pagesCached = machine.cachedPages.rawValue
    if machine.allZaps != ZapCounts() {
      zaps = Dictionary(
        uniqueKeysWithValues: ZapCounter.allCases.map { ($0.name, machine.allZaps[$0]) })
    }
    stoppedAt = lane.stop?.call
    reason = lane.stop?.reason
    if machine.architecture == .arm64 {
      linearMap = LinearMapRow(machine)
    } else {
      costs = lane.costs
    }
  }
}

// MARK: - As a table

extension ComparisonReport {
  /// The report as a table, a line a variant, and a line for each that stopped.
  public var table: String {
    if let table = linearMapTable { return table }
    var columns: [(title: String, value: (Row) -> String)] = [
      ("variant", { $0.name }), ("kernel", { $0.kernel }),
      ("policies", { $0.policies.isEmpty ? "-" : $0.policies.joined(separator: "+") }),
      ("4k kB", { "\($0.directMap4k)" }),
      ("new 4k kB", { "\($0.directMap4k - $0.directMap4kAtBoot)" }),
      ("2M kB", { "\($0.directMap2M)" }), ("1G kB", { "\($0.directMap1G)" }),
      ("splits", { "\($0.splits)" }), ("merges", { "\($0.merges)" }),
      ("flushes", { "\($0.flushes)" }), ("scanned", { "\($0.entriesScanned)" }),
      ("cached", { "\($0.pagesCached)" }),
    ]
    if variants.contains(where: { $0.zaps != nil }) {
      columns += Self.zapColumns.map { title, counter in
        (title, { row in row.zaps.map { "\($0[counter.name] ?? 0)" } ?? "-" })
      }
    }
    for (index, name) in (tlbNames ?? []).enumerated() {
      let number = { (row: Row, value: (TLBRow) -> UInt64) in
        row.tlb?[index].map { "\(value($0))" } ?? "-"
      }
      columns += [
        (name + " misses", { number($0, \.misses) }),
        (name + " tables read", { number($0, \.walkSteps) }),
      ]
    }
    return table(columns)
  }

  func table(_ columns: [(title: String, value: (Row) -> String)]) -> String {
    var lines = lines(
      of: [columns.map(\.title)] + variants.map { row in columns.map { $0.value(row) } })
    for row in variants {
      if let call = row.stoppedAt, let reason = row.reason {
        lines.append("\(row.name) stopped at call \(call): \(reason)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Rows of cells in columns as wide as they need to be, words at the left, numbers at the right.
  func lines(of cells: [[String]]) -> [String] {
    let columns = cells.first ?? []
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let textColumns = 3
    return cells.map { row in
      row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column < textColumns ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
    }
  }

  /// The columns of a scenario that zaps: totals, and of the longest stretch its cost.
  private static let zapColumns: [(title: String, counter: ZapCounter)] = [
    ("zapped", .pages), ("entries", .runs), ("batches", .batches), ("refs", .refOperations),
    ("rmaps", .rmapOperations), ("tlb calls", .tlbRemovals), ("zap flushes", .flushes),
    ("forced", .forcedFlushes), ("freed", .pagesFreed), ("longest pages", .longestChunkPages),
    ("longest cost", .longestChunkCost), ("cost", .cost),
  ]
}
