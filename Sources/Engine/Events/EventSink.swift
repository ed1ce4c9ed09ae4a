/// Whoever listens to the events of a call.
protocol EventSink {
  mutating func record(_ event: Event)
}

/// Listens to nothing; specialised, it costs nothing.
struct SilentSink: EventSink {
  @inline(__always)
  mutating func record(_ event: Event) {}
}

/// Keeps the events of a call, or sums them up. One listener for both, which is not inlined: each kind
/// of listener is compiled into every function that emits.
struct Listener: EventSink {
  /// The events, where they are kept.
  var log = EventLog()
  /// What they come to, where they are not.
  var summary: CallSummary?

  @inline(never)
  mutating func record(_ event: Event) {
    if summary?.record(event) == nil { log.append(event) }
  }
}

/// The events of one or more calls, in order.
public struct EventLog: Equatable, Sendable {
  /// The events.
  public private(set) var events: [Event] = []

  /// An empty log.
  public init() {}

  mutating func append(_ event: Event) { events.append(event) }

  /// Appends the events of what is done with a listener.
  mutating func listen<Result, Failure: Error>(
    to action: (inout Listener) throws(Failure) -> Result,
  ) throws(Failure) -> Result {
    var listener = Listener(log: self)
    // Moved, not copied: else the first event would copy all that are there.
    self = EventLog()
    defer { self = listener.log }
    return try action(&listener)
  }

  /// Forgets the events and keeps the storage.
  public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
