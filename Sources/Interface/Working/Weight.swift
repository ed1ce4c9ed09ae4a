import Keys
import Lanes
import Language
import Narration
import Screen

/// What it may take to answer a message.
enum Weight: Equatable, Sendable {
  /// A moment: where one looks and how, what is typed, what lies over the map. It is answered at once,
  /// even while the answer to another message is worked out.
  case look
  /// Any time: it makes calls, goes through time, searches, or changes what is kept.
  case work
}

extension Model {
  /// What it may take to answer a message as the screen stands.
  func weight(of message: Message) -> Weight {
    switch message {
    case .noMouse, .saved, .recording: .look
    case .seen: .work
    case .tick: lane.isFlashing ? .look : .work
    case .perform, .play: .work
    case .input(let input): weight(of: input)
    }
  }

  private func weight(of input: Input) -> Weight {
    switch input {
    case .resize, .resumed, .timeout, .end: return .look
    case .mouse(let mouse): return weight(of: mouse)
    case .character, .control, .key: break
    }
    if passesLayers(input) { return .look }
    if let layer = layers.last { return weight(of: input, in: layer) }
    if pending != nil { return .work }
    return keymap[input].map(weight) ?? .look
  }

  private func weight(of action: Action) -> Weight {
    // The next panel may be one whose numbers take a while.
    if action == .sidePanel { return nextPanel.weight }
    return action.workWords == nil ? .look : .work
  }

  private func weight(of input: Input, in layer: Layer) -> Weight {
    switch layer {
    case .help, .report, .leaving, .resuming: return .look
    case .calls:
      return meaning(inList: input) == .zoomIn || input == .character(" ") ? .work : .look
    case .choices(let list): return weight(of: input, in: list)
    // A panel may be one whose numbers take a while.
    case .views: return ViewMenu.isChosen(by: input, meaning(inList: input)) ? .work : .look
    case .stops:
      return [.character("d"), .character(" "), .key(.delete)].contains(input) ? .work : .look
    case .prediction: return .work
    case .line(let editor):
      guard input == .key(.enter) else { return .look }
      if editor.purpose == .help { return .look }
      guard editor.purpose == .command else { return .work }
      return ScreenCommand.find(in: editor.text.trimmed)?.command.onlyLooks == true ? .look : .work
    }
  }

  /// What chooses boots a machine and makes calls; all else only moves.
  private func weight(of input: Input, in list: ChoiceList) -> Weight {
    if case .character(let letter) = input {
      if letter == " " { return .look }
      if letter == "b" || list.items(lane).contains(where: { $0.key == letter }) { return .work }
    }
    return meaning(inList: input) == .zoomIn ? .work : .look
  }

  private func weight(of mouse: Input.Mouse) -> Weight {
    guard options.usesMouse else { return .look }
    if let layer = layers.last { return layer.isQuestion ? .work : .look }
    guard let layout = layout(size, captionText) else { return .look }
    let goesThroughTime: [Rect?] =
      switch mouse.action {
      case .left: [layout.timeline]
      case .wheelUp, .wheelDown: [layout.trace, layout.timeline]
      case .double, .middle, .right, .release: []
      }
    return goesThroughTime.contains { $0?.contains(mouse.position) ?? false } ? .work : .look
  }

  /// What works out the answer to a message, in the words of a user.
  mutating func words(for message: Message) -> String {
    switch message {
    case .tick, .play: return "playing"
    case .perform: return "the demo"
    case .noMouse, .saved, .recording: return "the screen"
    case .seen: return "what was seen"
    case .input(.mouse): return "going to a call"
    case .input(let input):
      if let layer = layers.last { return layer.workWords }
      guard pending == nil, let action = keymap[input] else { return "a mark" }
      switch action {
      case .setMemory, .allocate, .free, .load, .freeNewest, .write, .read, .collapse,
        .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
        return call(of: action)?.scenarioText ?? action.name
      default: return action.workWords ?? action.name
      }
    }
  }
}

extension SidePanel {
  /// What it may take to show the panel.
  fileprivate var weight: Weight {
    switch self {
    case .trace, .why, .policies, .memory: .look
    case .tlb, .gather: .work
    }
  }
}

extension Layer {
  /// Whether any key answers it.
  fileprivate var isQuestion: Bool { if case .prediction = self { true } else { false } }

  /// What its key for going on sets off, in the words of a user.
  fileprivate var workWords: String {
    switch self {
    case .calls(let index):
      CallMenu.commands.indices.contains(index) ? CallMenu.commands[index].name : "a call"
    case .choices: "the same calls again"
    case .views: "a view"
    case .prediction(let prompt): prompt.line
    case .line(let editor):
      switch editor.purpose {
      case .command: editor.text.trimmed
      case .step: "going to \(editor.text.trimmed)"
      case .place: "search \(editor.text.trimmed)"
      case .stop: "a stop"
      case .operand(let form): form.wholeLine
      case .help: "the help"
      }
    case .stops: "a stop"
    case .help, .report, .leaving, .resuming: "the screen"
    }
  }
}

extension Action {
  /// What the action may take long with, in the words of a user; `nil` for one that only looks.
  var workWords: String? {
    switch self {
    case .left, .right, .up, .down, .first, .last, .pageUp, .pageDown, .nextPanel, .previousPanel,
      .zoomIn, .zoomOut:
      nil
    case .search, .moreCalls, .stopList, .goToStep, .commandLine, .help, .viewList: nil
    case .choosePolicies, .chooseKernel, .chooseMachine: nil
    case .toggleTarget, .wholeSlot, .faster, .slower: nil
    case .toggleBand, .toggleMapOnly, .nextBeam, .glossary, .causes: nil
    case .toggleLetters, .toggleFollow, .sidePanel, .nextSpace, .nextTheme, .toggleMouse: nil
    case .record, .close, .leave, .interrupt, .redraw, .suspend, .cancel: nil
    case .nextChange, .previousChange, .nextBlocker, .previousBlocker: "search"
    case .nextDifference: "search for a difference"
    case .setMemory, .allocate, .free, .load, .freeNewest, .write, .read, .collapse,
      .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
      "a call"
    case .stepOver, .stepOverBack, .stepOut, .stepOutBack, .nextEvent, .previousEvent: "step"
    case .unfold, .fold: "the trace"
    case .runOn: "continue"
    case .runBack: "continue backwards"
    case .setMark, .goToMark: "a mark"
    case .nextSplitOrMerge, .previousSplitOrMerge: "search for a split or merge"
    case .who: "search for who changed the page"
    case .nextCall: "to the end of the call"
    case .previousCall: "to the beginning of the call"
    case .undo: "undo"
    case .redo: "redo"
    case .goToPercentage: "going to a part of all calls"
    case .start: "to the beginning"
    case .end: "to the end"
    case .play: "play"
    case .goOn, .goBack: "the lesson"
    case .nextOverlay: "the colours"
    case .exchange: "the other lane"
    }
  }
}
