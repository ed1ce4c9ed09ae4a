import Engine
import FoundationEssentials
import KernelText
import Narration

/// The whole count of an arm64 linear map, as `directmap linear-map` prints it.
public struct LinearMapReport: JSONReport, Codable, Equatable, Sendable {
  /// The memory in bytes.
  public var ram: UInt64
  /// `full` or `on`.
  public var rodata: String
  /// The kernel version.
  public var kernel: String
  /// Page-table pages of all levels.
  public var tables: UInt64
  /// Those of each level: `pte`, `pmd`, `pud`, and `p4d` where there are five.
  public var tablesByLevel: [String: UInt64]
  /// Leaves by size; 64K and 32M are contiguous groups, whose entries are not counted again.
  public var leaves: [String: UInt64]
  /// TLB invalidations by stage of the series of April 2024, of the kernel itself, and `late`: those
  /// of the same map built when the linear map is up, with the series as it was posted.
  public var tlbi: [String: UInt64]
  /// The milliseconds that the cost model gives for each stage.
  public var milliseconds: [String: Double]
  /// What was published, and what the model predicts there.
  public var published: [Published]

  /// A published time of `map_mem()`.
  public struct Published: Codable, Equatable, Sendable {
    /// The machine, its memory in GiB, the stage.
    public var machine: String
    /// Its memory in GiB.
    public var gibibytes: UInt64
    /// The stage.
    public var stage: String
    /// The published milliseconds.
    public var milliseconds: UInt64
    /// What the model gives.
    public var predicted: Double
    /// By how much that is off, in percent of what was published.
    public var errorPercent: Double
    /// By how many percent the stage changed the time of the one before it, as published; of the first
    /// stage 0.
    public var publishedStep: Double
    /// The same as the model gives it.
    public var predictedStep: Double
    /// Whether a constant of the model was fitted on this figure.
    public var isFitted: Bool
  }

  /// Counts the linear map of a booted machine.
  public init(_ machine: Machine) {
    let tally = machine.linearMapBooks.early
    ram = machine.memory.pages.bytes
    rodata = machine.kernel.linearMap.rodata.known[machine.cpu[.rodataFull] ? 0 : 1]
    kernel = machine.kernel.name
    tables = tally.tables
    tablesByLevel = [:]
    for level in TableLevel.allCases where level < .p4d || tally[level].allocated > 0 {
      tablesByLevel[level.name.lowercased()] = tally[level].allocated
    }
    leaves = [:]
    for part in LinearMapLeaves(of: machine).bySize { leaves[part.name] = part.count }
    tlbi = [
      "kernel": tally.invalidations,
      "late": tally.invalidations(under: LinearMapRules.Stage.after.rules, isLate: true),
    ]
    milliseconds = [:]
    for stage in LinearMapRules.Stage.allCases {
      let rules = stage.rules
      tlbi[stage.rawValue] = tally.invalidations(under: rules, isLate: false)
      if stage != .after {
        tlbi["late-\(stage.rawValue)"] = tally.invalidations(under: rules, isLate: true)
      }
      milliseconds[stage.rawValue] = Self.milliseconds(tally, rules)
    }
    published = LinearMapCost.published.flatMap(Self.rows)
  }

  private static func rows(_ column: LinearMapCost.Published) -> [Published] {
    let tally = LinearMapBooks.Tally(pagesOnly: column.gibibytes)
    let fitted: [LinearMapRules.Stage] = [.base, .noContRemap, .before]
    var before: (published: Double, predicted: Double)?
    return column.milliseconds.map { stage, value in
      let predicted = milliseconds(tally, stage.rules)
      let error = (predicted / Double(value) - 1) * 100
      let steps = before ?? (Double(value), predicted)
      before = (Double(value), predicted)
      return Published(
        machine: column.machine, gibibytes: column.gibibytes, stage: stage.rawValue,
        milliseconds: value, predicted: predicted, errorPercent: tenths(error),
        publishedStep: hundredths((Double(value) / steps.published - 1) * 100),
        predictedStep: hundredths((predicted / steps.predicted - 1) * 100),
        isFitted: column.isFitted && fitted.contains(stage))
    }
  }

