import Engine
import History
import Keys
import Lanes
import Scenarios

extension Model {
  /// Goes through time.
  mutating func travel(_ action: Action) {
    let repeats = Int(clamping: min(count ?? 1, 1_000_000))
    count = nil
    if action == .undo && undoChoice() || action == .redo && redoChoice() { return }
    switch action {
    case .nextEvent:
      take(.into, repeats, orElse: "This is the end; the next call continues from here.")
    case .previousEvent: take(.intoBack, repeats)
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

  /// Works out all that the lane in charge shows after a step. Without a start, a call was made.
  ///
  /// - Parameter isStop: whether time went on to a stop: as after a jump, what lies before does not
  ///   show as changed.
  mutating func arrive(from before: Machine, at start: Moment? = nil, isStop: Bool = false) {
    hasBegun = true
    lane.arrive(from: before, at: start, isStop: isStop, follows: options.followsChanges)
    compareZaps()
  }

  /// Shows where the cursor came to by no step.
  mutating func settle() {
    hasBegun = true
    lane.settle(follows: options.followsChanges)
    compareZaps()
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

  /// Goes to behind the next line, and shows nothing yet.
  private mutating func stepLine() {
    var opened = trace
    let target = moment(after: .into, from: timeline.moment, &opened)
    timeline.go(to: target)
    if opened.call == (target.event > 0 ? target.call : target.call - 1) { lane.trace = opened }
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
    if playback.pace.isByCalls { timeline.stepCall() } else { stepLine() }
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
