import Engine
import History
import Keys
import Lanes
import Narration
import Screen

extension Model {
  /// Changes the model as a message demands, and says what is to be done outside of it.
  public mutating func update(_ message: Message) -> [Effect] {
    let before = schedule
    var effects: [Effect] = []
    switch message {
    case .tick: tick()
    case .seen(let sighting): see(sighting)
    case .perform(let statement): effects += perform(statement)
    case .play:
      notice = nil
      playback.elapsed = 0
      playback.isPlaying = timeline.moment != timeline.end
    case .input(.resize(let size)): self.size = size
    case .input(.resumed), .input(.timeout): break
    case .input(.mouse(let mouse)): effects += receive(mouse)
    case .noMouse:
      options.usesMouse = false
      say("this terminal has no mouse; its description (TERM) names none", .failed)
    case .saved(let outcome): hear(outcome)
    case .recording(let outcome): hear(outcome)
    case .input(.end): effects.append(.quit(129))
    case .input(let input): effects += receive(input)
    }
    lane.show(options.traceDepth)
    lane.moveMap()
    showOverlay()
    tellScoreAtEnd()
    lanes.keepTogether()
    keepMeasuring()
    checkGoal()
    if schedule != before || message == .tick {
      effects.append(schedule.map { .tick(afterMilliseconds: $0.milliseconds) } ?? .noTick)
    }
    return effects
  }

  /// What the next tick is for.
  private struct Schedule: Equatable {
    var milliseconds: Int
    /// Where time stands: another place asks for a fresh tick.
    var call: Int
    var event: Int
  }

  /// How long a change flashes, in milliseconds.
  static let flashMilliseconds = 300

  private var flashLength: Int {
    let length = Self.flashMilliseconds
    return playback.isPlaying ? min(length, playback.pace.milliseconds / 2) : length
  }

  private var schedule: Schedule? {
    let moment = timeline.moment
    if lane.isFlashing {
      return Schedule(milliseconds: flashLength, call: moment.call, event: moment.event)
    }
    guard playback.isPlaying else { return nil }
    return Schedule(
      milliseconds: max(1, playback.pace.milliseconds - playback.elapsed), call: moment.call,
      event: moment.event)
  }

  /// Ends a flash, or plays on.
  private mutating func tick() {
    if lane.isFlashing {
      playback.elapsed = flashLength
      lane.isFlashing = false
    } else if playback.isPlaying {
      playOn()
    }
  }

  private mutating func receive(_ input: Input) -> [Effect] {
    lane.isFlashing = false
    // What the terminal needs goes through every layer.
    if let action = keymap[input], passesLayers(input) { return perform(action) }
    if let layer = layers.last { return receive(input, in: layer) }
    notice = nil
    predictions.shown = nil
    if let pending { return receive(input, for: pending) }
    if takeDigit(input) { return [] }
    guard let action = keymap[input] else {
      count = nil
      say("\(input.name) does nothing here; \(keymap.key(.help)) lists the keys", .failed)
      return [.bell]
    }
    return perform(action)
  }

  /// Whether a key is for the terminal and goes through whatever lies over the map; one that types a
  /// character, only where no character is wanted.
  func passesLayers(_ input: Input) -> Bool {
    guard let action = keymap[input] else { return false }
    return [.interrupt, .redraw, .suspend, .record].contains(action)
      && (layers.isEmpty && pending == nil || !input.isTyped)
  }

  /// The largest count that can be typed.
  static let countLimit: UInt64 = 1 << 34

  /// A digit belongs to the count; a zero only behind another digit.
  private mutating func takeDigit(_ input: Input) -> Bool {
    guard case .character(let character) = input, character.isASCII,
      let digit = character.wholeNumberValue, digit > 0 || count != nil
    else { return false }
    count = min((count ?? 0) * 10 + UInt64(digit), Self.countLimit)
    return true
  }

  /// Says something until the next key.
  mutating func say(_ text: String, _ kind: Notice.Kind = .done) {
    notice = Notice(text: text, kind: kind)
  }

