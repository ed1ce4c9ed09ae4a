public import Engine

/// A machine and all calls made on it, with a cursor that moves both ways.
///
/// The calls are the source of truth. A position is reached from the nearest copy of the machine,
/// by repeating the calls since; inside a call, by applying the first of its events. A call made in
/// the past starts a branch: the calls that followed stay on the branch that was left.
public struct Timeline: Sendable {
  /// A call or an observation, its summary, and its notes.
  public struct Step: Sendable {
    /// What was done.
    public var deed: Deed
    /// Its summary.
    public var summary: CallSummary
    /// Notes before the call.
    public var notes: [String]

    /// What the kernel function returned.
    public var returned: ReturnCode { summary.returned }
    /// The call that was made or requested; `nil` for an observation without a matching call.
    public var call: Call? { deed.call }
  }

  /// All branches; the first is where every history begins.
  public internal(set) var branches: [Branch]
  /// The branch that the cursor is on, as an index.
  public internal(set) var current = 0
  /// The branches from the first to the current one.
  var path = [0]
  /// The changes from one machine to another that can be undone, oldest first.
  var passages: [Passage] = []
  /// Those that were undone, and can be redone.
  var passagesBack: [Passage] = []
  /// The named places, in the order in which they were named.
  public internal(set) var marks: [Mark] = []
  /// The place of the cursor.
  public internal(set) var moment = Moment.start
  /// The machine at the cursor.
  public internal(set) var machine: Machine

  /// The machine before the current call; `nil` between calls, where `machine` is that one: so it
  /// is not shared, and a call there copies nothing.
  var machineBeforeCall: Machine?
  /// The machine at places close behind the cursor, by calls.
  var ladder = Ladder()
  /// The call whose events were computed last.
  var opened: OpenedCall?
  /// The least distance between keyframes, in events.
  var keyframeDistance: UInt64 = 2048
  /// The bytes of the keyframes of all branches.
  var keyframeBytes = 0

  /// The bytes of all calls.
  var callBytes = 0

  /// Where long work on the timeline reports its progress, and checks whether it must stop; a
  /// stopped timeline is unusable. `nil` if nobody watches. Not part of the history.
  public var progress: WorkProgress?

  /// The kernel outside of the simulation that makes the calls; `nil` where the engine makes them.
  public var outside: (any OutsideKernel)?
  /// What such a kernel watches in the calls that follow. Not part of the history.
  public var watched = WatchedKernel()

  /// The maximum bytes for the keyframes of all branches: together with a million calls, a history
  /// stays below 256 MiB.
  private var keyframeBytesMax: Int { max(16 << 20, min(160 << 20, (240 << 20) - callBytes)) }

  /// The approximate number of events of a call that are kept at a time.
  let partLength: Int

  /// A call, events of it, and machines at them.
  struct OpenedCall: Sendable {
    var call: Int
    var events: CallEvents
    /// The machine before the first of the events.
    var start: Machine
    var ladder = Ladder()
  }

  /// A timeline without calls.
  ///
  /// - Parameter partLength: the approximate number of events of a call that are kept at a time.
  public init(_ machine: Machine, partLength: Int = PartLog.usualLength) {
    self.machine = machine
    self.partLength = partLength
    branches = [Branch(name: mainBranchName, parent: nil, fork: 0, start: machine)]
  }

  /// The calls, past and future, on the current branch and those it leaves.
  public var steps: Steps {
    Steps(branches: branches, path: path, count: branches[current].end)
  }

  /// The end.
  public var end: Moment { Moment(call: branches[current].end) }

  /// Notes after the last call.
  public var closingNotes: [String] {
    get { branches[current].closingNotes }
    set { branches[current].closingNotes = newValue }
  }

  /// Makes playing stop at the end of the current branch.
  public mutating func pauseAtEnd() {
    branches[current].pauses.append(branches[current].calls.count)
  }

  /// Whether playing stops after `count` calls.
  public func pauses(after call: Int) -> Bool {
    let branch = branches[call > 0 ? steps.branchIndex(ofCall: call - 1) : root]
    return branch.pauses.contains(call - branch.fork)
  }

  /// Makes a call at the cursor. If the cursor is inside a call, that one is completed first. If
  /// other calls follow there, a branch begins; the same call follows the existing branch. A call
  /// that cannot be made changes nothing.
  @discardableResult
  public mutating func perform(
    _ call: Call, notes: [String] = [],
  ) throws(CallError) -> ReturnCode {
    try perform(call, notes: notes, leavingOutMissing: false)
  }

