public import Engine
import KernelText

/// A recording of the grouping cache that is read step by step; its file may have any length.
public struct GroupingStream {
  /// The kernel as the file names it.
  public let kernelName: String
  /// Its name.
  public let name: String
  /// The machine before the first step.
  public let machine: Machine
  /// The number of steps that have been read.
  public private(set) var count = 0

  let finalLeaves: [LeafRun]
  let splitsAtStart: Growth
  private var lines: LineStream
  /// The first step: it is needed to make the machine.
  private var first: GroupingStep?

  /// Begins a recording whose header is the current line.
  init(at lines: LineStream) throws {
    var lines = lines
    let header = try lines.decode(GroupingHeader.self)
    guard try lines.advanceInRecording() else { throw RecordingError.noSteps }
    let step = try lines.decode(GroupingStep.self)
    let reader = try GroupingReader(header, firstStep: step)
    kernelName = header.kernel
    name = header.name
    machine = reader.machine
    finalLeaves = reader.finalLeaves
    // The first mark of a workload shows where it starts.
    splitsAtStart = header.initial.splits ?? step.splits ?? Growth(of2M: 0, of1G: 0)
    first = step
    self.lines = lines
  }

  /// Reads the next step.
  mutating func next() throws -> GroupingStep? {
    if let step = first.take() {
      count = 1
      return step
    }
    guard try lines.advanceInRecording() else { return nil }
    let step = try lines.decode(GroupingStep.self)
    count += 1
    return step
  }

  /// Performs every step and compares after each, as ``GroupingRecording/check()`` does. Steps
  /// after the first difference are read, so that errors in the file are found, but not performed.
  ///
  /// - Returns: how many steps there are, how many of them matched before the first difference, and
  ///   the difference.
  /// - Throws: ``RecordingError``, and what the source of the bytes throws.
  public mutating func check() throws -> (
    steps: Int, matched: Int, mismatch: GroupingRecording.Mismatch?
  ) {
    var checker = GroupingChecker(machine, splitsAtStart: splitsAtStart, keepsCalls: false)
    var mismatch: GroupingRecording.Mismatch?
    while let step = try next() {
      guard mismatch == nil, let difference = checker.difference(step) else { continue }
      mismatch = .init(step: count, operation: step.op, difference: difference)
    }
    if mismatch == nil, let difference = checker.finalDifference(finalLeaves) {
      mismatch = .init(step: count, operation: "end", difference: difference)
    }
    return (count, mismatch.map { $0.step - 1 } ?? count, mismatch)
  }
}
