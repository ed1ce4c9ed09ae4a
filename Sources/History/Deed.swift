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

  /// Does it again on a machine that is as the one was on which it was done first.
  public func redo(on machine: inout Machine) {
    switch self {
    case .call(let call): _ = try? machine.perform(call)
    case .observed(let observation): observation.redo(on: &machine)
    }
  }

  /// Its events on such a machine.
  public func events(on machine: Machine) -> [Event] {
    var log = EventLog()
    var machine = machine
    switch self {
    case .call(let call): _ = try? machine.perform(call, into: &log)
    case .observed(let observation): return observation.events(on: machine)
    }
    return log.events
  }
}

extension Observation {
  fileprivate func redo(on machine: inout Machine) {
    if case .events(let events) = content { return machine.apply(events) }
    if let call { _ = try? machine.perform(call) }
  }

  fileprivate func events(on machine: Machine) -> [Event] {
    if case .events(let events) = content { return events }
    return call.map { Deed.call($0).events(on: machine) } ?? []
  }
}
