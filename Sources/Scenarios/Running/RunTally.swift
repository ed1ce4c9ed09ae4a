import Engine

/// What a run came to in numbers: all that is kept of a run of any length that is printed as it goes.
public struct RunTally: Equatable, Sendable {
  /// How many calls were made.
  public private(set) var calls = 0
  /// How many claims were checked.
  public private(set) var expects = 0
  /// How many of the claims do not hold.
  public private(set) var failures = 0

  /// Creates an empty tally.
  public init() {}

  init(calls: Int, expects: Int, failures: Int) {
    self.calls = calls
    self.expects = expects
    self.failures = failures
  }

  /// Adds what a statement came to.
  public mutating func add(_ step: Runner.Step) {
    switch step.outcome {
    case .called: calls += 1
    case .held: expects += 1
    case .failed:
      expects += 1
      failures += 1
    case .noted, .paused, .answered, .measured, .listed: break
    }
  }

  /// The run in one line.
  public var summary: String {
    "\(counted(calls, "call")), \(counted(expects, "expect")), \(failures) failed"
  }
}
