import Engine

/// The kernel's page-table dump (`page_tables/kernel` or `kernel_page_tables` of debugfs), of which the
/// direct map is read.
///
///     ---[ Low Kernel Mapping ]---                                                      x86
///     0xffff888000200000-0xffff888001000000          14M     RW         PSE     GLB NX pmd
///     ---[ Linear Mapping start ]---                                                    arm64
///     0xffff000002600000-0xffff000004000000          26M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL
///
/// Source: arch/x86/mm/dump_pagetables.c and arch/arm64/mm/ptdump.c, 6.12.
public struct PageTableDumpText: Equatable, Sendable {
  /// A line of the direct map.
  public struct Line: Equatable, Sendable {
    /// The frames, counted from the start of the direct map: with address randomisation, and on
    /// arm64, the addresses alone do not show frames.
    public var frames: Range<PFN>
    /// The level of the entries.
    public var level: EntryRun.Level
    /// The words for the flags, in order.
    public var attributes: [String]
    /// Its number in the text.
    public var number: Int

    /// Whether two lines are equal.
    func says(_ other: Line) -> Bool {
      frames == other.frames && level == other.level && attributes == other.attributes
    }
  }

  /// The architecture of the kernel.
  public let architecture: Architecture
  /// The lines of the direct map, by rising frame.
  public let lines: [Line]

  /// Reads the text: a whole dump, or the part of the direct map with its header.
  public init(_ text: String) throws(KernelTextError) {
    var reader = DumpReader()
    for line in TextLine.lines(of: text) where !line.isBlank { try reader.read(line) }
    guard let architecture = reader.architecture, !reader.lines.isEmpty else {
      throw .missing(
        "lines below `---[ Low Kernel Mapping ]---` or `---[ Linear Mapping start ]---`")
    }
    self.architecture = architecture
    lines = try reader.finished()
  }

  /// Whether a line is typical of such a text.
  static func recognises(_ line: TextLine) -> Bool {
    let message = LogPrefix(line.text).message
    return message.hasPrefix("---[ ") && message.trimmingBlanks.hasSuffix(" ]---")
  }
}

/// Goes over a dump line by line.
private struct DumpReader {
  private(set) var architecture: Architecture?
  private(set) var lines: [(range: AddressRangeText, line: PageTableDumpText.Line)] = []
  /// Lines below the header before the direct map's: its first one may be among them.
  private var before: [(range: AddressRangeText, line: PageTableDumpText.Line)] = []
  private var isInside = false
  private var isOver = false

  private static let starts: [Substring: Architecture] = [
    "Low Kernel Mapping": .x86_64, "Linear Mapping start": .arm64, "Linear Mapping": .arm64,
  ]

  mutating func read(_ line: TextLine) throws(KernelTextError) {
    let text = LogPrefix(line.text).message.trimmingBlanks
    if let header = text.after("---[ ") {
      let name = header.hasSuffix(" ]---") ? header.dropLast(5) : header
      isOver = isOver || isInside
      isInside = false
      if let start = Self.starts[name], !isOver {
        architecture = start
        isInside = true
      } else if !isOver {
        before = []
      }
      return
    }
    if isOver { return }
    let found = try Self.line(line, text)
    if isInside { lines.append(found) } else { before.append(found) }
  }

  private static func line(
    _ line: TextLine, _ text: Substring,
  ) throws(KernelTextError) -> (range: AddressRangeText, line: PageTableDumpText.Line) {
    var words = text.split { $0 == " " || $0 == "\t" }
    let ends = words.first?.split(separator: "-", maxSplits: 1) ?? []
    guard words.count >= 3, ends.count == 2, let first = UInt64(hex: ends[0]),
      let end = UInt64(hex: ends[1]),
      // The last line ends where the address space does, which prints as 0.
      let range = AddressRangeText(first, behindLast: end == 0 ? .max : end)
    else { throw .unexpected(line, "`0xSTART-0xEND SIZE FLAGS LEVEL` of a page-table dump") }
    words.removeFirst(2)
    // x86 has the level at the end and in small letters, arm64 at the beginning and in capitals.
    let level: EntryRun.Level
    if let last = words.last.flatMap({ Self.level($0) }) {
      level = last
      words.removeLast()
    } else if let first = words.first.flatMap({ Self.level($0.lowercased()[...]) }) {
      level = first
      words.removeFirst()
    } else {
      throw .unexpected(line, "a level such as pmd or PMD")
    }
    return (
      range,
      PageTableDumpText.Line(
        frames: 0..<0, level: level, attributes: words.map(String.init), number: line.number)
    )
  }

