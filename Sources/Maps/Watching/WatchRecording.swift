public import Engine
import KernelText

/// A recording of `directmap watch`, as it is read back.
public struct WatchRecording: Sendable {
  /// The machine.
  public private(set) var machine: WatchedMachine
  /// The readings, the first of them whole. Of a recording that was begun anew, only what differs.
  public private(set) var readings: [WatchReading] = []
  /// What should be known of it.
  public private(set) var notes: [String] = []

  /// The most lines of leaves of all readings together: 8 GiB of tables.
  private static let runsMax = 16 << 20

  /// Reads a recording, which may have any length. A reading that is cut off at the end is left out.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(_ source: any ByteSource, progress: WorkProgress? = nil) throws {
    machine = WatchedMachine(
      release: "", architecture: .x86_64, addresses: TraceAddresses(), ram: [])
    var lines = LineStream(source)
    var current: Draft?
    var runs = 0
    while try lines.advanceReadably() {
      let bytes = lines.content
      guard bytes.first == UInt8(ascii: "#") else { continue }
      if lines.number % 65_536 == 0, progress?.isStopped == true { break }
      let line = TextLine(number: lines.number, text: Substring(lines.text))
      if lines.number == 1, line.text != WatchText.mark {
        throw KernelTextError.unexpected(line, "`\(WatchText.mark)`")
      }
      let words = line.words
      guard words.count > 1 else { continue }
      switch words[1] {
      case "kernel": machine.release = words.count > 2 ? String(words[2]) : ""
      case "machine": try readMachine(line)
      case "ram":
        machine.ram.append(try Self.frames(line))
      case "reading": current = try Draft(line)
      case "L":
        guard var draft = current else { continue }
        draft.reading.leaves.append(
          try draft.reader.run(bytes.dropFirst(2), line: lines.number))
        current = draft
        runs += 1
        guard runs <= Self.runsMax else {
          throw KernelTextError.tooLarge(
            "the recording has more than \(Self.runsMax) runs of leaves; record with --limit")
        }
      case "counters":
        current?.reading.counters = WatchCounters(note: FtraceNote(bytes.dropFirst(2)))
      case "cause": current?.reading.causes.append(try Self.cause(line))
      case "end":
        if let draft = current { try add(draft.reading, line) }
        current = nil
      default: continue
      }
    }
    if current != nil { notes.append("the last reading is cut off, and left out") }
    if readings.isEmpty { throw KernelTextError.missing("whole reading of the map") }
  }

  /// A reading of which not all lines were read.
  private struct Draft {
    var reading: WatchReading
    var reader = LeavesReader()

    init(_ line: TextLine) throws(KernelTextError) {
      let words = line.words
      guard words.count == 4, let time = Self.microseconds(words[2]),
        ["whole", "changes"].contains(words[3])
      else { throw .unexpected(line, "`# reading SECONDS whole` or `changes`") }
      reading = WatchReading(at: time, isWhole: words[3] == "whole", [], WatchCounters())
    }

    private static func microseconds(_ text: Substring) -> UInt64? {
      let parts = text.split(separator: ".")
      guard parts.count == 2, parts[1].utf8.count == 6, let whole = UInt64(decimal: parts[0]),
        let rest = UInt64(decimal: parts[1]), whole < 1 << 40
      else { return nil }
      return whole * 1_000_000 + rest
    }
  }

  private mutating func add(
    _ reading: WatchReading, _ line: TextLine,
  ) throws(KernelTextError) {
    var reading = reading
    reading.leaves.move(to: AddressLayout(machine.architecture))
    if readings.isEmpty, !reading.isWhole {
      throw .unexpected(line, "a whole reading before those that tell what changed")
    }
    readings.append(reading)
  }

  private mutating func readMachine(_ line: TextLine) throws(KernelTextError) {
    let words = line.words
    guard words.count == 5, let architecture = Architecture(rawValue: String(words[2])),
      let pageOffset = Self.address(words[3], "page_offset="),
      let vmemmap = Self.address(words[4], "vmemmap=")
    else { throw .unexpected(line, "`# machine ARCHITECTURE page_offset=ADDRESS vmemmap=ADDRESS`") }
    machine.architecture = architecture
    machine.addresses = TraceAddresses(pageOffset: pageOffset, vmemmap: vmemmap)
  }

  private static func address(_ word: Substring, _ key: String) -> VirtualAddress? {
    guard word.hasPrefix(key) else { return nil }
    return UInt64(hex: word.dropFirst(key.count)).map { VirtualAddress($0) }
  }

  private static func frames(_ line: TextLine) throws(KernelTextError) -> Range<PFN> {
    let words = line.words
    guard words.count == 4, let first = UInt64(hex: words[2]), let end = UInt64(hex: words[3]),
      first < end, end <= AddressLayout.pfnLimit.rawValue
    else { throw .unexpected(line, "`# ram FIRST END` in frames below 64 TiB") }
    return PFN(first)..<PFN(end)
  }

  private static func cause(_ line: TextLine) throws(KernelTextError) -> WatchCause {
    var values: [Substring: Substring] = [:]
    for word in line.words.dropFirst(2) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    func text(_ key: Substring) -> String { WatchText.unescaped(values[key] ?? "") }
    func number(_ key: Substring) -> UInt64? { values[key].flatMap { UInt64(decimal: $0) } }
    guard let of1G = number("1G"), let of2M = number("2M"), let calls = number("calls"),
      let pages = number("pages"), values["function"] != nil
    else {
      throw .unexpected(line, "`# cause 1G=N 2M=N calls=N pages=N task=... function=... owner=...`")
    }
    let stack = (values["stack"] ?? "").split(separator: ";").map { WatchText.unescaped($0) }
    var cause = WatchCause(
      task: text("task"), function: text("function"), owner: text("owner"), stack: stack)
    (cause.split1G, cause.split2M, cause.calls, cause.pages) = (of1G, of2M, calls, pages)
    return cause
  }
}

extension WatchRecording {
  /// Whether a text begins as a recording does.
  public static func isOne(beginning bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: WatchText.mark.utf8)
  }

  /// All leaves at the end of the recording.
  public var lastLeaves: [LeafRun] {
    var leaves: [LeafRun] = []
    for reading in readings {
      leaves = reading.isWhole ? reading.leaves : leaves.changed(as: reading.leaves)
    }
    return leaves.filter { $0.size != nil }
  }

  /// The first reading as a map.
  public var firstMap: ReadMap {
    var map = ReadMap(.tables, machine.architecture)
    map.leaves = (readings.first?.leaves ?? []).filter { $0.size != nil }
    map.base = machine.addresses.pageOffset.rawValue
    return map
  }

  /// Whether the machine ran with page-table isolation: then no entry has G.
  public var isIsolated: Bool {
    machine.architecture == .x86_64
      && !firstMap.leaves.contains { $0.flags.contains([.present, .global]) }
  }

  /// All causes together, the most expensive first.
  public var totals: WatchTotals {
    var totals = WatchTotals()
    for reading in readings { totals.add(reading.causes) }
    return totals
  }
}
