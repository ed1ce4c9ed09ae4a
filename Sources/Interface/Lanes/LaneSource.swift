/// Where the steps of a lane come from.
public enum LaneSource: Equatable, Sendable {
  /// Calls that are made on the simulated machine, by a user or a scenario.
  case calls
  /// A recording of a real kernel: its steps are observed, and show what that kernel did.
  case recording(RecordedRun)
  /// A kernel that runs in a virtual machine: its steps are observed as they are asked for.
  case kernel(String)

  /// The recording, where it is one.
  var recording: RecordedRun? {
    switch self {
    case .calls, .kernel: nil
    case .recording(let run): run
    }
  }

  /// The real kernel that the steps are of, where it is one.
  public var kernelName: String? {
    switch self {
    case .calls: nil
    case .recording(let run): run.kernelName
    case .kernel(let name): name
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
