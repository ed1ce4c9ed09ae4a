import CBaseline

/// A figure, its goal, and its baseline.
struct Measurement {
  /// What was measured.
  var name: String
  /// The figure.
  var value: Double
  /// The largest value that meets the goal; `nil` if there is none.
  var goal: Double?
  /// `x` for a ratio, otherwise a unit.
  var unit = "x"
  /// The figures behind a ratio.
  var detail = ""

  /// The measurement in one line.
  var line: String {
    let mark = goal.map { value <= $0 ? "ok  " : "MISS" } ?? "    "
    let limit = goal.map { "goal \(Self.text($0)) \(unit)" } ?? ""
    return "\(mark) \(Self.pad(name, 46)) \(Self.pad(Self.text(value) + " " + unit, 12)) "
      + "\(Self.pad(limit, 14)) \(detail)"
  }

  /// A number with two decimals.
  static func text(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The lowest CPU time of some work in this number of runs, in seconds.
  static func leastSeconds(of runs: Int = 25, _ work: () -> Void) -> Double {
    var least = Double.infinity
    for _ in 0..<runs {
      let start = baseline_cpu_seconds()
      work()
      least = min(least, baseline_cpu_seconds() - start)
    }
    return least
  }

  /// The lowest times of two kinds of work, run in turn so that both see the same machine.
  static func leastSecondsInTurn(
    of runs: Int = 25, _ first: () -> Void, _ second: () -> Void,
  ) -> (first: Double, second: Double) {
    var least = (first: Double.infinity, second: Double.infinity)
    for _ in 0..<runs {
      least.first = min(least.first, leastSeconds(of: 1, first))
      least.second = min(least.second, leastSeconds(of: 1, second))
    }
    return least
  }

  /// Seconds for one of `count` operations, as nanoseconds.
  static func nanoseconds(_ seconds: Double, _ count: Int) -> String {
    text(seconds / Double(count) * 1e9) + " ns"
  }
}
