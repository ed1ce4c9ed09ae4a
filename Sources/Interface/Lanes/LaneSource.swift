/// Where the steps of a lane come from.
public enum LaneSource: Equatable, Sendable {
  /// Calls that are made on the simulated machine, by a user or a scenario.
  case calls
  /// A recording of a real kernel: its steps are observed, and show what that kernel did.
  case recording(RecordedRun)

  /// The recording, where it is one.
  var recording: RecordedRun? {
    switch self {
    case .calls: nil
    case .recording(let run): run
    }
  }
}

/// A recording of a real kernel that is played.
public struct RecordedRun: Equatable, Sendable {
  /// The kernel as the recording names it.
  public var kernelName: String
  /// How many steps it has.
  public var steps: Int

  /// Creates what is known of a recording.
  public init(kernelName: String, steps: Int) {
    self.kernelName = kernelName
    self.steps = steps
  }
}
