/// What was found when a recording was held against the simulation, step by step.
public struct RecordingCheck: Equatable, Sendable {
  /// How many steps were compared.
  public var steps = 0
  /// The steps that differ.
  public var mismatches: [Note] = []
  /// The steps that differ in what their input does not determine.
  public var indeterminate: [Note] = []

  /// A step, and what there is to say about it.
  public struct Note: Equatable, Sendable {
    /// Which step: `zap filedirty 512 munmap`, `step 7 4k, one page only`.
    public var step: String
    /// How it differs, or why that is not determined.
    public var words: String
  }

  /// How many steps match, those included of which the input determines only a part.
  public var matched: Int { steps - mismatches.count }

  /// Counts a step.
  mutating func add(_ step: String, _ outcome: Outcome) {
    steps += 1
    switch outcome {
    case .equal: break
    case .different(let words): mismatches.append(Note(step: step, words: words))
    case .indeterminate(let words): indeterminate.append(Note(step: step, words: words))
    }
  }

  /// How a step compares.
  enum Outcome: Equatable {
    case equal
    case different(String)
    case indeterminate(String)
  }
}

/// Why the files of a recording cannot be read.
public struct X86RecordingError: Error, Equatable, Sendable {
  /// The line, from 1 on; `nil` where it is about no line.
  public var line: Int?
  /// What is wrong, and the way out.
  public var reason: String
}