  /// The same.
  ///
  /// - Parameter leavingOutMissing: whether a call that the kernel does not have leaves no step.
  mutating func perform(
    _ call: Call, notes: [String], leavingOutMissing: Bool,
  ) throws(CallError) -> ReturnCode {
    let count = moment.event > 0 ? moment.call + 1 : moment.call
    if count < end.call, steps.deed(count).isSame(as: call), notes.isEmpty {
      go(to: Moment(call: count + 1))
      return steps.summary(count).returned
    }
    if let outside { return try ask(outside, call, after: count, notes) }
    let cursor = moment
    if moment.event > 0 { go(to: Moment(call: count)) }
    let start = count < end.call ? machine : nil
    var summary = CallSummary()
    var opened: OpenedCall?
    do throws(CallError) {
      if let progress, call.mayBeLong {
        (summary, opened) = try perform(call, progress)
      } else {
        try machine.perform(call, summarizing: &summary)
      }
    } catch {
      go(to: cursor)
      throw error
    }
    if leavingOutMissing, summary.returned == .notImplemented { return .notImplemented }
    if let start { fork(at: count, from: start) }
    append(.call(call), summary, notes)
    opened?.call = moment.call - 1
    self.opened = opened
    return summary.returned
  }

  /// Makes a call on a copy of the machine, so that it can be stopped, and keeps its last events.
  private mutating func perform(
    _ call: Call, _ progress: WorkProgress,
  ) throws(CallError) -> (CallSummary, OpenedCall) {
    if progress.isStopped { throw .interrupted }
    var log = PartLog(length: partLength, progress: progress)
    var copy = machine
    try copy.perform(call, reading: &log)
    let opened = OpenedCall(call: 0, events: log.events(), start: log.start ?? machine)
    machine = copy
    return (log.summary, opened)
  }

  /// Adds an observation at the cursor, which moves past it. If the cursor is inside a step, that
  /// one is completed first; if others follow there, a branch begins.
  public mutating func observe(_ observation: Observation, notes: [String] = []) {
    if moment.event > 0 { go(to: Moment(call: moment.call + 1)) }
    let start = moment.call < end.call ? machine : nil
    let count = moment.call
    var summary = CallSummary()
    if case .events(let events) = observation.content {
      machine.apply(events)
      let returned = observation.returned ?? .success
      summary = CallSummary(events, returned: returned, reaching: machine)
    } else if let call = observation.call {
      try? machine.perform(call, summarizing: &summary)
    }
    if let start { fork(at: count, from: start) }
    append(.observed(observation), summary, notes)
  }

  /// Adds a step, which the machine has made, after the last one of the current branch.
  private mutating func append(_ deed: Deed, _ summary: CallSummary, _ notes: [String]) {
    opened = nil
    passagesBack = []
    if !notes.isEmpty { branches[current].notes[branches[current].calls.count] = notes }
    let stored = StoredCall(deed)
    callBytes += stored.bytes
    branches[current].calls.append(stored)
    branches[current].summaries.append(summary)
    moment = end
    keyframeBytes += branches[current].keyframes.offer(
      machine, at: moment.call, events: summary.events, distance: keyframeDistance)
    while keyframeBytes > keyframeBytesMax {
      keyframeDistance += keyframeDistance / 4
      for index in branches.indices { branches[index].keyframes.thin(to: keyframeDistance) }
      keyframeBytes = branches.reduce(0) { $0 + $1.keyframes.bytes }
    }
  }

  /// The machine before the current call, or between calls the machine.
  var base: Machine { machineBeforeCall ?? machine }

  /// Moves the cursor to a place between calls.
  mutating func stand(_ machine: Machine, after call: Int) {
    self.machine = machine
    machineBeforeCall = nil
    moment = Moment(call: call)
  }
}

// MARK: - Going there

extension Timeline {
  /// The number of events of a call; 0 for one that does not exist.
  public func eventCount(ofCall index: Int) -> Int {
    guard steps.indices.contains(index) else { return 0 }
    return Int(steps.summary(index).events)
  }

  /// The events of a call around one of them: all, unless the call has too many to keep. Empty for a
  /// call that does not exist.
  ///
  /// - Parameter place: the place of an event; a place after the last event means the last, below 0
  ///   the first.
  public mutating func events(ofCall index: Int, around place: Int = 0) -> CallEvents {
    let total = eventCount(ofCall: index)
    guard total > 0 else { return CallEvents([]) }
    let place = min(max(place, 0), total - 1)
    if let opened, opened.call == index, opened.events.indices.contains(place) {
      return opened.events
    }
    let before = index == moment.call ? base : climb(to: index)
    let (events, start) = steps.deed(index).part(
      of: total, around: place, on: before, length: partLength, progress)
    opened = OpenedCall(call: index, events: events, start: start)
    return events
  }

