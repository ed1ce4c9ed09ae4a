/// Whoever listens to the events of a call.
protocol EventSink {
  mutating func record(_ event: Event)
  /// Whether anybody reads the events. If not, what is computed only to be told need not be computed.
  var listens: Bool { get }
  /// Whether the machine, as it is behind the event that was recorded last, is to be handed over.
  var wantsMachine: Bool { get }
  /// Takes a copy of the machine.
  mutating func keep(_ machine: Machine)
  /// Whether a loop is to go on, with so much done of all it has to do. If not, the machine is of no
  /// use any more, and the loop ends at once.
  mutating func goesOn(_ done: UInt64, of total: UInt64) -> Bool
}

extension EventSink {
  @inline(__always) var listens: Bool { true }
  @inline(__always) var wantsMachine: Bool { false }
  @inline(__always) mutating func keep(_ machine: Machine) {}
  @inline(__always) mutating func goesOn(_ done: UInt64, of total: UInt64) -> Bool { true }
}

/// Listens to nothing; specialised, it costs nothing.
struct SilentSink: EventSink {
  @inline(__always) var listens: Bool { false }
  @inline(__always)
  mutating func record(_ event: Event) {}
}

/// The events of one or more calls, in order.
public struct EventLog: EventSink, Equatable, Sendable {
  /// The events.
  public private(set) var events: [Event] = []

  /// An empty log.
  public init() {}

  /// A log of events that were observed.
  public init(_ events: [Event]) { self.events = events }

  mutating func record(_ event: Event) { events.append(event) }

  /// Forgets the events and keeps the storage.
  public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
