/// A value for every key of an unsigned number line, kept as runs: what most keys share costs
/// nothing.
struct RunMap<Value: Equatable & Sendable>: Equatable, Sendable {
  private struct Run: Equatable, Sendable {
    var start: UInt64
    var value: Value
  }

  /// Each run ends where the next begins; the first starts at 0, neighbours differ.
  private var runs: [Run]

  init(repeating value: Value) { runs = [Run(start: 0, value: value)] }

  /// The index of the run that holds a key.
  private func indexOfRun(at key: UInt64) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= key { low = middle } else { high = middle }
    }
    return low
  }

  subscript(key: UInt64) -> Value { runs[indexOfRun(at: key)].value }

  /// The first key of a range whose value fails a test.
  func firstKey(in range: Range<UInt64>, where isHit: (Value) -> Bool) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var index = indexOfRun(at: range.lowerBound)
    while index < runs.count, runs[index].start < range.upperBound {
      if isHit(runs[index].value) { return max(range.lowerBound, runs[index].start) }
      index += 1
    }
    return nil
  }

  /// Gives every key of a range this value.
  mutating func set(_ range: Range<UInt64>, to value: Value) {
    guard !range.isEmpty else { return }
    let first = indexOfRun(at: range.lowerBound)
    let last = indexOfRun(at: range.upperBound - 1)
    let before = runs[first]
    let after = runs[last]
    let afterEnd = last + 1 < runs.count ? runs[last + 1].start : nil
    var new: [Run] = []
    if before.start < range.lowerBound { new.append(before) }
    new.append(Run(start: range.lowerBound, value: value))
    if afterEnd.map({ $0 > range.upperBound }) ?? true {
      new.append(Run(start: range.upperBound, value: after.value))
    }
    var low = first
    var high = last + 1
    if low > 0 {
      low -= 1
      new.insert(runs[low], at: 0)
    }
    if high < runs.count {
      new.append(runs[high])
      high += 1
    }
    var joined: [Run] = []
    for run in new where joined.last?.value != run.value { joined.append(run) }
    runs.replaceSubrange(low..<high, with: joined)
  }

  /// Adds all runs, the value of each by `word`.
  func add(to sum: inout Checksum, _ word: (Value) -> UInt64) {
    sum.add(runs) { run, sum in
      sum.add(run.start)
      sum.add(word(run.value))
    }
  }
}
