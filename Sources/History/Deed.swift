public import Engine

/// A step of a history: a call that the engine makes, or an observation of another kernel.
public enum Deed: Sendable {
  /// A call: the engine decides what happens.
  case call(Call)
  /// An observation: its events come from outside and are applied, not decided.
  case observed(Observation)

  /// The call that was made or requested; `nil` for an observation without a matching call.
  public var call: Call? {
    switch self {
    case .call(let call): call
    case .observed(let observation): observation.call
    }
  }
}

/// What another kernel did in one step: a recorded kernel, one that runs elsewhere, or one whose
/// tables were read.
public struct Observation: Sendable {
  /// Where the events come from.
  public enum Content: Sendable {
    /// The simulation of the call gives exactly what was observed: the events are those of the
    /// call.
    case asSimulated
    /// What was observed, as events.
    case events([Event])
  }

  /// A title for what was done, if no call describes it.
  public var title: String
  /// The call that was requested, if the language has one.
  public var call: Call?
  /// What happened.
  public var content: Content
  /// What the kernel function returned; `nil` means what the simulation of the call returns.
  public var returned: ReturnCode?
  /// How the simulation of the call differs from the observation, in one clause; `nil` if it does
  /// not differ, or nobody compared.
  public var difference: String?
  /// The functions of the kernel that were looked at inside the call, in the order in which they were
  /// entered.
  public var functions: [SeenFunction] = []
  /// What was watched.
  public var watched = WatchedKernel()

  /// An observation that equals the simulation of a call.
  public init(asSimulated call: Call, difference: String? = nil) {
    title = ""
    self.call = call
    content = .asSimulated
    self.difference = difference
  }

  /// An observation with its own events.
  public init(
    _ events: [Event], title: String = "", call: Call? = nil, returned: ReturnCode = .success,
    difference: String? = nil,
  ) {
    self.title = title
    self.call = call
    content = .events(events)
    self.returned = returned
    self.difference = difference
  }
}

extension Deed {
  /// Whether making a call gives the same result: it is the call, or an observation that equals it.
  func isSame(as other: Call) -> Bool {
    guard call == other else { return false }
    if case .observed(let observation) = self, case .events = observation.content { return false }
    return true
  }

  /// The call that decides what happens; `nil` where the events were observed.
  private var decidingCall: Call? {
    switch self {
    case .call(let call): return call
    case .observed(let observation):
      if case .events = observation.content { return nil }
      return observation.call
    }
  }

  /// The events that were observed; empty where a call decides.
  private var observedEvents: [Event] {
    guard case .observed(let observation) = self, case .events(let events) = observation.content
    else { return [] }
    return events
  }

  /// Repeats it on a machine equal to the one on which it was done first.
  ///
  /// - Parameter progress: where to check whether to stop, which leaves the machine unusable.
  public func redo(on machine: inout Machine, _ progress: WorkProgress? = nil) {
    guard let call = decidingCall else { return machine.apply(observedEvents) }
    if let progress {
      var log = PartLog(progress: progress, visiting: nil)
      _ = try? machine.perform(call, reading: &log)
    } else {
      _ = try? machine.perform(call)
    }
  }

  /// How the simulation of what was observed differs; `nil` if it does not, or a call was made.
  public var difference: String? {
    if case .observed(let observation) = self { observation.difference } else { nil }
  }

  /// The functions of a real kernel that were looked at inside it.
  public var functions: [SeenFunction] {
    if case .observed(let observation) = self { observation.functions } else { [] }
  }

  /// What a real kernel watched in it.
  var watched: WatchedKernel {
    if case .observed(let observation) = self { observation.watched } else { WatchedKernel() }
  }

  /// Does it on a machine for the first time; its events, and what the kernel function returned.
  public func apply(to machine: inout Machine) -> (events: EventLog, returned: ReturnCode) {
    var log = EventLog()
    if let call = decidingCall {
      let code = (try? machine.perform(call, into: &log)) ?? .invalid
      return (log, code)
    }
    var code = ReturnCode.success
    if case .observed(let observation) = self, let returned = observation.returned {
      code = returned
    }
    machine.apply(observedEvents)
    return (EventLog(observedEvents), code)
  }

  /// All its events on such a machine. Those of a long call do not fit into memory: see
  /// ``part(of:around:on:_:)`` and ``forEachEvent(on:_:_:)``.
  public func events(on machine: Machine) -> [Event] {
    guard let call = decidingCall else { return observedEvents }
    var log = EventLog()
    var machine = machine
    _ = try? machine.perform(call, into: &log)
    return log.events
  }

  /// The part of its events that holds the event at a place, and the machine before the first of
  /// them.
  ///
  /// - Parameters:
  ///   - total: the number of its events.
  ///   - place: from 0 to below the total.
  ///   - machine: a machine equal to the one on which it was done first.
  ///   - length: the approximate number of events in a part.
  public func part(
    of total: Int, around place: Int, on machine: Machine, length: Int = PartLog.usualLength,
    _ progress: WorkProgress? = nil,
  ) -> (events: CallEvents, start: Machine) {
    guard let call = decidingCall else { return (CallEvents(observedEvents), machine) }
    var log = PartLog(around: place, length: length, progress: progress)
    var copy = machine
    _ = try? copy.perform(call, reading: &log)
    return (log.events(of: total), log.start ?? machine)
  }

  /// Passes each of its events with its place, one after the other, and keeps none.
  ///
  /// - Parameter machine: a machine equal to the one on which it was done first.
  public func forEachEvent(
    on machine: Machine, _ progress: WorkProgress? = nil, _ body: (Int, Event) -> Void,
  ) {
    guard let call = decidingCall else {
      for (place, event) in observedEvents.enumerated() { body(place, event) }
      return
    }
    var copy = machine
    _ = try? copy.perform(call, progress, visiting: body)
  }

  /// The machine after `count` of its events.
  ///
  /// - Parameter machine: a machine equal to the one on which it was done first.
  public func machine(after count: Int, of total: Int, on machine: Machine) -> Machine {
    guard count > 0 else { return machine }
    var (events, reached) = part(of: total, around: count - 1, on: machine)
    reached.apply(events[..<min(count, events.endIndex)])
    return reached
  }
}
