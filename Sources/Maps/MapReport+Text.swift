import Engine
import KernelText

extension MapReport {
  /// The report in lines, about ten: what is not told is left out.
  public var summary: [String] {
    [title] + sizeLines + blockLines + unsafeLines + bootLines + driftLines + memoryLines
      + notes.map { "note: \($0)" }
  }

  /// What a screen has room for.
  public var headline: [String] {
    guard let leaves else { return [] }
    var parts = [
      "\(Engine.counted(leaves.of1G, "leaf", "leaves")) of 1G, \(leaves.of2M) of 2M, \(leaves.of4K) of 4K"
    ]
    if let brokenBlocks {
      parts.append(
        "\(Engine.counted(brokenBlocks, "block")) of 2M \(brokenBlocks == 1 ? "is" : "are") split")
    }
    if let unsafe = writableAndExecutable, unsafe.pages + unsafe.pagesElsewhere > 0 {
      let pages = unsafe.pages + unsafe.pagesElsewhere
      parts.append(
        "\(Engine.counted(pages, "page")) \(pages == 1 ? "is" : "are") writable and executable")
    }
    if let boot, let of1G = boot.split1G, let of2M = boot.split2M {
      parts.append(
        "since boot \(Engine.counted(of1G, "leaf", "leaves")) of 1G and \(of2M) of 2M were split")
    }
    return parts
  }

  /// What was read, and whose rules are used.
  var title: String {
    let name = release.map { "Linux \($0), " } ?? ""
    return
      "\(map ?? sources.joined(separator: ", ")): \(name)\(architecture), the rules of \(kernel)"
  }

  /// How much of the map are leaves of each size, against boot alone where that is known.
  var sizeLines: [String] {
    guard let leaves else { return [] }
    let rows: [(String, UInt64, UInt64, KeyPath<Sizes, Int64>)] = [
      ("1G", leaves.of1G, leaves.of1G << 20, \.of1G),
      ("2M", leaves.of2M, leaves.of2M << 11, \.of2M), ("4K", leaves.of4K, leaves.of4K << 2, \.of4K),
    ]
    let sum = max(1, rows.reduce(0) { $0 + $1.2 })
    return rows.map { name, count, kilobytes, path in
      var line =
        "\(name) \(right(count, 12)) \(count == 1 ? "leaf:  " : "leaves:")"
        + right(Self.amount(kilobytes), 12) + right(Self.percent(kilobytes, of: sum), 9)
      if let boot {
        line += "; after boot alone" + right(Self.amount(UInt64(boot.tables[keyPath: path])), 12)
      }
      return line
    }
  }

  /// The blocks of 2M that are mapped by 4K leaves.
  var blockLines: [String] {
    guard let splitBlocks, let brokenBlocks else { return [] }
    var line =
      "\(brokenBlocks) \(brokenBlocks == 1 ? "block" : "blocks") of 2M could be one leaf each, and "
      + "\(brokenBlocks == 1 ? "is" : "are") mapped by 4K leaves"
    if boot == nil, let splitGibibytes {
      line += "; \(splitGibibytes) GiB are mapped whole, and not by leaves of 1G"
    }
    let signs = MapCensus.Sign.allCases.compactMap { sign -> String? in
      guard sign != .edge, sign != .boot, let count = splitBlocks[sign.rawValue], count > 0 else {
        return nil
      }
      return "\(count) \(sign.words)"
    }
    var lines = [line] + (signs.isEmpty ? [] : ["  of these: " + signs.joined(separator: ", ")])
    if let areas = splitBlocksByArea, !areas.isEmpty {
      let words = areas.prefix(6).map { "\($0.name) \($0.blocks)" }.joined(separator: ", ")
      lines.append("  whose memory lies in split blocks: \(words)")
    }
    return lines
  }

  /// What is writable and executable.
  var unsafeLines: [String] {
    guard let unsafe = writableAndExecutable else { return [] }
    guard unsafe.pages > 0 || unsafe.pagesElsewhere > 0 else {
      return ["W+X: nothing is writable and executable at once"]
    }
    var lines: [String] = []
    if unsafe.pages > 0 {
      lines.append(
        "W+X: \(Engine.counted(unsafe.pages, "page")) of the direct map "
          + "\(unsafe.pages == 1 ? "is" : "are") writable and executable: pfn "
          + unsafe.frames.joined(separator: ", "))
    }
    if unsafe.pagesElsewhere > 0 {
      lines.append("W+X: \(Engine.counted(unsafe.pagesElsewhere, "page")) outside the direct map:")
      lines += unsafe.elsewhere.map { "  \($0)" }
    }
    return lines
  }

