public import Engine
import Narration

/// All remedies on the three inputs: what `directmap remedies` prints, and docs/remedies.md has.
public struct RemedyTable: Sendable {
  /// A remedy and what it came to.
  public struct Row: Sendable {
    /// The remedy.
    public var remedy: Proposal
    /// By input; empty where it is not run here.
    public var results: [RemedyInput.Result]
  }

  /// The rows, by the time at which they were proposed.
  public private(set) var rows: [Row] = []

  /// Runs all of them.
  ///
  /// - Parameter progress: where it reports how far it is.
  public init(_ progress: WorkProgress? = nil) {
    let remedies = Proposal.all
    for (index, remedy) in remedies.enumerated() {
      progress?.report(UInt64(index), of: UInt64(remedies.count))
      let setup: (KernelProfile, [PolicyName])? =
        switch remedy.run {
        case .plain(let kernel): (kernel, [])
        case .policies(let names): (Proposal.base, names)
        case .onArm64(let names): (Proposal.arm64Base, names)
        case .elsewhere: nil
        }
      let results = setup.map { setup in
        RemedyInput.all.compactMap { $0.result(setup.0, setup.1) }
      }
      rows.append(Row(remedy: remedy, results: results ?? []))
    }
  }

  /// The table in lines: three for each remedy.
  public var lines: [String] {
    var lines = RemedyInput.all.map { "\($0.name): \($0.about)." }
    lines += [Self.explanation, ""]
    for row in rows {
      lines.append("\(row.remedy.name)  (\(row.remedy.origin); \(row.remedy.status))")
      lines.append("    \(row.remedy.idea)")
      if case .elsewhere(let words) = row.remedy.run {
        lines.append("    not run on the inputs: \(words)")
      } else {
        for (input, result) in zip(RemedyInput.all, row.results) {
          lines.append("    \(input.name): \(Self.words(result))")
        }
      }
      lines.append("    \(row.remedy.knowledge.word): \(row.remedy.knowledge.details)")
    }
    return lines
  }

  private static func words(_ result: RemedyInput.Result) -> String {
    var words =
      "\(result.splits) splits, \(result.merges) merges, \(result.kilobytesOf4K) kB more in 4K, "
      + "\(result.shootdowns) flushes"
    if result.interrupts != result.shootdowns {
      words += ", \(result.interrupts) of them by interrupts"
    }
    if result.ownFlushes > 0 { words += ", and \(result.ownFlushes) of one CPU alone" }
    if result.failures > 0 { words += ", \(result.failures) calls failed" }
    return words
  }

  /// What the numbers are.
  public static let explanation =
    "Kernel \(Proposal.base.name), teaching-4g, but where a row names another. Splits of 2M and 1G leaves, "
    + "leaves that re-formed, what DirectMap4k grew by at the end, and flushes that reach every CPU. Rows of arm64: "
    + "\(Proposal.arm64Base.name), arm64-16g with FEAT_BBM level 2, 4K leaves of the linear map, flushes of ranges."

  /// The table as Markdown, for docs/remedies.md.
  public var markdown: String {
    var text = "| remedy | who, when | status | idea |"
    for input in RemedyInput.all { text += " \(input.name) |" }
    text +=
      " known |\n|---|---|---|---|" + String(repeating: "---|", count: RemedyInput.all.count + 1)
    text += "\n"
    for row in rows {
      let remedy = row.remedy
      text += "| `\(remedy.name)` | \(remedy.origin) | \(remedy.status) | \(remedy.idea) |"
      if case .elsewhere(let words) = remedy.run {
        text += " \(words) | | |"
      } else {
        for result in row.results {
          text +=
            " \(result.splits) / \(result.merges) / \(result.kilobytesOf4K) / \(result.shootdowns)"
            + (result.interrupts != result.shootdowns
              ? " (\(result.interrupts) by interrupts)" : "")
            + (result.ownFlushes > 0 ? " (and \(result.ownFlushes) of one CPU)" : "")
            + (result.failures > 0 ? " (\(result.failures) failed)" : "") + " |"
        }
      }
      text += " \(remedy.knowledge.word) |\n"
    }
    return text
  }
}
