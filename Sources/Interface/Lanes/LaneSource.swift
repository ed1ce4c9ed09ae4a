/// Where the calls of a lane come from.
public enum LaneSource: Equatable, Sendable {
  /// Calls that are made on the simulated machine, by a user or a scenario.
  case calls
  /// A recording of a real kernel, whose calls were made again.
  case recording(RecordedRun)

  /// The recording, where it is one.
  var recording: RecordedRun? {
    switch self {
    case .calls: nil
    case .recording(let run): run
    }
  }
}

/// A recording of a real kernel that is played, and how far the machine agreed with it.
public struct RecordedRun: Equatable, Sendable {
  /// The kernel as the recording names it.
  public var kernelName: String
  /// How many steps it has.
  public var steps: Int
  /// How many steps in a row gave the recorded state.
  public var matched: Int
  /// The first difference after those, in words.
  public var difference: String?

  /// Creates the result of a comparison.
  public init(kernelName: String, steps: Int, matched: Int, difference: String?) {
    self.kernelName = kernelName
    self.steps = steps
    self.matched = matched
    self.difference = difference
  }
}