  /// What was split since boot, and what boot did itself.
  var bootLines: [String] {
    guard let boot else {
      return counted.map { [$0.words] } ?? []
    }
    var lines: [String] = []
    if let split1G = boot.split1G, let split2M = boot.split2M {
      lines.append(
        "since boot, by the tables: \(Engine.counted(split1G, "leaf", "leaves")) of 1G and \(split2M) of 2M were split"
      )
    }
    if let sinceBoot {
      let text = sinceBoot.text
      // The lines themselves only where there is no map, whose sizes say the same.
      lines +=
        leaves == nil
        ? text
        : ["since boot, by meminfo: " + text[sinceBoot.lines.count + 1]]
          + text.dropFirst(sinceBoot.lines.count + 2)
    }
    if let counted {
      lines.append(counted.words)
      if let of1G = sinceBoot?.of1G, let of2M = sinceBoot?.of2M {
        let before = (
          of1G - Int64(clamping: counted.splits1G), of2M - Int64(clamping: counted.splits2M)
        )
        if before.0 >= 0, before.1 >= 0, counted.collapses1G == 0, counted.collapses2M == 0 {
          lines.append(
            "  so \(before.0) of 1G and \(before.1) of 2M were split by boot itself, before the kernel "
              + "counts: what it loads and protects then")
        }
      }
    }
    return lines
  }

  /// Whether the kernel's counters and its tables agree.
  var driftLines: [String] {
    guard let drift else {
      guard let boot, boot.countedTwiceGibibytes > 0, leaves == nil else { return [] }
      return [
        "DirectMap1G is \(boot.countedTwiceGibibytes) GiB too high from boot on: leaves that are mapped "
          + "in several steps are counted in each"
      ]
    }
    if drift == Sizes() { return ["counters: meminfo shows what the tables hold"] }
    var parts: [String] = []
    for (name, value) in [
      ("DirectMap4k", drift.of4K), ("DirectMap2M", drift.of2M), ("DirectMap1G", drift.of1G),
    ] where value != 0 {
      parts.append("\(name) \(Self.amount(value.magnitude)) too \(value > 0 ? "high" : "low")")
    }
    var line = "counters against the tables: " + parts.joined(separator: ", ")
    if let boot, drift.of1G == boot.countedTwiceGibibytes << 20, drift.of1G > 0 {
      line += "; of 1G boot counts as much twice on this memory"
    }
    return [line]
  }

  /// What the allocator's texts tell.
  private var memoryLines: [String] {
    guard let memory else { return [] }
    var parts: [String] = []
    if let free = memory.freePages, let large = memory.freePagesIn2M {
      parts.append(
        "\(Self.amount(free << 2)) free, \(Self.amount(large << 2)) of it in blocks of 2M or more")
    }
    if let managed = memory.managedPages { parts.append("\(Self.amount(managed << 2)) managed") }
    if let modules = memory.modules, let bytes = memory.moduleBytes {
      parts.append("\(modules) modules of \(Self.amount(bytes >> 10))")
    }
    if let bytes = memory.codeAreaBytes {
      parts.append("\(Self.amount(bytes >> 10)) of areas for code loaded at run time")
    }
    if let types = memory.blocksByType {
      let unmovable = types["Unmovable"] ?? 0
      let all = types.values.reduce(0) { $0 &+ $1 }
      parts.append("\(unmovable) of \(all) pageblocks unmovable")
    }
    return ["memory: " + parts.joined(separator: ", ")]
  }

  /// Kilobytes in the unit that fits: `5.93 GiB`.
  static func amount(_ kilobytes: UInt64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var unit = 0
    var size: UInt64 = 1
    while unit + 1 < units.count, kilobytes >= size << 10 {
      size <<= 10
      unit += 1
    }
    if kilobytes % size == 0 { return "\(kilobytes / size) \(units[unit])" }
    let hundredths = kilobytes / size * 100 + kilobytes % size * 100 / size
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) \(units[unit])"
  }

  /// A part in percent, with one digit behind the point.
  static func percent(_ part: UInt64, of whole: UInt64) -> String {
    let thousandths = UInt64((Double(part) / Double(whole) * 1000).rounded())
    return "\(thousandths / 10).\(thousandths % 10) %"
  }
}

extension MapReport.Counted {
  /// What the kernel counted, in words.
  var words: String {
    var words =
      "the kernel counts \(Engine.counted(splits1G, "split")) of 1G and \(splits2M) of 2M since it runs"
    if collapses1G > 0 || collapses2M > 0 {
      words += ", and \(Engine.counted(collapses1G, "collapse")) to 1G and \(collapses2M) to 2M"
    }
    return words
  }
}

extension MapCensus.Sign {
  /// What is seen, behind a number of blocks.
  public var words: String {
    switch self {
    case .edge: "at the edge of RAM"
    case .boot: "that boot splits"
    case .unsafe: "with writable and executable pages"
    case .uncached: "with pages of another cache type"
    case .shared: "with pages shared with the host"
    case .absent: "with pages that are not present"
    case .executable: "with executable pages"
    case .readOnly: "with read-only pages"
    case .reset: "with pages whose bits were reset, as freed module memory has"
    case .alike: "with 512 equal entries"
    }
  }
}
