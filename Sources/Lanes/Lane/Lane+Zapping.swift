import Engine
import History
import Narration

/// What the call that is shown counts under the three states of the series of January 2024.
package struct ZapComparison: Equatable, Sendable {
  /// The call that was tried, and where it stands in the history.
  var call: ProcessCall
  var number: Int
  /// The counts, nothing zeroed.
  package var plain: [ZapSeries: ZapCounts]
  /// The counts, freed pages zeroed.
  package var zeroing: [ZapSeries: ZapCounts]

  /// No more pages are tried: what is counted page by page would keep a reader waiting.
  static let pagesLimit: PageCount = 1_048_576
}

extension Lane {
  /// The call that is under way, else the last one, if it is one of the process.
  var shownProcessCall: ProcessCall? {
    guard let index = trace.call, timeline.steps.indices.contains(index),
      case .process(let call) = timeline.steps[index].call
    else { return nil }
    return call
  }

  /// Whether there is anything to show of zapping: a range, or what was zapped before.
  package var hasZapping: Bool { !machine.userRanges.isEmpty || machine.allZaps != ZapCounts() }

  /// What the call that is shown counts under the other rules; `nil` where none of its kind is shown.
  ///
  /// The comparison that is there already stands for the same call.
  package func zapsCompared() -> ZapComparison? {
    guard let index = trace.call, let call = shownProcessCall else { return nil }
    if let zapComparison, zapComparison.number == index, zapComparison.call == call {
      return zapComparison
    }
    let before = machine(at: Moment(call: index))
    guard before.userRanges.reduce(0 as PageCount, { $0 + $1.mapped }) <= ZapComparison.pagesLimit
    else { return nil }
    var comparison = ZapComparison(call: call, number: index, plain: [:], zeroing: [:])
    for series in ZapSeries.allCases {
      guard let plain = before.zapTrial(call, under: series.rules(zeroes: false)),
        let zeroing = before.zapTrial(call, under: series.rules(zeroes: true))
      else { return nil }
      comparison.plain[series] = plain
      comparison.zeroing[series] = zeroing
    }
    return comparison
  }
}

/// Words and numbers of zapping, for the panel and for plain lines.
package enum ZapWords {
  /// What gathers pages at this moment, in a line.
  package static func state(_ machine: Machine) -> String {
    guard let gather = machine.gather else {
      let most = machine.lastZap[.mostPages]
      return most == 0
        ? "No zap is under way. Make a range with mmap, then zap it."
        : "No zap is under way. The last held \(NumberText.grouped(most)) pages at most."
    }
    return "\(NumberText.grouped(Int64(gather.pages))) pages, \(gather.pageBatches) of "
      + "\(MmuGather.batchLimit) page batches"
      + (gather.hasDelayedRmaps ? ", rmaps delayed" : "")
  }

  /// The rows of the comparison: a name, and what is counted.
  package static let rows: [(name: String, counter: ZapCounter)] = [
    ("PTEs cleared", .pages), ("entries", .runs), ("words", .words), ("page batches", .batches),
    ("refcounts", .refOperations), ("rmaps", .rmapOperations), ("TLB removals", .tlbRemovals),
    ("flushes", .flushes), ("forced", .forcedFlushes), ("pages freed", .pagesFreed),
    ("stretches", .chunks), ("longest, pages", .longestChunkPages),
    ("longest, units", .longestChunkCost), ("others wait", .longestWait), ("all, units", .cost),
  ]

  /// The thread's question with its answer: what a full page batch holds of 2M folios.
  package static func answer() -> [String] {
    let before = GatherCapacity(ZapSeries.before.rules(zeroes: false), order: 9)
    let posted = GatherCapacity(ZapSeries.posted.rules(zeroes: false), order: 9)
    let merged = GatherCapacity(ZapSeries.merged.rules(zeroes: false), order: 9)
    return [
      "One page batch holds \(posted.batchEntries) folios of 2M: "
        + "\(posted.batchPages.bytes >> 20) MiB; before, \(before.batchEntries) pages of 4K.",
      "To free it: \(time(posted.batchCost)); zeroing, \(time(posted.batchCostZeroed)) in one "
        + "stretch; as merged, \(time(merged.stretchCostZeroed)) at a time.",
      "All \(MmuGather.batchLimit) and the stack: \(NumberText.grouped(Int64(posted.entries))) "
        + "folios, \(NumberText.grouped(Int64(posted.pages.bytes >> 20))) MiB; before, "
        + "\(NumberText.grouped(Int64(before.entries))) pages.",
      "The watchdog reports a soft lockup after \(ZapCost.softLockupSeconds) s: "
        + "\(stretchesToLockup(posted.batchCostZeroed)) times the longest of these. With preempt=full, "
        + "others wait for one step, \(ZapCost.step(isZeroing: true)) units.",
    ]
  }

  /// How many stretches of a cost in a row make a soft lockup.
  static func stretchesToLockup(_ units: Int64) -> Int64 {
    ZapCost.softLockupSeconds * 1_000_000_000 / ZapCost.assumedNanoseconds / max(1, units)
  }

  /// A cost in units, and the time under the assumption of 10 ns a unit.
  static func time(_ units: Int64) -> String {
    let nanoseconds = units * ZapCost.assumedNanoseconds
    let text =
      nanoseconds >= 1_000_000
      ? "\(nanoseconds / 1_000_000).\(nanoseconds / 100_000 % 10) ms"
      : "\(nanoseconds / 1000).\(nanoseconds / 100 % 10) us"
    return "\(NumberText.grouped(units)) units (\(text))"
  }

  /// What the units are.
  package static let assumption =
    "A unit is assumed \(ZapCost.assumedNanoseconds) ns: \(ZapCost.entry) an entry, "
    + "\(ZapCost.folio) a folio freed, \(ZapCost.zeroedPage) a page zeroed."
}
