/// The address spaces of processes, and what gathers their pages when they are unmapped.
struct Processes: Equatable, Sendable {
  mutating func apply(_ change: ProcessChange) {
    switch change {}
  }

  func add(to sum: inout Checksum) {}
}

/// What processes do with their memory.
public enum ProcessCall: Equatable, Sendable {}

/// A change of an address space, or of what gathers its pages when they are unmapped.
public enum ProcessChange: Equatable, Sendable {}

/// The outcome of a rule of zapping, with the numbers that led to it.
public enum ProcessDecision: Equatable, Sendable {
  /// The kernel function that makes the decision.
  public var function: KernelFunction? { switch self {} }
}

/// Why an address space cannot do what was asked. The machine is as it was.
public enum ProcessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String { switch self {} }
}

extension Machine {
  /// One call of a process.
  mutating func perform<Sink: EventSink>(
    _ call: ProcessCall, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    switch call {}
  }
}
