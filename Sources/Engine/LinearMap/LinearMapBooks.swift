/// What the building and changing of the linear map of arm64 counts.
struct LinearMapBooks: Equatable, Sendable {
  mutating func apply(_ change: LinearMapChange) {
    switch change {}
  }

  func add(to sum: inout Checksum) {}
}

/// What only the linear map of arm64 is asked.
public enum LinearMapCall: Equatable, Sendable {}

/// Something done to build or change the linear map.
public enum LinearMapChange: Equatable, Sendable {}

/// The outcome of a rule of the linear map, with the numbers that led to it.
public enum LinearMapDecision: Equatable, Sendable {
  /// The kernel function that makes the decision.
  public var function: KernelFunction? { switch self {} }
}

/// Why the linear map cannot do what was asked. The machine is as it was.
public enum LinearMapError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String { switch self {} }
}

extension Machine {
  /// One call that only arm64 has.
  mutating func perform<Sink: EventSink>(
    _ call: LinearMapCall, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    switch call {}
  }
}
