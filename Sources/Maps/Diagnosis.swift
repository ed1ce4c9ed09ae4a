public import Engine
import KernelText

/// What split the direct map of a real machine, what of it heals, and what would help.
public struct Diagnosis: JSONReport, Codable, Equatable, Sendable {
  /// What was read.
  public var report: MapReport
  /// What of the splits this kernel takes back by itself.
  public var healing: String
  /// What splits blocks, the most frequent first.
  public var causes: [Cause] = []
  /// What would help, the most effective first.
  public var remedies: [Remedy] = []

  /// What is seen in split blocks, and what is known to leave it there.
  public struct Cause: Codable, Equatable, Sendable {
    /// What is seen.
    public var sign: MapCensus.Sign
    /// The blocks of 2M in which it is seen.
    public var blocks: UInt64
    /// The pages that are not like ordinary memory.
    public var pages: UInt64
    /// What leaves it there.
    public var words: String
  }

  /// Something that would help.
  public struct Remedy: Codable, Equatable, Sendable {
    /// What to do.
    public var words: String
    /// The blocks of 2M that would be one leaf.
    public var blocks: UInt64
    /// How sure that is.
    public var certainty: Certainty
  }

  /// How sure a figure is.
  public enum Certainty: String, Codable, Sendable {
    /// Counted in the tables that were read.
    case counted
    /// It follows from what is in the tables, if the workload stays the same.
    case estimated
  }

  /// Looks at a map.
  ///
  /// - Parameters:
  ///   - machine: the machine with its leaves; `nil` where no map was read.
  ///   - booted: the machine at the end of boot, by the model.
  public init(_ report: MapReport, _ kernel: KernelProfile, _ machine: Machine?, booted: Machine?) {
    self.report = report
    healing = Self.healing(kernel, report)
    guard let machine else { return }
    let census = MapCensus(machine.directMapLeaves, boot: booted?.directMapLeaves ?? [])
    for sign in MapCensus.Sign.allCases where sign != .edge && sign != .boot {
      guard let blocks = census.splitBlocks[sign], blocks > 0 else { continue }
      causes.append(
        Cause(
          sign: sign, blocks: blocks, pages: census.specialPages[sign] ?? 0,
          words: sign.cause(machine.architecture)))
    }
    causes.sort { $0.blocks > $1.blocks }
    findRemedies(census, kernel, booted)
  }

  private static func healing(_ kernel: KernelProfile, _ report: MapReport) -> String {
    if kernel.collapses {
      let alike = report.splitBlocks?[MapCensus.Sign.alike.rawValue] ?? 0
      return
        "\(kernel.name) makes a block one leaf again only when set_memory_rox covers it and its 512 entries "
        + "are alike; none heals when memory is freed. Alike now: \(alike)"
    }
    return "\(kernel.name) never makes a split block one leaf again: only a reboot does"
  }

  private mutating func findRemedies(
    _ census: MapCensus, _ kernel: KernelProfile, _ booted: Machine?,
  ) {
    let large = (census.leaves[.size2M] ?? 0) + (census.leaves[.size1G] ?? 0)
    if large == 0, census.brokenBlocks > 0 {
      let options =
        kernel.architecture == .arm64
        ? "rodata=full does that, the default of many kernels without FEAT_BBM level 2: rodata=on keeps blocks"
        : "debug_pagealloc=on does that, and so does a CPU without PSE, or a guest of Xen PV"
      add(
        "boot without what maps all memory by 4K leaves: \(options)", census.brokenBlocks,
        .estimated)
      return
    }
    let alike = census.splitBlocks[.alike] ?? 0
    if alike > 0 {
      add(
        "a kernel that merges, such as with kirill-2020 or aaronlu-2022: blocks whose entries are alike "
          + "already", alike, .counted)
    }
    let code: [MapCensus.Sign] = [.executable, .readOnly, .reset]
    let blocks = code.reduce(0) { $0 + (census.splitBlocks[$1] ?? 0) }
    let pages = code.reduce(0) { $0 + (census.specialPages[$1] ?? 0) }
    let needed = (pages + 511) / 512
    if blocks > needed, kernel.architecture == .x86_64 {
      let way =
        kernel.hasROXCache
        ? "grouping pages of changed attributes, as grouping-2021 does"
        : "Linux 6.15 or later, whose cache for executable memory takes whole blocks, or grouping-2021"
      add(
        "\(way): what is read-only now, \(counted(pages, "page")), lies in \(counted(blocks, "block")), and fits into \(needed)",
        blocks - needed, .estimated)
    }
    let absent = census.splitBlocks[.absent] ?? 0
    let absentPages = census.specialPages[.absent] ?? 0
    if absent > 0, absentPages / absent >= 128 {
      add(
        "kfence.sample_interval=0, if KFENCE is not needed: guard pages take half of its pool",
        min(absent, 1 + absentPages / 512), .estimated)
    }
    remedies.sort { $0.blocks > $1.blocks }
  }

  private mutating func add(_ words: String, _ blocks: UInt64, _ certainty: Certainty) {
    guard blocks > 0 else { return }
    remedies.append(Remedy(words: words, blocks: blocks, certainty: certainty))
  }
}

extension Diagnosis {
  /// About ten lines for a reader.
  public var lines: [String] {
    var lines = [report.title] + report.sizeLines
    lines += report.bootLines.filter { !$0.hasPrefix("  ") }.suffix(3)
    if report.leaves != nil { lines += report.blockLines.prefix(1) }
    lines.append("heals: \(healing)")
    for cause in causes.prefix(3) {
      lines.append(
        "cause: \(cause.blocks) \(cause.blocks == 1 ? "block" : "blocks") \(cause.sign.words): "
          + cause.words)
    }
    if report.leaves != nil, remedies.isEmpty {
      lines.append("help: nothing that is known here would make more of the map large leaves")
    }
    for remedy in remedies.prefix(2) {
      lines.append(
        "help: \(remedy.words): \(MapReport.amount(remedy.blocks << 11)) more in leaves of 2M "
          + "(\(remedy.certainty.rawValue))")
    }
    if report.leaves == nil {
      lines.append(
        "no map was read: a page-table dump or /proc/kcore shows which blocks are split, and what by"
      )
    }
    lines += report.unsafeLines + report.driftLines
    return lines + report.notes.map { "note: \($0)" }
  }
}

extension MapCensus.Sign {
  /// What is known to leave this in a block.
  fileprivate func cause(_ architecture: Architecture) -> String {
    switch self {
    case .edge, .boot: "boot"
    case .unsafe: "code that is written and run at once"
    case .uncached: "drivers that map memory uncached or write-combining, such as graphics"
    case .shared: "memory that a confidential guest shares with its host"
    case .absent:
      "KFENCE's guard pages, secret memory (memfd_secret), or pages taken out of the map"
    case .executable: "code: modules, BPF programs, trampolines of ftrace and kprobes"
    case .readOnly: "text and constants of modules, and BPF programs, which are read-only here too"
    case .reset: "modules that were unloaded: their pages lost G, and are free"
    case .alike: "what was here is gone, and the block stays split"
    }
  }
}
