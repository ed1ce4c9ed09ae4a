/// The events of one or more calls, in order.
public struct EventLog: Equatable, Sendable {
  /// The events.
  public private(set) var events: [Event] = []

  /// An empty log.
  public init() {}

  /// A log of events that were observed.
  public init(_ events: [Event]) { self.events = events }

  @inline(__always)
  mutating func record(_ event: Event) { events.append(event) }

  /// Forgets the events and keeps the storage.
  public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
