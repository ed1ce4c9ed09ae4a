import Engine
import KernelText

/// What a real kernel showed of its direct map, to compare with a machine that was booted here.
public enum ShownText: Equatable, Sendable {
  /// `/proc/meminfo`, or its DirectMap lines.
  case meminfo(NameValueText)
  /// `/proc/vmstat`, or its direct_map lines.
  case vmstat(NameValueText)
  /// A page-table dump.
  case dump(PageTableDumpText)

  /// Reads a text of one of these kinds, recognised by its contents.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      if PageTableDumpText.recognises(line) {
        self = .dump(try PageTableDumpText(text))
        return
      }
      guard let word = line.unquoted.words.first else { continue }
      if word.hasPrefix("DirectMap") {
        self = .meminfo(try NameValueText(text))
        return
      }
      if word.hasPrefix("direct_map_level") {
        self = .vmstat(try NameValueText(text))
        return
      }
    }
    throw .missing(
      "DirectMap lines as /proc/meminfo has, direct_map_level lines as /proc/vmstat has, or headers of "
        + "a page-table dump")
  }
}

extension ShownText {
  /// How a machine changed since boot, as far as the text shows, in lines.
  ///
  /// - Parameters:
  ///   - machine: the machine at the end of boot.
  ///   - image: how much boot may have done to an unknown kernel image.
  public func comparison(with machine: Machine, missing image: MissingImage? = nil) -> [String] {
    switch self {
    case .meminfo(let text): Self.meminfo(text, machine, image)
    case .vmstat(let text): Self.vmstat(text, machine)
    case .dump(let dump): Self.dump(dump, machine)
    }
  }

  // MARK: - meminfo

  private static func meminfo(
    _ text: NameValueText, _ machine: Machine, _ image: MissingImage?,
  ) -> [String] {
    if machine.architecture == .arm64 { return [noCounters] }
    return SplitsSinceBoot(text, machine, missing: image).text
  }

  private static var noCounters: String {
    "arm64 kernels count no leaves of the linear map in /proc/meminfo or /proc/vmstat; give a page-table "
      + "dump"
  }

  // MARK: - vmstat

  private static func vmstat(_ text: NameValueText, _ machine: Machine) -> [String] {
    if machine.architecture == .arm64 { return [noCounters] }
    func value(_ name: String) -> Int64 { min(Int64(clamping: text[name] ?? 0), 1 << 40) }
    let splits2M = value("direct_map_level2_splits")
    let splits1G = value("direct_map_level3_splits")
    var lines = [SplitsSinceBoot.sentence(splits1G: splits1G, splits2M: splits2M)]
    let merges2M = value("direct_map_level2_collapses")
    let merges1G = value("direct_map_level3_collapses")
    if merges1G > 0 || merges2M > 0 {
      lines.append("and \(merges1G) were collapsed to 1G, \(merges2M) to 2M")
    }
    let net2M = splits2M - merges2M
    let net1G = splits1G - merges1G
    lines.append("DirectMap lines that this comes to, from those of boot:")
    let changes = [net2M * 2048, net1G * (1 << 20) - net2M * 2048, -net1G * (1 << 20)]
    for ((size, name), change) in zip(SplitsSinceBoot.names, changes) {
      let kilobytes = machine.directMapKilobytes(size) + change
      if size == .size1G, kilobytes == 0 { continue }
      lines.append(left(name + ":", 13) + right(kilobytes, 11) + " kB")
    }
    return lines
  }

  // MARK: - Page tables

  /// The maximum number of lines that are shown individually.
  private static let lineLimit = 20

  private static func dump(_ dump: PageTableDumpText, _ machine: Machine) -> [String] {
    guard dump.architecture == machine.architecture else {
      return [
        "the dump is of \(dump.architecture.rawValue), and the machine is of "
          + "\(machine.architecture.rawValue)"
      ]
    }
    guard let ours = try? PageTableDumpText(machine.pageTableDump).lines else {
      return ["the machine has no direct map"]
    }
    // Behind the RAM there is nothing; where a hole ends there depends on the base address.
    let end = machine.memory.end.alignedUp(to: .size1G)
    let theirs = dump.lines.filter { $0.frames.lowerBound < end }
    var ownByStart: [PFN: PageTableDumpText.Line] = [:]
    for line in ours { ownByStart[line.frames.lowerBound] = line }
    let others = theirs.filter { line in
      guard let own = ownByStart[line.frames.lowerBound] else { return true }
      return !own.says(line)
    }
    var lines = [
      "\(theirs.count - others.count) of \(theirs.count) lines of the direct map are as booted here"
    ]
    for line in others.prefix(lineLimit) {
      lines.append("line \(line.number): \(line.summary)")
      for own in ours.filter({ $0.frames.overlaps(line.frames) }).prefix(lineLimit) {
        lines.append("  booted: \(own.summary)")
      }
    }
    if others.count > lineLimit {
      lines.append("and \(counted(others.count - lineLimit, "line")) more")
    }
    return lines
  }
}

extension PageTableDumpText.Line {
  /// The line in short: `pfn 0x200 to 0x9c00: pmd RW PSE GLB NX`.
  fileprivate var summary: String {
    let words = attributes.isEmpty ? ["nothing"] : attributes
    return "pfn \(frames.lowerBound.hex) to \(frames.upperBound.hex): \(level.rawValue) "
      + words.joined(separator: " ")
  }
}
