public import Engine
import KernelText

extension Recording {
  /// The first difference between a machine and the recording.
  public struct Mismatch: Equatable, Sendable {
    /// The step, from 1.
    public var step: Int
    /// The call of the step.
    public var call: Call
    /// What differs, in words: what the recording has and what the machine has.
    public var difference: String
  }

  /// Performs every step and compares after each: leaves with all flag bits, the leaves of mappings,
  /// the return value, and every counter.
  ///
  /// - Returns: the number of steps that matched before the first difference, and the difference.
  public func check() -> (matched: Int, mismatch: Mismatch?) {
    var checker = RecordingChecker(machine, region)
    for (index, step) in steps.enumerated() {
      if let difference = checker.difference(step) {
        return (index, Mismatch(step: index + 1, call: step.call, difference: difference))
      }
    }
    return (steps.count, nil)
  }
}

/// Performs the steps of a recording and compares.
struct RecordingChecker {
  /// The machine after the steps that were performed.
  var machine: Machine
  private let start: VirtualAddress
  private let pages: PageCount
  private var runs: [LeafRun] = []

  init(_ machine: Machine, _ region: Range<PFN>) {
    self.machine = machine
    start = machine.directMapAddress(of: region.lowerBound)
    pages = region.upperBound - region.lowerBound
  }

  /// Performs a step.
  ///
  /// - Returns: the difference from the recording after it; nil if there is none.
  mutating func difference(_ step: Recording.Step) -> String? {
    let before = machine.counters
    do {
      let returned = try machine.perform(step.call)
      guard returned == step.returned else {
        return "returned \(step.returned.name), here \(returned.name)"
      }
    } catch {
      return "the call cannot be made here: \(error)"
    }
    if let bug = step.bug { return Self.difference(bug, machine.stopped) }
    runs.removeAll(keepingCapacity: true)
    machine.tables.readRuns(from: start, pages: pages, into: &runs)
    if let difference = Self.firstDifference(step.leaves, runs, base: start) { return difference }
    for (name, leaves) in step.aliasLeaves {
      guard let area = machine.areas.area(named: name) else { return "no area \(name)" }
      runs.removeAll(keepingCapacity: true)
      machine.tables.readRuns(from: area.start, pages: area.pages, into: &runs)
      for index in runs.indices {
        runs[index].start = VirtualAddress((runs[index].start - area.start).bytes)
      }
      if let difference = Self.firstDifference(leaves, runs, base: 0) {
        return "mapping \(name), \(difference)"
      }
    }
    return Self.counterDifference(step, machine, before)
  }

  private static func difference(
    _ recorded: (counted: Int, found: Int), _ own: KernelBug?,
  ) -> String? {
    guard case .splitCountWrong(_, _, counted: recorded.counted, found: recorded.found)? = own
    else {
      let here = own.map { "\($0)" } ?? "it runs"
      return
        "the kernel stopped at a count of \(recorded.counted) for \(recorded.found), here: \(here)"
    }
    return nil
  }

  private static func counterDifference(
    _ step: Recording.Step, _ machine: Machine, _ before: Counters,
  ) -> String? {
    let growth = machine.counters.since(before)
    for expected in step.counters {
      let value: Int64
      switch expected.source {
      case .growth(let counter): value = growth[counter]
      case .kilobytes(let size): value = machine.directMapKilobytes(size)
      case .never: value = 0
      }
      if value != expected.value { return "\(expected.name) \(expected.value), here \(value)" }
    }
    return nil
  }

  private static func firstDifference(
    _ recorded: [LeafRun], _ own: [LeafRun], base: VirtualAddress,
  ) -> String? {
    LeafRun.firstDifference(recorded, own, base: base, names: ("recorded", "here"))
  }
}