  private static func level(_ word: Substring) -> EntryRun.Level? {
    word == "p4d" ? .pgd : EntryRun.Level(rawValue: String(word))
  }

  /// The lines with their frames.
  func finished() throws(KernelTextError) -> [PageTableDumpText.Line] {
    let gibibyte: UInt64 = 1 << 30
    guard let first = lines.first?.range.first else { return [] }
    // Both kinds of map begin at a multiple of 1G; on x86 the first lines may stand above the header.
    let base = first / gibibyte * gibibyte
    var finished: [PageTableDumpText.Line] = []
    for (range, line) in before.filter({ $0.range.first >= base }) + lines {
      var line = line
      let pages = (range.last - range.first) / 4096 + 1
      let start = (range.first - base) / 4096
      let isHole = line.attributes.isEmpty
      let limit = AddressLayout.pfnLimit.rawValue
      if isHole, start >= limit { continue }
      guard start < limit, isHole || pages <= limit - start, range.first >= base,
        start >= finished.last?.frames.upperBound.rawValue ?? 0
      else { throw Self.wrong(line, "lines by rising address, below 64 TiB") }
      line.frames = PFN(start)..<PFN(min(start + pages, limit))
      let size = line.level.entryBytes / 4096
      guard isHole || start % size == 0 && pages % size == 0 && line.level != .pgd else {
        throw Self.wrong(line, "whole leaves of \(line.level.rawValue)")
      }
      finished.append(line)
    }
    return finished
  }

  private static func wrong(
    _ line: PageTableDumpText.Line, _ expected: String,
  ) -> KernelTextError {
    .unexpected(
      line: line.number, found: line.attributes.joined(separator: " "), expected: expected)
  }
}

// MARK: - The machine

extension PageTableDumpText {
  /// The leaves, without A and D in the text: on x86 A is assumed to be set, and D where RW is.
  public var leaves: [LeafRun] {
    lines.compactMap { line in
      guard let flags = flags(line), let size = line.size else { return nil }
      return LeafRun(
        start: VirtualAddress(
          AddressLayout.pageOffset(architecture).rawValue + line.frames.lowerBound.rawValue << 12),
        pages: line.frames.upperBound - line.frames.lowerBound, size: size, flags: flags)
    }
  }

  /// A machine with these leaves, as far as they tell: meminfo's counters are those of the leaves.
  public func machine(kernel: KernelProfile) -> Machine {
    let mapped = lines.filter { !$0.attributes.isEmpty }
    var kilobytes: [LeafSize: Int64] = [:]
    for line in mapped {
      guard let size = line.size else { continue }
      kilobytes[size, default: 0] += Int64(
        (line.frames.upperBound - line.frames.lowerBound).kilobytes)
    }
    let untagged = mapped.filter { $0.attributes.contains("MEM/NORMAL") }
    let image = untagged.first.map {
      $0.frames.lowerBound..<untagged[untagged.count - 1].frames.upperBound
    }
    return Machine(
      kernel: kernel, cpu: CPUFeatures(), memory: MemoryMap(mapped.map(\.frames)),
      leaves: leaves, directMapKilobytes: kilobytes, linearMapImage: image)
  }

  private func flags(_ line: Line) -> EntryFlags? {
    guard !line.attributes.isEmpty else { return nil }
    let words = Set(line.attributes)
    var flags: EntryFlags = words.contains("F") ? [] : .present
    func set(_ word: String, _ flag: EntryFlags) {
      if words.contains(word) { flags.formUnion(flag) }
    }
    set("USR", .user)
    set("RW", .writable)
    set("NX", .nx)
    switch architecture {
    case .x86_64:
      flags.formUnion(words.contains("RW") ? [.accessed, .dirty] : .accessed)
      set("PWT", .pwt)
      set("PCD", .pcd)
      set("PSE", .pse)
      set("PAT", .pat)
      set("GLB", .global)
    case .arm64:
      flags.formUnion(.normalMemory)
      set("AF", .accessed)
      set("CON", .contiguous)
      set("MEM/NORMAL-NC", .pcd)
      if !words.contains("NG") { flags.formUnion(.global) }
    }
    return flags
  }
}

extension PageTableDumpText.Line {
  fileprivate var size: LeafSize? {
    switch level {
    case .pgd: nil
    case .pud: .size1G
    case .pmd: .size2M
    case .pte: .size4K
    }
  }
}
