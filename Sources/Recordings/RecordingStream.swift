public import Engine
import KernelText

/// A recording of a real kernel that is read step by step; its file may have any length.
///
/// The format is described in `docs/formats.md`.
public struct RecordingStream {
  /// The kernel as the file names it, such as `Linux 7.2.12`.
  public let kernelName: String
  /// The machine before the first step.
  public let machine: Machine
  /// The frames that the recorder watched.
  public let region: Range<PFN>
  /// The number of steps that have been read.
  public private(set) var count = 0

  private var lines: LineStream
  private var reader: RecordingReader

  /// Begins a recording whose header is the current line.
  init(at lines: LineStream) throws(RecordingError) {
    let header = try lines.decode(RecordingHeader.self)
    reader = try RecordingReader(header)
    kernelName = header.kernel
    machine = reader.machine
    region = reader.region
    self.lines = lines
  }

  /// Reads the next step.
  ///
  /// - Returns: the step; nil at the end of the file.
  /// - Throws: ``RecordingError``, and what the source of the bytes throws.
  public mutating func next() throws -> Recording.Step? {
    guard try lines.advanceInRecording() else {
      // A check without any comparison proves nothing: a file that ends after its header must not
      // pass.
      if count == 0 { throw RecordingError.noSteps }
      return nil
    }
    let step = try lines.decode(RecordingStep.self)
    do {
      let step = try reader.step(step)
      count += 1
      return step
    } catch {
      throw RecordingError(line: lines.number, reason: error.reason)
    }
  }

  /// Performs every step and compares after each, as ``Recording/check()`` does. Steps after the
  /// first difference are read, so that errors in the file are found, but not performed.
  ///
  /// - Returns: how many steps there are, how many of them matched before the first difference, and
  ///   the difference.
  /// - Throws: ``RecordingError``, and what the source of the bytes throws.
  /// - Parameter policies: the policies and rules that take the place of those that the recording
  ///   names; `nil`: those.
  public mutating func check(under policies: PolicySet? = nil) throws -> (
    steps: Int, matched: Int, mismatch: Recording.Mismatch?
  ) {
    var checker = RecordingChecker(policies.map { machine.under($0) } ?? machine, region)
    var mismatch: Recording.Mismatch?
    while let step = try next() {
      guard mismatch == nil, let difference = checker.difference(step) else { continue }
      mismatch = Recording.Mismatch(step: count, call: step.call, difference: difference)
    }
    return (count, mismatch.map { $0.step - 1 } ?? count, mismatch)
  }
}

/// A recording of either kind whose header has been read.
public enum AnyRecordingStream {
  /// A recording of `set_memory_*()` and its relatives.
  case kernel(RecordingStream)
  /// A recording of the grouping cache.
  case grouping(GroupingStream)
  /// A recording of merging on free.
  case mergeOnFree(MergeOnFreeRecording)

  /// Reads the header of a recording.
  ///
  /// - Throws: ``RecordingError``, and what the source of the bytes throws.
  public init(_ source: any ByteSource) throws {
    var lines = LineStream(source)
    try lines.beginRecording()
    let header = lines.bytes[lines.line]
    if MergeOnFreeRecording.recognizes(header) {
      self = .mergeOnFree(try MergeOnFreeRecording(at: lines))
    } else if GroupingRecording.recognizes(header) {
      self = .grouping(try GroupingStream(at: lines))
    } else {
      self = .kernel(try RecordingStream(at: lines))
    }
  }
}

extension LineStream {
  /// Goes to the header of a recording.
  mutating func beginRecording() throws {
    guard try advanceInRecording() else {
      throw RecordingError(line: 1, reason: "the file is empty; a recording begins with a header")
    }
  }

  /// Goes to the next line of a recording.
  mutating func advanceInRecording() throws -> Bool {
    do {
      return try advance()
    } catch let error as LineTooLong {
      throw RecordingError(line: error.line, reason: error.reason)
    }
  }
}

extension RecordingError {
  static let noSteps = RecordingError(
    line: 2, reason: "no step follows the header; the file may be cut off")
}
