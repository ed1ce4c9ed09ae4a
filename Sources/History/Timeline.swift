public import Engine

/// A machine and all that was asked of it, with a cursor that goes both ways.
///
/// The calls are the truth. A position is reached from the nearest keyframe, a copy of the machine, by
/// performing the calls since; inside a call, by applying the first of its events. Acting in the past
/// drops the future.
public struct Timeline: Sendable {
  /// A call, what it returned, and what was said about it.
  public struct Step: Equatable, Sendable {
    /// The call.
    public var call: Call
    /// What the kernel function returned.
    public var returned: ReturnCode
    /// Notes that stand before the call.
    public var notes: [String]
  }

  /// The steps, past and future.
  public private(set) var steps: [Step] = []
  /// Where the cursor stands.
  public private(set) var moment = Moment.start
  /// The machine at the cursor.
  public private(set) var machine: Machine
  /// Notes that stand behind the last call.
  public var closingNotes: [String] = []

  private var keyframes: Keyframes
  /// The machine before the call under way.
  private var base: Machine
  /// The call whose events were worked out last, and they.
  private var opened: (call: Int, events: [Event])?

  /// A timeline without calls.
  public init(_ machine: Machine) {
    self.machine = machine
    base = machine
    keyframes = Keyframes(machine)
  }

  /// The end.
  public var end: Moment { Moment(call: steps.count) }

  /// Makes a call at the cursor. Inside a call, that one is first completed. What lay in the future
  /// is dropped. A call that cannot be made changes nothing.
  @discardableResult
  public mutating func perform(
    _ call: Call, notes: [String] = [],
  ) throws(CallError) -> ReturnCode {
    let count = moment.event > 0 ? moment.call + 1 : moment.call
    var next = machine
    if moment.event > 0 {
      next = base
      _ = try? next.perform(steps[moment.call].call)
    }
    let returned = try next.perform(call)
    steps.removeSubrange(count...)
    keyframes.truncate(after: count)
    opened = nil
    steps.append(Step(call: call, returned: returned, notes: notes))
    moment = Moment(call: count + 1)
    machine = next
    base = next
    keyframes.offer(next, at: count + 1)
    return returned
  }

  /// The events of a call, in order. Empty for a call that does not exist.
  public mutating func events(ofCall index: Int) -> [Event] {
    guard steps.indices.contains(index) else { return [] }
    if let opened, opened.call == index { return opened.events }
    var machine = index == moment.call ? base : machineBefore(index)
    var log = EventLog()
    _ = try? machine.perform(steps[index].call, into: &log)
    opened = (index, log.events)
    return log.events
  }

  /// Forgets the calls behind the cursor; inside a call, it is first completed.
  public mutating func dropFuture() {
    if moment.event > 0 { go(to: Moment(call: moment.call + 1)) }
    steps.removeSubrange(moment.call...)
    keyframes.truncate(after: moment.call)
    opened = nil
  }

  /// Goes to a moment; one beyond the end or beyond the events of its call means the nearest there is.
  public mutating func go(to target: Moment) {
    let call = min(max(target.call, 0), steps.count)
    if call != moment.call { base = machineBefore(call) }
    moment = Moment(call: call)
    machine = base
    guard target.event > 0, call < steps.count else { return }
    let events = events(ofCall: call)
    if target.event >= events.count {
      go(to: Moment(call: call + 1))
      return
    }
    machine.apply(events[..<target.event])
    moment.event = target.event
  }

  /// The machine after the first `count` calls.
  private mutating func machineBefore(_ count: Int) -> Machine {
    var (frame, machine) = keyframes.nearest(notAfter: count)
    if moment.call <= count, moment.call > frame { (frame, machine) = (moment.call, base) }
    while frame < count {
      _ = try? machine.perform(steps[frame].call)
      frame += 1
      keyframes.offer(machine, at: frame)
    }
    return machine
  }
}

// MARK: - Steps

extension Timeline {
  /// Goes to after the next event; at the last one of a call, to the end of the call.
  public mutating func stepEvent() { go(to: Moment(call: moment.call, event: moment.event + 1)) }

  /// Goes to before the last event; at the beginning of a call, into the end of the call before.
  public mutating func stepEventBack() {
    if moment.event > 0 {
      go(to: Moment(call: moment.call, event: moment.event - 1))
    } else if moment.call > 0 {
      let count = events(ofCall: moment.call - 1).count
      go(to: Moment(call: moment.call - 1, event: max(count - 1, 0)))
    }
  }

  /// Goes to the end of the call under way, or of the next one.
  public mutating func stepCall() { go(to: Moment(call: moment.call + 1)) }

  /// Goes to the beginning of the call under way, or of the one before.
  public mutating func stepCallBack() {
    go(to: Moment(call: moment.event > 0 ? moment.call : moment.call - 1))
  }
}
