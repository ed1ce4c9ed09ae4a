import Engine
import History
import Scenarios

extension Model {
  /// Goes through time.
  mutating func travel(_ action: Action) {
    let repeats = Int(clamping: min(count ?? 1, 1_000_000))
    count = nil
    switch action {
    case .nextEvent: step(repeats, "This is the end. A call goes on from here.") { $0.stepLine() }
    case .previousEvent: step(repeats, "This is the beginning.") { $0.stepLineBack() }
    case .nextCall, .redo:
      go(
        to: Moment(call: timeline.moment.call + repeats),
        orElse: "This is the end: nothing to redo.")
    case .previousCall, .undo:
      let moment = timeline.moment
      let call = moment.call + (moment.event > 0 ? 1 : 0) - repeats
      go(to: Moment(call: max(0, call)), orElse: "This is the beginning: nothing to undo.")
    case .start: go(to: .start, orElse: "This is the beginning.")
    case .end: go(to: timeline.end, orElse: "This is the end.")
    case .play: togglePlaying()
    case .faster: setPace(playback.index + repeats)
    case .slower: setPace(playback.index - repeats)
    default: break
    }
  }

  private mutating func step(_ repeats: Int, _ limit: String, _ once: (inout Timeline) -> Void) {
    let start = timeline.moment
    let before = machine
    var last = start
    for index in 0..<repeats {
      once(&timeline)
      if timeline.moment == last { break }
      last = timeline.moment
      if index == repeats - 1 { break }
    }
    guard timeline.moment != start else {
      say(limit, .failed)
      return
    }
    arrive(from: before, at: start)
  }

  /// Goes to a moment and shows what is different there.
  mutating func go(to moment: Moment, orElse limit: String = "This is the place.") {
    let start = timeline.moment
    let before = machine
    timeline.go(to: moment)
    guard timeline.moment != start else {
      say(limit, .failed)
      return
    }
    arrive(from: before, at: start)
  }

  /// Works out all that follows from another machine or moment. Without a start, a call was made.
  ///
  /// - Parameter isStop: whether time went on to a stop: as after a jump, what lies before does not
  ///   show as changed.
  mutating func arrive(from before: Machine, at start: Moment? = nil, isStop: Bool = false) {
    hasBegun = true
    let moment = timeline.moment
    let shown = moment.event > 0 ? moment.call : moment.call - 1
    if start == nil || trace.call != (shown >= 0 ? shown : nil) {
      trace = shown >= 0 ? Trace(ofCall: shown, in: &timeline) : Trace()
    }
    compareZaps()
    // After a jump the screen tells of the call it arrived behind, so the marks do too.
    let isJump = isStop || start.map { abs($0.call - moment.call) > 1 } ?? false
    wentBack = !isJump && start.map { moment < $0 } ?? false
    let from = isJump ? Moment(call: max(shown, 0)) : start ?? Moment(call: moment.call - 1)
    previous = isJump ? machine(at: from) : before
    changes = changes(between: from, and: moment)
    if options.followsChanges { follow() }
    isFlashing = !changes.isEmpty
    if isJump {
      map = MapPicture(machine, around: page, in: space, changes: changes)
    } else {
      map.refresh(machine, around: page, changes: changes)
    }
  }

  /// Selects what the last step changed, or the next one will.
  private mutating func follow() {
    if space != .direct {
      let range = space.range(machine)
      for changes in [changes, upcoming?.changes].compactMap(\.self)
      where !changes.contains(address: elsewhere) {
        guard let address = changes.focus(in: range) else { continue }
        select(page: space.page(of: address, machine) ?? page)
        return
      }
      if let pfn = machine.frame(at: elsewhere) { selection = pfn }
    } else if !changes.isEmpty {
      if !changes.contains(selection), let pfn = changes.focus { selection = pfn }
    } else if let pfn = currentEvent?.visited {
      selection = pfn
    } else if let next = upcoming?.changes, !next.contains(selection), let pfn = next.focus {
      selection = pfn
    }
  }

