import Engine
import KernelText

/// What a file such as `tlbi-map_mem.txt` counted call by call.
struct ArmTLBI: Equatable {
  /// A call of `__create_pgd_mapping()`.
  struct Count: Equatable {
    /// Its TLB invalidations.
    var invalidations: UInt64
    /// The tables that it allocated.
    var tables: UInt64

    var words: String { "\(counted(invalidations, "TLBI")) and \(counted(tables, "table"))" }
  }

  /// The calls, in their order.
  var calls: [Count] = []

  /// Reads lines such as `call 0 of the marked function: tlbi 53, tables allocated 4`; others are other
  /// counts.
  init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where line.text.hasPrefix("call ") {
      let words = line.words.map { $0.last == "," ? $0.dropLast() : $0 }
      guard words.count == 11, words[6] == "tlbi", let invalidations = UInt64(decimal: words[7]),
        let tables = UInt64(decimal: words[10])
      else {
        throw .unexpected(line, "`call N of the marked function: tlbi N, tables allocated N`")
      }
      calls.append(Count(invalidations: invalidations, tables: tables))
    }
    if calls.isEmpty { throw .missing("calls of the marked function") }
  }

  init(_ calls: [Count]) { self.calls = calls }

  /// The first call that differs, in words; `nil` if none does.
  func difference(from recorded: ArmTLBI) -> String? {
    if let index = zip(calls, recorded.calls).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      return "call \(index): \(calls[index].words), the kernel has \(recorded.calls[index].words)"
    }
    return calls.count == recorded.calls.count
      ? nil : "\(counted(calls.count, "call")), the kernel made \(recorded.calls.count)"
  }
}
