public import Engine

/// What a step of a history is: a call that the engine makes, or something that was seen elsewhere.
public enum Deed: Sendable {
  /// A call: the engine decides what happens.
  case call(Call)
  /// Something that was observed: its events come from outside and are applied, not decided.
  case observed(Observation)

  /// The call that was made or asked for; `nil` for an observation that no call stands for.
  public var call: Call? {
    switch self {
    case .call(let call): call
    case .observed(let observation): observation.call
    }
  }
}

/// What another kernel did in one step: one that was recorded, one that runs elsewhere, or one whose
/// tables were read.
public struct Observation: Sendable {
  /// Where the events come from.
  public enum Content: Sendable {
    /// The simulation of the call gives exactly what was observed: its events are those of the call.
    case asSimulated
    /// What was observed, as events.
    case events([Event])
  }

  /// What was done, in the words of the one who saw it, where no call stands for it.
  public var title: String
  /// The call that was asked for, where the language has one.
  public var call: Call?
  /// What happened.
  public var content: Content
  /// What the kernel function returned; `nil`: what the simulation of the call returns.
  public var returned: ReturnCode?
  /// How the simulation of the call differs from what was observed, in one clause; `nil` if it does
  /// not, or was not asked.
  public var difference: String?

  /// An observation of which nothing is known but what the simulation of a call gives.
  public init(asSimulated call: Call, difference: String? = nil) {
    title = ""
    self.call = call
    content = .asSimulated
    self.difference = difference
  }

  /// An observation with events of its own.
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
  /// Whether making a call gives the same: it is the call, or an observation that equals it.
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

  /// Does it again on a machine that is as the one was on which it was done first.
  ///
  /// - Parameter progress: where to look whether to stop, which leaves the machine unusable.
  public func redo(on machine: inout Machine, _ progress: WorkProgress? = nil) {
    guard let call = decidingCall else { return machine.apply(observedEvents) }
    if let progress {
      var log = PartLog(progress: progress, visiting: nil)
      _ = try? machine.perform(call, reading: &log)
    } else {
      _ = try? machine.perform(call)
    }
  }

  /// All its events on such a machine. Those of a long call take more memory than there is: see
  /// ``part(of:around:on:_:)`` and ``forEachEvent(on:_:_:)``.
  public func events(on machine: Machine) -> [Event] {
    guard let call = decidingCall else { return observedEvents }
    var log = EventLog()
    var machine = machine
    _ = try? machine.perform(call, into: &log)
    return log.events
  }

  /// The part of its events that holds the one at a place, and the machine before the first of them.
  ///
  /// - Parameters:
  ///   - total: how many events it has.
  ///   - place: from 0 to below the total.
  ///   - machine: a machine as the one was on which it was done first.
  ///   - length: about how many events a part has.
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

  /// Shows each of its events with its place, one after the other, and keeps none.
  ///
  /// - Parameter machine: a machine as the one was on which it was done first.
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

  /// The machine after so many of its events.
  ///
  /// - Parameter machine: a machine as the one was on which it was done first.
  public func machine(after count: Int, of total: Int, on machine: Machine) -> Machine {
    guard count > 0 else { return machine }
    var (events, reached) = part(of: total, around: count - 1, on: machine)
    reached.apply(events[..<min(count, events.endIndex)])
    return reached
  }
}
