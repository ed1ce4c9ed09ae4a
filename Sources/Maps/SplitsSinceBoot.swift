public import Engine
import KernelText

/// What was split since boot, from the counters of a real kernel and a machine that was booted from its
/// memory map.
public struct SplitsSinceBoot: Codable, Equatable, Sendable {
  /// A line of meminfo.
  public struct Line: Codable, Equatable, Sendable {
    /// The name, such as `DirectMap4k`.
    public var name: String
    /// Kilobytes at the end of boot, by the model.
    public var boot: Int64
    /// Kilobytes that the kernel showed.
    public var shown: Int64
  }

  /// The DirectMap lines.
  public var lines: [Line]
  /// Leaves of 1G that were split, on balance; `nil` where the sums differ.
  public var of1G: Int64?
  /// Leaves of 2M that were split, on balance.
  public var of2M: Int64?
  /// Leaves of 1G that boot may have split itself, on a kernel image whose place is not known.
  public var unsure1G: UInt64 = 0
  /// Leaves of 2M.
  public var unsure2M: UInt64 = 0

  /// The kilobytes of all lines at the end of boot.
  public var bootSum: Int64 { lines.reduce(0) { $0.addingReportingOverflow($1.boot).partialValue } }
  /// The kilobytes of all lines that the kernel showed.
  public var shownSum: Int64 {
    lines.reduce(0) { $0.addingReportingOverflow($1.shown).partialValue }
  }

  /// The names of the lines.
  static let names: [(size: LeafSize, name: String)] = [
    (.size4K, "DirectMap4k"), (.size2M, "DirectMap2M"), (.size1G, "DirectMap1G"),
  ]

  /// Compares meminfo with a machine at the end of boot.
  ///
  /// - Parameter image: how much boot may have done to a kernel image that is not known.
  public init(_ meminfo: NameValueText, _ machine: Machine, missing image: MissingImage? = nil) {
    func shown(_ name: String) -> Int64 { Int64(clamping: meminfo[name] ?? 0) }
    lines = []
    for (size, name) in Self.names {
      let boot = machine.directMapKilobytes(size)
      if size == .size1G, boot == 0, shown(name) == 0 { continue }
      lines.append(Line(name: name, boot: boot, shown: shown(name)))
    }
    if let image {
      unsure1G = image.leaves1G
      unsure2M = 2 * image.leaves2M
    }
    guard bootSum == shownSum else { return }
    let less1G = machine.directMapKilobytes(.size1G) &- shown("DirectMap1G")
    of1G = less1G / (1 << 20)
    of2M = (machine.directMapKilobytes(.size2M) &+ less1G &- shown("DirectMap2M")) / 2048
  }

  /// The result, in lines.
  var text: [String] {
    func line(_ name: String, _ boot: Int64, _ shown: Int64) -> String {
      left(name + ":", 13) + right(boot, 11) + " kB at boot,"
        + right(shown, 11) + " kB shown"
    }
    var text = lines.map { line($0.name, $0.boot, $0.shown) }
    text.append(line("sum", bootSum, shownSum))
    guard let of1G, let of2M else {
      return text + [
        "the sums differ: the memory or the switches are others than those booted here, so what was "
          + "split since boot cannot be told"
      ]
    }
    text.append(Self.sentence(splits1G: of1G, splits2M: of2M))
    if unsure2M > 0 {
      let large = unsure1G > 0 ? "\(unsure1G) of 1G and " : ""
      text.append(
        "of these at most \(large)\(unsure2M) of 2M can be boot's own, on the kernel image, "
          + "whose place is not known in full")
    }
    return text
  }

  /// How much was split, in a sentence.
  static func sentence(splits1G: Int64, splits2M: Int64) -> String {
    let counts =
      "\(counted(splits1G, "leaf", "leaves")) of 1G and \(splits2M) of 2M were split since boot"
    if splits1G >= 0, splits2M >= 0 { return counts }
    return counts + " on balance: leaves were merged, or the machine is another"
  }
}