  /// The machine at another moment of the history.
  func machine(at moment: Moment) -> Machine {
    var copy = timeline
    copy.go(to: moment)
    return copy.machine
  }

  private mutating func changes(between a: Moment, and b: Moment) -> Changes {
    let (first, last) = a < b ? (a, b) : (b, a)
    var changes = Changes()
    for call in first.call...last.call {
      let events = call == trace.call ? trace.events : timeline.events(ofCall: call)
      let from = call == first.call ? first.event : 0
      let to = call == last.call ? last.event : events.count
      for event in events[min(from, events.count)..<min(max(from, to), events.count)] {
        changes.add(event)
      }
    }
    return changes
  }

  // MARK: - Playing

  private mutating func togglePlaying() {
    playback.isPlaying.toggle()
    playback.elapsed = playback.pace.milliseconds / 2
    if playback.isPlaying, timeline.moment == timeline.end {
      playback.isPlaying = false
      say(
        "This is the end; \(keymap.key(.start)) goes to the beginning, then "
          + "\(keymap.key(.play)) plays.", .failed)
      return
    }
    hasBegun = true
    say(playback.isPlaying ? "Playing: \(playback.pace.words)." : "Paused.")
  }

  private mutating func setPace(_ index: Int) {
    playback.index = min(max(0, index), Playback.paces.count - 1)
    say("Speed \(playback.index + 1) of \(Playback.paces.count): \(playback.pace.words).")
  }

  /// One step of a player.
  mutating func playOn() {
    playback.elapsed = 0
    if asks(beforeNext: .play) {
      playback.isPlaying = false
      return
    }
    let before = machine
    let start = timeline.moment
    if playback.pace.isByCalls { timeline.stepCall() } else { timeline.stepLine() }
    if let hit = hitOnTheWay(from: start) {
      playback.isPlaying = false
      timeline.go(to: hit.moment)
      arrive(from: before, at: start, isStop: true)
      say(hit)
      return
    }
    let moment = timeline.moment
    if moment != start { arrive(from: before, at: start) }
    if !predictions.isOn || moment.event == 0 && start.event == 0 { notice = nil }
    if moment == timeline.end {
      playback.isPlaying = false
      if !presentation.isUnderWay { say("This is the end.") }
    } else if moment.event == 0, timeline.pauses(after: moment.call) {
      playback.isPlaying = false
      guard !presentation.isUnderWay else { return }
      say("The scenario pauses here; \(keymap.key(.play)) plays on.")
    }
  }
}

extension Event {
  /// The frame at which the walk of a call looked and wrote nothing.
  fileprivate var visited: PFN? {
    switch self {
    case .decided(.entryKept(let address, _)), .decided(.holeSkipped(let address)):
      AddressLayout.directMapFrame(of: address)
    default: nil
    }
  }
}

extension Timeline {
  /// Goes to behind the next event that is shown as a line, or to the end of the call.
  mutating func stepLine() {
    guard steps.indices.contains(moment.call) else { return }
    let events = events(ofCall: moment.call)
    var target = moment.event + 1
    while target <= events.count, events.isQuiet(at: target - 1) { target += 1 }
    // What only completes the line goes with it.
    while target < events.count, events.isQuiet(at: target) { target += 1 }
    go(to: Moment(call: moment.call, event: target))
  }

  /// Goes to behind the event before that is shown as a line; from the first one, to before the call.
  mutating func stepLineBack() {
    let isBetween = moment.event == 0
    guard !isBetween || moment.call > 0 else { return }
    let call = isBetween ? moment.call - 1 : moment.call
    let events = events(ofCall: call)
    var target = isBetween ? events.count : moment.event
    // Back over what completes the line, over the line, and over what is before it.
    while target > 0, events.isQuiet(at: target - 1) { target -= 1 }
    target = max(0, target - 1)
    go(to: Moment(call: call, event: target))
  }
}
