/// Where the events of a call go.
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
  /// The same sink, for code that is compiled once for all of them.
  var listener: EventListener { get set }
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
  @inline(__always) mutating func record(_ event: Event) {}

  var listener: EventListener {
    get { .silent }
    set {}
  }
}

extension EventLog: EventSink {
  var listener: EventListener {
    get { EventListener(self) }
    _modify {
      // Moved there and back: with two references, the next event would copy the log.
      var listener = EventListener(consume self)
      defer { self = listener.log }
      yield &listener
    }
  }
}

/// Puts events into a log, a summary or the log of a part, or nowhere.
///
/// The paths that run millions of times a second are generic over their sinks and are compiled once for
/// each; what is rarer tells a listener.
struct EventListener: EventSink {
  private enum Target {
    case nothing, log, summary, part
  }

  private let target: Target
  var log: EventLog
  var summary = CallSummary()
  private let part: PartBox?

  private init(_ target: Target, _ log: consuming EventLog, _ part: PartBox?) {
    self.target = target
    self.log = log
    self.part = part
  }

  /// Listens to nothing.
  static var silent: EventListener { EventListener(.nothing, EventLog(), nil) }

  /// Appends to a log.
  init(_ log: consuming EventLog) { self.init(.log, log, nil) }

  /// Sums events up.
  static var summing: EventListener { EventListener(.summary, EventLog(), nil) }

  /// Keeps a part of the events.
  init(_ part: PartBox) { self.init(.part, EventLog(), part) }

  @inline(__always) var listens: Bool { target != .nothing }

  @inline(__always)
  mutating func record(_ event: Event) {
    switch target {
    case .nothing: break
    case .log: log.record(event)
    case .summary, .part: recordElsewhere(event)
    }
  }

  @inline(never)
  private mutating func recordElsewhere(_ event: Event) {
    if let part { part.log.record(event) } else { summary.record(event) }
  }

  @inline(__always)
  var wantsMachine: Bool { target == .part && part?.log.wantsMachine == true }

  @inline(never)
  func keep(_ machine: Machine) { part?.log.keep(machine) }

  @inline(__always)
  func goesOn(_ done: UInt64, of total: UInt64) -> Bool {
    target != .part || part?.log.goesOn(done, of: total) != false
  }

  var listener: EventListener {
    @inline(__always) get { self }
    @inline(__always) _modify { yield &self }
  }
}

/// The log of a part while a call is made: in a box, so that a listener is small enough to be made for
/// each call.
final class PartBox {
  var log: PartLog

  init(_ log: PartLog) { self.log = log }
}
