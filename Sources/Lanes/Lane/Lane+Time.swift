import Engine
import History
import Language
import Scenarios

// What a lane shows when it has gone through time.

extension Lane {
  /// Works out all that follows from another machine or moment. Without a start, a call was made.
  ///
  /// - Parameters:
  ///   - isStop: whether time went on to a stop: as after a jump, what lies before does not show as
  ///     changed.
  ///   - follows: whether the selection goes to where something changed.
  package mutating func arrive(
    from before: Machine, at start: Moment? = nil, isStop: Bool = false, follows: Bool,
  ) {
    let moment = timeline.moment
    let shown = moment.event > 0 ? moment.call : moment.call - 1
    if shown < 0 {
      trace = CallTrace()
    } else {
      let place = lastPlace(ofCall: shown)
      if start == nil || !trace.tells(ofCall: shown, around: place) {
        trace = CallTrace(ofCall: shown, around: place, in: &timeline, traceDepth)
      }
    }
    // After a jump the screen tells of the call it arrived behind, so the marks do too.
    let isJump = isStop || start.map { abs($0.call - moment.call) > 1 } ?? false
    wentBack = !isJump && start.map { moment < $0 } ?? false
    let from = isJump ? Moment(call: max(shown, 0)) : start ?? Moment(call: moment.call - 1)
    previous = isJump ? machine(at: from) : before
    changes = changes(between: from, and: moment)
    if follows { follow() }
    isFlashing = !changes.isEmpty || !changes.moved.isEmpty || !changes.own.isEmpty
    if isJump { readMap() } else { refreshMap() }
  }

  /// Shows where the cursor came to by no step.
  package mutating func settle(follows: Bool) {
    let last = max(0, timeline.moment.call - (timeline.moment.event > 0 ? 0 : 1))
    arrive(from: timeline.machine(after: last), follows: follows)
    readMap()
    isFlashing = false
  }

  /// Shows that nothing changes here while others go on.
  mutating func rest() {
    changes = Changes()
    previous = machine
    readMap()
  }

  /// Goes to the beginning.
  package mutating func rewind() {
    timeline.go(to: .start)
    previous = machine
    trace = CallTrace()
  }

  /// Reads again what a step changed.
  private mutating func refreshMap() {
    let (page, machine, changes) = (page, machine, changes)
    map.refresh(machine, around: page, changes: changes)
    readTints()
  }

  /// Selects what the last step changed, or the next one will.
  private mutating func follow() {
    let space = place.space
    if space != .direct {
      let range = space.range(machine)
      for changes in [changes, upcoming?.changes].compactMap(\.self)
      where !changes.contains(address: place.elsewhere) {
        // What is shown is the area itself, not the array that lists its pages.
        let arrays = machine.areas.live.filter { $0.kind == .pageArray }
        guard let address = changes.focus(in: range, besides: arrays) else { continue }
        select(page: space.page(of: address, machine) ?? page)
        return
      }
      if let pfn = machine.frame(at: place.elsewhere) { place.selection = pfn }
    } else if !changes.isEmpty {
      if !changes.contains(place.selection), let pfn = changes.focus { place.selection = pfn }
    } else if let pfn = changes.movedFocus {
      if !changes.moves(place.selection) { place.selection = pfn }
    } else if let pfn = currentEvent?.visited {
      place.selection = pfn
    } else if let next = upcoming?.changes, !next.contains(place.selection), let pfn = next.focus {
      place.selection = pfn
    }
  }

  /// The machine at another moment of the history.
  package func machine(at moment: Moment) -> Machine {
    var copy = timeline
    copy.go(to: moment)
    return copy.machine
  }

  /// What was written from one moment to another, `previous` being the machine at the earlier one or
  /// the later one; where not all events are kept, what differs in the tables.
  private mutating func changes(between a: Moment, and b: Moment) -> Changes {
    let (first, last) = a < b ? (a, b) : (b, a)
    // In the colours of pages, page tables are pages too, and single steps show how buddies join.
    let tellsTables = overlay == .pages
    let tellsLists = tellsTables && timeline.moment.event > 0
    var changes = Changes()
    for call in first.call...last.call {
      let from = call == first.call ? first.event : 0
      let total = timeline.eventCount(ofCall: call)
      let to = call == last.call ? min(last.event, total) : total
      guard from < to else { continue }
      let events =
        trace.tells(ofCall: call, around: from)
        ? trace.events : timeline.events(ofCall: call, around: from)
      guard events.startIndex <= from, to <= events.endIndex else {
        return Changes(from: previous, to: machine)
      }
      for event in events[from..<to] {
        changes.add(event)
        // Going back, the table is there again.
        if b < a { changes.addRewritten(event, machine) }
        if tellsTables { changes.addTable(event) }
        if tellsLists { changes.addListed(event) }
      }
    }
    return changes
  }

  /// What expressions see at this moment; between calls, what the last one returned and moved.
  ///
  /// - Parameter answers: the answers to `tlb` lines so far.
  package func expressionContext(_ answers: TLBAnswers) -> Expression.Context {
    let call = timeline.moment.call
    var growth = Counters()
    var returned = ReturnCode.success
    if call > 0, timeline.moment.event == 0 {
      growth = machine.counters.since(machine(at: Moment(call: call - 1)).counters)
      returned = timeline.steps[call - 1].returned
    }
    return Expression.Context(machine: machine, returned: returned, growth: growth, tlb: answers)
  }
}

extension Event {
  /// The frame at which the walk of a call looked and wrote nothing.
  fileprivate var visited: PFN? {
    if case .decided(.entryKept(let address, _)) = self {
      return AddressLayout.directMapFrame(of: address)
    }
    if case .decided(.holeSkipped(let address)) = self {
      return AddressLayout.directMapFrame(of: address)
    }
    return nil
  }
}
