/// Whoever listens to the events of a call.
protocol EventSink {
  mutating func record(_ event: Event)
}

/// Listens to nothing; specialised, it costs nothing.
struct SilentSink: EventSink {
  @inline(__always)
  mutating func record(_ event: Event) {}
}

/// The events of one or more calls, in order.
public struct EventLog: EventSink, Equatable, Sendable {
  /// The events.
  public private(set) var events: [Event] = []

  /// An empty log.
  public init() {}

  mutating func record(_ event: Event) { events.append(event) }

  /// Forgets the events and keeps the storage.
  public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
