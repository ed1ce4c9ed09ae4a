import Engine
import History

/// What a kernel was seen doing inside a call, put in order with what the call did to the machine: the
/// functions that were entered and left stand among the events where the tables held what they held then.
struct SeenCall {
  /// The machine before the call.
  let before: Machine
  /// The functions, by their places in the steps.
  let functions: [SeenFunction]
  /// The stops, in order.
  let moments: [SeenMoment]

  /// The events of the simulation with what was seen among them; `nil` if the simulation does not come past
  /// the tables that the kernel had at each stop.
  ///
  /// The simulation's own functions are left out: the kernel's stand in their place. What the simulation
  /// decided stays, as the reason of what follows.
  func interleaved(_ simulated: [Event]) -> [Event]? {
    var walk = Walk(machine: before, simulated: simulated)
    for moment in moments {
      guard walk.reach(moment.tables) else { return nil }
      walk.put(moment.step, name: name(of: moment.step))
    }
    walk.finish()
    return walk.events
  }

  /// The events that lead from each stop's tables to the next ones, with what was seen among them, and on to
  /// the tables at the end; then what else changed.
  ///
  /// - Parameters:
  ///   - tables: what the tables hold after the call.
  ///   - rest: the events of the call as a whole, of which those are taken that touch no table.
  func observed(reaching tables: TablePicture, _ rest: [Event]) -> [Event] {
    var machine = before
    var events: [Event] = []
    for moment in moments {
      events += machine.reach(moment.tables)
      events.append(.seen(moment.step))
    }
    events += machine.reach(tables)
    return events
      + rest.filter { event in
        switch event {
        // Tables that the simulation does not make here have no frame and no count.
        case .tableBacked, .tableTracked: false
        case .entered, .asked, .left, .remedy, .seen, .decided, .mapped, .unmapped, .entryWritten,
          .tableInstalled, .tableFreed, .kept, .policy, .supply, .counted, .flushed, .memoryTypeSet,
          .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process, .linearMap:
          event.facts.written == nil && !event.facts.traits.contains(.onlyTells)
        }
      }
  }

  private func name(of step: SeenStep) -> String {
    functions.indices.contains(step.function) ? functions[step.function].name : ""
  }
}

/// Goes through the events of the simulation, to where what was seen belongs.
private struct Walk {
  var machine: Machine
  let simulated: [Event]
  var events: [Event] = []
  /// The next event of the simulation.
  private var next = 0

  init(machine: Machine, simulated: [Event]) {
    self.machine = machine
    self.simulated = simulated
  }

  /// Goes on to the first place where the machine has these tables; false if there is none.
  mutating func reach(_ tables: TablePicture) -> Bool {
    var missing = machine.needed(for: tables)
    while let probe = missing {
      // Until the leaf that comes last is as it should be, nothing else need be compared.
      repeat {
        guard next < simulated.count else { return false }
        takeNext()
      } while !machine.has(probe)
      missing = machine.needed(for: tables)
    }
    return true
  }

  /// Puts a step where it belongs: beside the simulation's own function of the same name, if that comes
  /// before the next table is written.
  mutating func put(_ step: SeenStep, name: String) {
    let kernel = KernelFunction(seen: name)
    var place = next
    search: while place < simulated.count, simulated[place].facts.written == nil {
      let event = simulated[place]
      switch (step, event) {
      case (.entered, .entered(let function, _, _)) where function == kernel: break search
      case (.entered, .flushed(let flush)) where flush.isDone(by: name): break search
      case (.left, .left(let function, _)) where function == kernel:
        place += 1
        break search
      case (.left, .flushed(let flush)) where flush.isDone(by: name):
        place += 1
        break search
      default: place += 1
      }
      if place == simulated.count || simulated[place].facts.written != nil {
        place = next
        break
      }
    }
    while next < place { takeNext() }
    events.append(.seen(step))
  }

  mutating func finish() { while next < simulated.count { takeNext() } }

  private mutating func takeNext() {
    let event = simulated[next]
    machine.apply(CollectionOfOne(event))
    next += 1
    switch event {
    case .entered, .left: break
    case .asked, .remedy, .seen, .decided, .mapped, .unmapped, .entryWritten, .tableInstalled,
      .tableBacked, .tableFreed, .tableTracked, .kept, .policy, .supply, .counted, .flushed,
      .memoryTypeSet, .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process,
      .linearMap:
      events.append(event)
    }
  }
}

extension Flush {
  /// Whether a function of this name does it.
  fileprivate func isDone(by name: String) -> Bool {
    switch self {
    case .all: name == "flush_tlb_all"
    case .pages: name == "__cpa_flush_tlb"
    case .allAfterFailure: name == "__cpa_flush_all"
    case .kernelRange, .kernelRangeToEnd: name == "flush_tlb_kernel_range"
    case .ownPage: name == "flush_tlb_one_kernel"
    case .ownTLB: name == "__flush_tlb_all"
    case .cacheLines: name == "clflush_cache_range"
    case .allCaches: name == "wbinvd_on_all_cpus"
    }
  }
}

/// A leaf that must be somewhere.
private struct WantedLeaf {
  var address: VirtualAddress
  var size: LeafSize?
  var flags: EntryFlags
}

extension Machine {
  /// The last leaf that is otherwise than in a picture; `nil` if all are as there.
  fileprivate func needed(for tables: TablePicture) -> WantedLeaf? {
    for runs in tables.placed {
      guard let written = events(reaching: runs).last?.facts.written,
        let run = runs.last(where: { $0.start <= written.start })
      else { continue }
      return WantedLeaf(address: written.start, size: run.size, flags: run.flags)
    }
    return nil
  }

  fileprivate func has(_ leaf: WantedLeaf) -> Bool {
    guard let found = tables.lookup(leaf.address) else { return leaf.size == nil }
    return found.size == leaf.size && found.flags == leaf.flags
  }

  /// Makes the tables those of a picture; the events that do.
  fileprivate mutating func reach(_ tables: TablePicture) -> [Event] {
    var all: [Event] = []
    for runs in tables.placed {
      let events = events(reaching: runs)
      apply(events)
      all += events
    }
    return all
  }
}

extension TablePicture {
  /// The runs of the direct map and of each area, at their addresses.
  fileprivate var placed: [[LeafRun]] {
    [direct]
      + areas.map { start, leaves in
        leaves.map { run in
          LeafRun(
            start: start + PageCount(run.start.rawValue >> 12), pages: run.pages, size: run.size,
            flags: run.flags)
        }
      }
  }
}
