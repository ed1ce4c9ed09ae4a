public import Engine

/// The calls of a history on one path through its branches, from the beginning to the end of a branch.
public struct Steps: RandomAccessCollection, Sendable {
  let branches: [Branch]
  /// The branches of the path, from the first one on.
  let path: [Int]
  /// The number of calls.
  public let count: Int

  /// The first call.
  public var startIndex: Int { 0 }
  /// The index after the last call.
  public var endIndex: Int { count }

  /// A call with everything that is kept about it.
  public subscript(index: Int) -> Timeline.Step {
    let branch = branches[branchIndex(ofCall: index)]
    let place = index - branch.fork
    return Timeline.Step(
      deed: branch.calls[place].deed, summary: branch.summaries[place],
      notes: branch.notes[place] ?? [])
  }

  /// Only what was done: cheaper when reading many steps.
  public func deed(_ index: Int) -> Deed {
    let branch = branchIndex(ofCall: index)
    return branches[branch].calls[index - branches[branch].fork].deed
  }

  /// The call that was made or requested; `nil` for an observation without a matching call.
  public func call(_ index: Int) -> Call? { deed(index).call }

  /// The summary of a call.
  public func summary(_ index: Int) -> CallSummary {
    let branch = branchIndex(ofCall: index)
    return branches[branch].summaries[index - branches[branch].fork]
  }

  /// The branch that a call is on.
  func branchIndex(ofCall index: Int) -> Int {
    precondition(index >= 0 && index < count, "There is no such call.")
    // Most histories have one branch.
    if path.count == 1 { return path[0] }
    return path.last { branches[$0].fork <= index } ?? path[0]
  }

  /// The kinds of things that happened in a range of calls. Cost: one step for each thousand of
  /// them.
  public func kinds(in range: Range<Int>) -> CallSummary.Kinds {
    var found: CallSummary.Kinds = []
    for part in parts(of: range, backwards: false) {
      found.formUnion(part.summaries.kinds(in: part.range))
    }
    return found
  }

  /// The first call of a range, or the last one, in which one of some kinds happened.
  public func index(
    of kinds: CallSummary.Kinds, in range: Range<Int>, backwards: Bool = false,
  ) -> Int? {
    for part in parts(of: range, backwards: backwards) {
      if let found = part.summaries.index(of: kinds, in: part.range, backwards: backwards) {
        return found + part.fork
      }
    }
    return nil
  }

  /// A portion of a range on one branch, counted from the start of the branch.
  private struct Part {
    var summaries: SummaryList
    var range: Range<Int>
    var fork: Int
  }

  /// The portions of a range on the branches of the path.
  private func parts(of range: Range<Int>, backwards: Bool) -> [Part] {
    var parts: [Part] = []
    for (place, index) in path.enumerated() {
      let branch = branches[index]
      let end = place + 1 < path.count ? branches[path[place + 1]].fork : count
      let own = range.clamped(to: branch.fork..<Swift.max(branch.fork, end))
      guard !own.isEmpty else { continue }
      let counted = own.lowerBound - branch.fork..<own.upperBound - branch.fork
      parts.append(Part(summaries: branch.summaries, range: counted, fork: branch.fork))
    }
    return backwards ? parts.reversed() : parts
  }
}
