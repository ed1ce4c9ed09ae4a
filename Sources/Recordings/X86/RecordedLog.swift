import KernelText

/// Values that a recorder logged in order: `7 509x4 5`, `1/0x256`, `9678/0 10240/1`.
///
/// `VxN` is N times V, and `A/B` two values of one call.
public struct RecordedLog: Equatable, Sendable {
  /// One value, or two of one call.
  struct Item: Equatable, Sendable {
    var first: UInt64
    var second: UInt64?
  }

  /// The values, those that repeat in a row together.
  private(set) var runs: [(item: Item, count: Int)] = []

  /// An empty log.
  public init() {}

  /// Reads a log; `nil` if it is none.
  init?(_ text: some StringProtocol) {
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "x", omittingEmptySubsequences: false)
      let values = parts[0].split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, values.count <= 2, let first = UInt64(decimal: values[0]) else {
        return nil
      }
      var item = Item(first: first, second: nil)
      if values.count == 2 {
        guard let second = UInt64(decimal: values[1]) else { return nil }
        item.second = second
      }
      var count: UInt64 = 1
      if parts.count == 2 {
        guard let times = UInt64(decimal: parts[1]), times > 0, times < 1 << 32 else { return nil }
        count = times
      }
      add(item, times: Int(count))
    }
  }

  /// Adds a value this many times.
  public mutating func add(_ first: UInt64, _ second: UInt64? = nil, times: Int = 1) {
    add(Item(first: first, second: second), times: times)
  }

  private mutating func add(_ item: Item, times: Int) {
    guard times > 0 else { return }
    if let last = runs.last, last.item == item {
      runs[runs.count - 1].count += times
    } else {
      runs.append((item, times))
    }
  }

  /// How many values there are.
  public var count: UInt64 { runs.reduce(0) { $0 + UInt64($1.count) } }

  /// The sum of the first values.
  var sum: UInt64 { runs.reduce(0) { $0 &+ $1.item.first &* UInt64($1.count) } }

  /// Whether both have the same values in the same order.
  public static func == (a: Self, b: Self) -> Bool {
    a.runs.count == b.runs.count
      && zip(a.runs, b.runs).allSatisfy { $0.item == $1.item && $0.count == $1.count }
  }

  /// The log as a recorder writes it.
  public var text: String { words(runs.count) }

  /// Its beginning.
  var shortText: String { words(24) + (runs.count > 24 ? " ..." : "") }

  private func words(_ count: Int) -> String {
    let words = runs.prefix(count).map { run in
      let item = "\(run.item.first)" + (run.item.second.map { "/\($0)" } ?? "")
      return run.count == 1 ? item : "\(item)x\(run.count)"
    }
    return words.joined(separator: " ")
  }
}
