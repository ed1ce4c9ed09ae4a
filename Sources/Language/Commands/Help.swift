import Engine
import Narration

/// What `help` says, and the reference in `docs/scenarios.md`: both from the table of commands.
public enum Help {
  /// Lines of help: about one command, or the list of all; for a word that is none, the nearest.
  public static func lines(about topic: String? = nil) -> [String] {
    guard let topic else { return overview }
    let commands = Command.named(topic).map { [$0] } ?? Command.byFirstWord[topic] ?? []
    if commands.isEmpty {
      let nearest = NearestWord.find(topic, among: Command.all.map(\.name) + Command.firstWords)
      return ["no command is called '\(topic)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")]
    }
    return commands.flatMap { [$0.usage, "  " + $0.help, "  Example: " + $0.example] }
  }

  private static var overview: [String] {
    Command.Group.allCases.flatMap { group in
      ["\(group.rawValue):"]
        + Command.all.filter { $0.group == group }.map { "  \($0.usage)" }
    }
  }

  /// The commands in Markdown, a table for each group.
  public static var commandReference: String {
    Command.Group.allCases.map { group in
      let rows = Command.all.filter { $0.group == group }.map { command in
        "| `\(escaped(command.usage))` | \(escaped(command.help)) | `\(escaped(command.example))` |"
      }
      return
        (["### \(group.rawValue)", "", "| line | what it does | example |", "|---|---|---|"] + rows)
        .joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The switches of the CPU and of the kernel's command line, in Markdown.
  public static var switchReference: String {
    let plain = CPUFeatures()
    let rows = CPUFeatures.Switch.allCases.map {
      "| `\($0.word)` | \(plain[$0] ? "on" : "off") | \($0.summary) |"
    }
    return (["| feature | unless said | what it is |", "|---|---|---|"] + rows)
      .joined(separator: "\n")
  }

  /// The policies, in Markdown, a table for each kind.
  public static var policyReference: String {
    PolicyName.Kind.allCases.map { kind in
      let rows = PolicyName.allCases.filter { $0.kind == kind }.map {
        "| `\($0.rawValue)` | \($0.summary) |"
      }
      return (["### \(kind.title)", "", "| policy | what it is |", "|---|---|"] + rows)
        .joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The names that an expression can have, in Markdown.
  public static var expressionReference: String {
    let readings = Reading.all.map { "| `\($0.name)` | \($0.help) |" }
    let properties = Expression.Property.allCases.map {
      "| `\($0.rawValue)(TARGET)` | \($0.help) |"
    }
    let ofAreas = Expression.AreaProperty.allCases.map {
      "| `\($0.rawValue)(NAME)` | \($0.help) |"
    }
    let others = [
      "| `ret` | What the last call returned: 0, `-EBUSY`, `-EINVAL`, `-EFAULT`, `-ENOMEM`, "
        + "`-ENOSYS`; `BUG` if the kernel stopped in it. |",
      "| `last(COUNTER)` | By how much the last call moved a counter. |",
    ]
    let quantities = Expression.Quantity.allCases.map { "| `\($0.rawValue)` | \($0.help) |" }
    let tlb = Expression.TLBMeasure.allCases.map { "| `\($0.rawValue)` | \($0.help) |" }
    return
      (["| name | value |", "|---|---|"] + readings + quantities + tlb + properties + ofAreas
      + others)
      .joined(separator: "\n")
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|")
  }
}

extension PolicyName.Kind {
  /// What a list of the policies of this kind is headed by.
  var title: String {
    switch self {
    case .remedy: "Remedies as they were proposed"
    case .upstreamSwitch: "Parts of the kernel, on or off"
    case .linearMapStage: "Stages of April 2024, arm64"
    }
  }
}

extension Expression.Property {
  /// What the property is, in one line.
  var help: String {
    switch self {
    case .size: "The size of the leaf that maps the page: `4K`, `2M`, `1G` or `none`."
    case .flags: "All bits of the leaf but the frame number: words such as `P RW NX`, or a number."
    case .present: "Whether P is set."
    case .writable: "Whether P and RW are set."
    case .executable: "Whether P is set and NX is not."
    case .type: "The cache type in the kernel's books: `WB`, `WC`, `UC-` or `WT`."
    }
  }
}

extension Expression.Quantity {
  /// What the number is, in one line.
  var help: String {
    switch self {
    case .pagesCached: "Pages that the caches of policies hold."
    case .freePages: "Free pages of the page allocator."
    case .pteTables: "arm64: tables of 4K entries of the linear map, early and late ones."
    case .pmdTables: "arm64: tables of 2M entries of the linear map."
    case .pudTables: "arm64: tables of 1G entries of the linear map."
    case .lateTables: "arm64: of all these, those that were allocated when the map was up."
    case .earlyInvalidations: "arm64: TLB invalidations of fixmap slots in `map_mem()`."
    case .lateInvalidations: "arm64: TLB invalidations of fixmap slots since."
    case .lateZeroings: "arm64: how often late tables were set to zero, by whomever."
    case .blockSplits: "arm64: blocks of the linear map that were split."
    case .vmallocWasted: "Bytes of vmalloc areas that nobody asked for."
    case .vmallocTaken: "Bytes that vmalloc areas take."
    case .vmallocHuge: "2M leaves that map vmalloc areas."
    case .vmallocSmall: "4K entries that map vmalloc areas."
    case .vmallocLazy: "Pages of freed vmalloc addresses that wait for a flush."
    case .userPages: "Pages that the process maps."
    default: zapCounter?.help ?? ""
    }
  }
}

extension Reading {
  /// What the number is, in one line.
  var help: String {
    switch self {
    case .directMap(let size): "kB in \(size.name) leaves, as `/proc/meminfo` shows it."
    case .counter(let counter): counter.help
    }
  }
}

extension Counter {
  /// What the kernel counts, in one line.
  fileprivate var help: String {
    switch self {
    case .directMap4K: "4K leaves of the direct map."
    case .directMap2M: "2M leaves of the direct map."
    case .directMap1G: "1G leaves of the direct map."
    case .level2Splits: "2M leaves split since boot was over, as `/proc/vmstat` shows it."
    case .level3Splits: "1G leaves split since boot was over."
    case .level2Collapses: "2M leaves that re-formed; 6.15 and later."
    case .level3Collapses: "1G leaves that re-formed; 6.15 and later."
    case .cpa1GChecked: "1G leaves that were judged, of cpa_stats."
    case .cpa1GSameprot: "Of these, those that had what was asked for."
    case .cpa1GPreserved: "Of these, those that were changed in one piece."
    case .cpa2MChecked: "2M leaves that were judged."
    case .cpa2MSameprot: "Of these, those that had what was asked for."
    case .cpa2MPreserved: "Of these, those that were changed in one piece."
    case .cpa4KSetChecked: "4K entries that were visited."
    case .flushTLBAll: "Full flushes of all CPUs."
    case .cpaFlush: "Requests that ended in a flush."
    case .cpaFlushTLB: "Flushes page by page, one for each CPU."
    case .flushTLBOneKernel: "Single pages flushed, one for each page and CPU."
    case .flushTLBKernelRange: "Flushes of freed vmalloc addresses."
    case .cacheLineFlushedPages: "Pages whose cache lines were written back with CLFLUSH."
    case .wbinvd: "Times all caches were written back with WBINVD."
    case .level1Merges: "4K to 2M merges by a policy, under the name of the proposals of 2022."
    case .level2Merges: "2M to 1G merges by a policy."
    case .splitTables:
      "Tables of splits, less those of merges; from 7.2.7 on in nr_page_table_pages of vmstat."
    case .entriesScanned: "Entries that a merging policy read to compare them: what it costs."
    case .wordsTested: "Words or counts that a merging policy tested instead."
    case .mergeFlushes: "Full flushes that a merging policy did on top of the request's own."
    case .mermapFlushTLB: "Full flushes of one CPU alone, before the Mermap uses its window again."
    }
  }
}
