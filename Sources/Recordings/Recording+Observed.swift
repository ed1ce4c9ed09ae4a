public import Engine

extension Recording {
  /// A step as the kernel performed it.
  public struct ObservedStep: Sendable {
    /// The requested call.
    public var call: Call
    /// What the kernel function returned.
    public var returned: ReturnCode
    /// What happened; `nil` if the simulation of the call gives exactly what was recorded.
    public var events: [Event]?
    /// How the simulation differs, in words; `nil` if it does not.
    public var difference: String?
  }

  /// All steps as the kernel performed them. If the simulation of a call differs from the
  /// recording, the step has events that lead to the recorded leaves and counters, and the next one
  /// begins there.
  public func observed() -> [ObservedStep] {
    var observer = StepObserver(machine, region)
    return steps.map { observer.observe($0) }
  }
}

/// Follows what a real kernel does, step by step, and compares each one with the simulation.
public struct StepObserver: Sendable {
  /// The machine as the kernel showed it last.
  public internal(set) var machine: Machine
  private let region: Range<PFN>

  /// - Parameters:
  ///   - machine: as the kernel is before the first step.
  ///   - region: the frames whose leaves the steps show.
  public init(_ machine: Machine, _ region: Range<PFN>) {
    self.machine = machine
    self.region = region
  }

  /// Takes the next step.
  public mutating func observe(_ step: Recording.Step) -> Recording.ObservedStep {
    var checker = RecordingChecker(machine, region)
    let difference = checker.difference(step)
    var observed = Recording.ObservedStep(call: step.call, returned: step.returned)
    guard let difference else {
      machine = checker.machine
      return observed
    }
    let events = events(of: step, on: machine)
    machine.apply(events)
    observed.events = events
    observed.difference = difference
    return observed
  }

  /// The events that lead from the machine before a step to what was recorded after it.
  private func events(of step: Recording.Step, on before: Machine) -> [Event] {
    var machine = before
    var log = EventLog()
    // What a call does to areas is not among the leaves that are recorded.
    if step.call.changesAreas { _ = try? machine.perform(step.call, into: &log) }
    var events = log.events
    let add = { (more: [Event], machine: inout Machine) in
      machine.apply(more)
      events += more
    }
    if let bug = step.bug {
      let place =
        (try? before.address(of: step.call)) ?? before.directMapAddress(of: region.lowerBound)
      add(
        [.stopped(.splitCountWrong(place, .size2M, counted: bug.counted, found: bug.found))],
        &machine)
      return events
    }
    add(machine.events(reaching: step.leaves), &machine)
    for (name, leaves) in step.aliasLeaves {
      guard let area = machine.areas.area(named: name) else { continue }
      let moved = leaves.map { run in
        LeafRun(
          start: area.start + PageCount(run.start.rawValue >> 12), pages: run.pages, size: run.size,
          flags: run.flags)
      }
      add(machine.events(reaching: moved), &machine)
    }
    add(machine.events(reaching: counters(of: step, after: before)), &machine)
    return events
  }

  /// What the counters were after a step, as far as they are recorded.
  private func counters(
    of step: Recording.Step, after before: Machine,
  ) -> [(Counter, Int64)] {
    step.counters.compactMap { expected in
      switch expected.source {
      case .growth(let counter): (counter, before.counters[counter] &+ expected.value)
      case .kilobytes(let size):
        (.directMap(size), expected.value / Int64(size.pages.kilobytes))
      case .never: nil
      }
    }
  }
}

extension Call {
  /// Whether the call makes or frees an area.
  fileprivate var changesAreas: Bool {
    switch self {
    case .vmap, .vmapPageRange, .vunmap, .user: true
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke,
      .policy, .process, .linearMap, .collapse, .allocPages, .freePages, .freePagesAt, .drainPages,
      .age,
      .scatter, .function:
      false
    }
  }
}

extension Machine {
  /// Where a call of the `set_memory_*()` family begins.
  fileprivate func address(of call: Call) throws(CallError) -> VirtualAddress? {
    guard case .setMemory(_, let target, _) = call else { return nil }
    return try address(of: target, 1).alignedDown(to: .size2M)
  }
}