  /// Does what a key asks for.
  mutating func perform(_ action: Action) -> [Effect] {
    if action != .play, action != .record, !action.isPace { playback.isPlaying = false }
    if asks(before: action) { return [] }
    switch action {
    case .nextChange where preferences.search != nil,
      .previousChange where preferences.search != nil:
      findAgain(forwards: action == .nextChange)
    case .left, .right, .up, .down, .first, .last, .pageUp, .pageDown, .nextPanel, .previousPanel,
      .zoomIn, .zoomOut, .nextChange, .previousChange:
      move(action)
    case .setMemory, .allocate, .free, .load, .freeNewest, .write, .read, .collapse,
      .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
      callByKey(action)
    case .toggleTarget: toggleTarget()
    case .wholeSlot: takeWholeSlot()
    case .nextEvent, .previousEvent, .nextCall, .previousCall, .undo, .redo, .start, .end, .play,
      .faster, .slower:
      travel(action)
    case .stepOver, .stepOverBack, .stepOut, .stepOutBack: stepByFunctions(action)
    case .unfold, .fold: changeDepth(deeper: action == .unfold)
    case .runOn, .runBack: runOn(forwards: action == .runOn)
    case .setMark: waitForLetter(.mark)
    case .goToMark: waitForLetter(.goToMark)
    case .stopList: layers.append(.stops(0))
    case .nextSplitOrMerge, .previousSplitOrMerge:
      if let error = goToNext(.change, forwards: action == .nextSplitOrMerge) {
        say(error, .failed)
      }
    case .who: findWho()
    case .nextBlocker, .previousBlocker: moveToNextBlocker(forwards: action == .nextBlocker)
    case .search: layers.append(.line(LineEditor(.place)))
    case .goToPercentage:
      if let error = goToPercentage() { say(error, .failed) }
    case .goToStep: layers.append(.line(LineEditor(.step)))
    case .commandLine: layers.append(.line(LineEditor(.command)))
    case .help: layers.append(.help(HelpPlace()))
    case .moreCalls, .choosePolicies, .chooseKernel, .chooseMachine, .viewList: openList(action)
    case .toggleLetters: toggleLetters()
    case .toggleFollow: toggleFollow()
    case .toggleBand: toggleBand()
    case .toggleMapOnly: toggleMapOnly()
    case .nextBeam: nextBeam()
    case .causes: showCauses()
    case .glossary: layers.append(.report(.glossary))
    case .exchange: exchange()
    case .nextDifference: moveToNextDifference()
    case .nextTheme: nextTheme()
    case .toggleMouse: return toggleMouse()
    case .record: return toggleRecording()
    case .nextSpace: showNextSpace()
    case .nextOverlay: showNextOverlay()
    case .goOn: return goOnInLesson()
    case .goBack: return goBackInLesson()
    case .sidePanel: show(nextPanel)
    case .cancel: cancel()
    case .close: layers.append(.leaving)
    case .leave: return leave()
    case .interrupt: return interrupt()
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    }
    return notice?.kind == .failed ? [.bell] : []
  }
}

extension Model {
  /// Closes what is open, as Escape does; at the top it asks whether to quit, and there it quits.
  fileprivate mutating func interrupt() -> [Effect] {
    if layers.last == .leaving { return [.quit(130)] }
    if let layer = layers.last { return receive(.key(.escape), in: layer) }
    if pending != nil || count != nil {
      (pending, count) = (nil, nil)
      return []
    }
    layers.append(.leaving)
    return []
  }

  /// Forgets the count and the search.
  fileprivate mutating func cancel() {
    if count == nil, preferences.search == nil {
      say("Nothing is open; \(keymap.key(.close)) asks whether to quit.")
    }
    if preferences.search != nil { say("The search is forgotten.") }
    count = nil
    preferences.search = nil
  }

  /// Makes the count that of all pages of the selected slot; a single page stands for the 2M around it.
  fileprivate mutating func takeWholeSlot() {
    let size = focus == .size4K ? .size2M : focus
    lane.select(page: lane.page.alignedDown(to: size))
    count = size.pages.rawValue
    say("The next call takes all \(size.pages.words) of this \(size.name) slot.")
  }

  /// Opens the list that a key is for.
  mutating func openList(_ action: Action) {
    switch action {
    case .moreCalls: layers.append(.calls(0))
    case .choosePolicies: layers.append(.choices(ChoiceList(.policies, on: lane)))
    case .chooseKernel: layers.append(.choices(ChoiceList(.kernels, on: lane)))
    case .chooseMachine: layers.append(.choices(ChoiceList(.machines, on: lane)))
    case .viewList: layers.append(.views(0))
    default: break
    }
  }

  mutating func toggleLetters() {
    guard !hasNoColors else {
      say("without colours permissions always show as letters", .failed)
      return
    }
    options.showsLetters.toggle()
    say(options.showsLetters ? "permissions show as letters" : "permissions show as colours")
  }

  fileprivate mutating func toggleFollow() {
    options.followsChanges.toggle()
    say(options.followsChanges ? "the selection follows changes" : "the selection stays put")
  }

  fileprivate mutating func toggleMouse() -> [Effect] {
    options.usesMouse.toggle()
    say(
      options.usesMouse
        ? "the mouse is on; with Shift held it selects text"
        : "the mouse is off")
    return [.mouse(options.usesMouse)]
  }

  /// The panel that follows the one beside the map.
  var nextPanel: SidePanel {
    options.sidePanel == .tlb && lane.hasZapping ? .gather : options.sidePanel.next
  }

  /// Goes on to the next theme, around in a circle.
  fileprivate mutating func nextTheme() {
    let themes = options.themes
    guard !themes.isEmpty else { return }
    let place = themes.firstIndex { $0.name == options.theme.name }
    show(themes[((place ?? -1) + 1) % themes.count])
  }
}

extension Input {
  /// Whether the key types a character.
  fileprivate var isTyped: Bool { if case .character = self { true } else { false } }
}

extension Action {
  /// Whether the action only changes how fast time passes.
  fileprivate var isPace: Bool { self == .faster || self == .slower }
}