  /// The machine after `call` calls; the cursor stays.
  ///
  /// - Parameter call: from 0 to the number of calls.
  public mutating func machine(after call: Int) -> Machine {
    if call == moment.call { return base }
    return climb(to: min(max(call, 0), end.call))
  }

  /// Goes to a moment; one beyond the end or beyond the events of its call means the nearest one
  /// that exists.
  public mutating func go(to target: Moment) {
    let call = min(max(target.call, 0), end.call)
    if call != moment.call {
      let reached = climb(to: call)
      ladder.put(reached, at: call)
      ladder.settle(at: call)
      stand(reached, after: call)
    }
    goInside(to: call < end.call ? max(target.event, 0) : 0)
  }

  /// Goes to an event of the current call.
  private mutating func goInside(to event: Int) {
    guard event != moment.event else { return }
    guard event > 0 else {
      stand(base, after: moment.call)
      return
    }
    if event >= eventCount(ofCall: moment.call) { return go(to: Moment(call: moment.call + 1)) }
    _ = events(ofCall: moment.call, around: event - 1)
    guard let opened, !isStopped, event <= opened.events.endIndex else { return }
    if machineBeforeCall == nil { machineBeforeCall = machine }
    let isHere = moment.event >= max(opened.events.startIndex, 1) && moment.event <= event
    if !isHere { climbInside(to: event) }
    apply(opened.events, to: event)
    moment.event = event
  }

  /// Applies the events from the cursor on.
  private mutating func apply(_ events: CallEvents, to event: Int) {
    let isFar = event - moment.event > Ladder.spacing * Ladder.spacing
    var position = isFar ? event - Ladder.spacing * Ladder.spacing : moment.event
    let start = moment.event
    if isFar { machine.apply(events[moment.event..<position]) }
    while position < event {
      machine.apply(CollectionOfOne(events[position]))
      position += 1
      if Ladder.wants(position, from: start, to: event) {
        opened?.ladder.put(machine, at: position)
      }
    }
    opened?.ladder.settle(at: event)
  }

  /// Goes to the nearest copy inside the current call that is not after an event.
  private mutating func climbInside(to event: Int) {
    guard let opened else { return }
    let rung = opened.ladder.nearest(notAfter: event)
    machine = rung?.machine ?? opened.start
    moment.event = rung?.position ?? opened.events.startIndex
  }

  /// Whether the current work was stopped, so that its results are invalid.
  public var isStopped: Bool { progress?.isStopped == true }

  /// The machine after `count` calls, from the nearest copy. Leaves rungs on the way.
  mutating func climb(to count: Int) -> Machine {
    var (position, machine) = nearest(notAfter: count)
    let start = position
    while position < count {
      redo(position, on: &machine)
      if isStopped { break }
      position += 1
      if position < count, Ladder.wants(position, from: start, to: count) {
        ladder.put(machine, at: position)
      }
    }
    return machine
  }

  /// Repeats a call; a long one so that it can be stopped.
  private func redo(_ index: Int, on machine: inout Machine) {
    let isLong = steps.summary(index).events >= 1 << 16
    steps.deed(index).redo(on: &machine, isLong ? progress : nil)
  }

  /// The nearest copy of the machine.
  private func nearest(notAfter count: Int) -> (position: Int, machine: Machine) {
    let index = branchIndex(around: count)
    // The first branch has a frame at 0, every other one at its beginning.
    let frame = branches[index].keyframes.nearest(notAfter: count)
    var best = (position: frame?.call ?? 0, machine: frame?.machine ?? branches[root].start)
    if moment.call <= count, moment.call > best.position { best = (moment.call, base) }
    if let rung = ladder.nearest(notAfter: count), rung.position > best.position { best = rung }
    return best
  }
}

// MARK: - Steps

extension Timeline {
  /// Goes forward past the next event; at the last event of a call, to the end of the call.
  public mutating func stepEvent() { go(to: Moment(call: moment.call, event: moment.event + 1)) }

  /// Goes back before the last event; at the beginning of a call, into the end of the previous
  /// call.
  public mutating func stepEventBack() {
    if moment.event > 0 {
      go(to: Moment(call: moment.call, event: moment.event - 1))
    } else if moment.call > 0 {
      let count = eventCount(ofCall: moment.call - 1)
      go(to: Moment(call: moment.call - 1, event: max(count - 1, 0)))
    }
  }

  /// Goes to the end of the current call, or of the next one.
  public mutating func stepCall() { go(to: Moment(call: moment.call + 1)) }

  /// Goes to the beginning of the current call, or of the previous one.
  public mutating func stepCallBack() {
    go(to: Moment(call: moment.event > 0 ? moment.call : moment.call - 1))
  }
}