  private static func milliseconds(
    _ tally: LinearMapBooks.Tally, _ rules: LinearMapRules,
  ) -> Double {
    tenths(Double(LinearMapCost.picoseconds(tally, under: rules)) / 1e9)
  }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  private static func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

extension LinearMapReport {
  /// The report in lines.
  public var lines: [String] {
    var lines = [
      "\(lengthText(ram)) of RAM, rodata=\(rodata), \(kernel)", "",
      "Page-table pages", row("PUD, entries of 1G", tablesByLevel["pud"]),
      row("PMD, entries of 2M", tablesByLevel["pmd"]),
      row("PTE, entries of 4K", tablesByLevel["pte"]),
      row("all", tables), "", "Leaves",
    ]
    for name in ["1G", "32M", "2M", "64K", "4K"] {
      let isGroup = name == "32M" || name == "64K"
      lines.append(row(isGroup ? "\(name), contiguous groups" : name, leaves[name]))
    }
    lines += ["", "TLB invalidations while map_mem builds it, and the time the cost model gives"]
    // The review's first form differs only later.
    for stage in LinearMapRules.Stage.allCases where stage != .reviewSketch {
      let time = milliseconds[stage.rawValue].map { "  \(padded(Self.text($0), 10)) ms" } ?? ""
      lines.append(row(stage.words, tlbi[stage.rawValue]) + time)
    }
    lines.append(row("\(kernel) itself", tlbi["kernel"]))
    lines += [
      "", "TLB invalidations for as much memory added later, and how often a table is zeroed",
    ]
    let late: [(LinearMapRules.Stage, String)] = [
      (.base, "late-base"), (.before, "late-before"), (.after, "late"),
      (.reviewSketch, "late-review-sketch"), (.review, "late-review"),
    ]
    for (stage, key) in late {
      lines.append(row(stage.words, tlbi[key]) + "  zeroed \(stage.lateZeroingWords)")
    }
    return lines + publishedLines
  }

  private var publishedLines: [String] {
    var lines = [
      "", "Published times of map_mem (rodata=full) and what the model gives, in ms",
      "Fitted on three figures of one column, marked *; all others are predictions.",
      "Behind each time: by how much the stage changes the one above it.",
    ]
    var machine = ""
    for row in published {
      let name = "\(row.machine), \(row.gibibytes)G"
      if name != machine { lines.append("  \(name)") }
      machine = name
      let error = row.errorPercent
      let published = padded(String(row.milliseconds), 6) + step(row.publishedStep)
      let predicted = padded(Self.text(row.predicted), 8) + step(row.predictedStep)
      let off = padded((error > 0 ? "+" : "") + Self.text(error), 7)
      lines.append(
        "    \(padded(row.stage, 14, atRight: false)) \(published)  \(predicted)   off by \(off) %"
          + (row.isFitted ? " *" : ""))
    }
    return lines
  }

  /// A change in whole percent, as the series gives them.
  private func step(_ percent: Double) -> String {
    padded(percent == 0 ? "" : "(\(Int(percent.rounded()))%)", 7)
  }

  private static func text(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  private func row(_ name: String, _ count: UInt64?) -> String {
    "  \(padded(name, 34, atRight: false)) \(padded(String(count ?? 0), 11))"
  }

  private func padded(_ text: String, _ width: Int, atRight: Bool = true) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return atRight ? spaces + text : text + spaces
  }
}

extension LinearMapRules.Stage {
  /// The stage in a few words.
  public var words: String {
    switch self {
    case .base: "base (6.9-rc2)"
    case .noContRemap: "no-cont-remap"
    case .before: "before (batch-barriers)"
    case .after: "after (pgtable_ops)"
    case .reviewSketch: "review, as first shown"
    case .review: "review (merged, 6.10 on)"
    case .lazyUnmap: "lazy-unmap (not kept)"
    }
  }

  /// How often a table is zeroed that is allocated when the map is up, and by whom.
  var lateZeroingWords: String {
    let times = rules.zeroingsOfTable(isLate: true) == 1 ? "once" : "twice"
    return switch rules.lateZeroing {
    case .allocator: "\(times), by the page allocator"
    case .twice: "\(times), by the page allocator and where it is filled"
    case .filling: "\(times), where it is filled"
    }
  }
}
