public import Engine
import KernelText

/// One look at a running kernel.
public struct WatchReading: Equatable, Sendable {
  /// When, in microseconds of the kernel's monotonic clock, which its trace uses too.
  public var microseconds: UInt64
  /// Whether all leaves are given; else only where they differ from the reading before.
  public var isWhole: Bool
  /// The leaves, by rising address. Where nothing is mapped any more, a run without a size.
  public var leaves: [LeafRun]
  /// The kernel's counters.
  public var counters: WatchCounters
  /// Who changed attributes since the reading before.
  public var causes: [WatchCause] = []

  /// Creates a reading.
  public init(
    at microseconds: UInt64, isWhole: Bool, _ leaves: [LeafRun], _ counters: WatchCounters,
  ) {
    self.microseconds = microseconds
    self.isWhole = isWhole
    self.leaves = leaves
    self.counters = counters
  }

  /// The second at which it was taken, with three digits behind the point.
  public var seconds: String { Self.seconds(microseconds, digits: 3) }

  /// Microseconds as the kernel's trace shows a time, in seconds.
  public static func seconds(_ microseconds: UInt64) -> String {
    seconds(microseconds, digits: 6)
  }

  static func seconds(_ microseconds: UInt64, digits: Int) -> String {
    let fraction = String(microseconds % 1_000_000)
    let padded = String(repeating: "0", count: 6 - fraction.count) + fraction
    return "\(microseconds / 1_000_000).\(padded.prefix(digits))"
  }
}

/// What a kernel counts of its direct map: the DirectMap lines of meminfo, in kB, and the `direct_map_*`
/// lines of vmstat.
public struct WatchCounters: Equatable, Sendable {
  /// The names and values, in the order of the kernel's lines.
  public private(set) var values: [(name: String, value: UInt64)] = []

  /// No counters.
  public init() {}

  /// Picks the counters from what the kernel shows; a text that is missing or cannot be read gives none.
  public init(meminfo: String, vmstat: String) {
    for (text, prefix) in [(meminfo, "DirectMap"), (vmstat, "direct_map_")] {
      for line in TextLine.lines(of: text) {
        let words = line.words
        guard words.count >= 2, words[0].hasPrefix(prefix), let value = UInt64(decimal: words[1])
        else { continue }
        let name = words[0].hasSuffix(":") ? words[0].dropLast() : words[0]
        values.append((String(name), value))
      }
    }
  }

  /// The value of a name; `nil` if the kernel does not show it.
  public subscript(name: String) -> UInt64? { values.first { $0.name == name }?.value }

  /// Reads them from words such as `DirectMap4k=42880kB`.
  init(note: FtraceNote) { values = note.values.map { ($0.key, $0.value) } }

  /// The counters as a recorder's note has them: `DirectMap4k=42880kB direct_map_level2_splits=10`.
  public var noteText: String {
    values.map { "\($0.name)=\($0.value)\($0.name.hasPrefix("DirectMap") ? "kB" : "")" }
      .joined(separator: " ")
  }

  /// Whether both have the same values.
  public static func == (a: WatchCounters, b: WatchCounters) -> Bool {
    a.values.elementsEqual(b.values) { $0 == $1 }
  }

  /// The kilobytes of leaves of each size; empty where the kernel does not show them.
  public var kilobytes: [LeafSize: Int64] {
    var kilobytes: [LeafSize: Int64] = [:]
    for (size, name) in SplitsSinceBoot.names {
      if let value = self[name] { kilobytes[size] = Int64(clamping: min(value, 1 << 40)) }
    }
    return kilobytes
  }

  /// How the counters moved, in words: `direct_map_level2_splits +3`.
  public func words(since old: WatchCounters) -> [String] {
    values.compactMap { name, value in
      guard let before = old[name], before != value else { return nil }
      let sign = value > before ? "+" : "-"
      return "\(name) \(sign)\(value > before ? value - before : before - value)"
    }
  }
}
