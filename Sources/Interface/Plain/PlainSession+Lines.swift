import History
import Keys
import Lanes
import Language
import Screen

// What a line means.

extension PlainSession {
  /// The most steps that one line can ask for.
  private static let repeatsMax: UInt64 = 100_000

  /// Carries out a line: a word of plain mode, a key, a command of the screen, or the language.
  mutating func carryOut(_ text: String) -> [String] {
    if let waiting, let lines = answer(text, to: waiting) { return lines }
    var line = text.trimmed
    // Who knows the screen begins a command with its key.
    if line.hasPrefix(":"), line.count > 1 { line = String(line.dropFirst()).trimmed }
    guard !line.isEmpty else { return [] }
    let name = String(line.prefix { !$0.isWhitespace })
    let rest = String(line.dropFirst(name.count)).trimmed
    if let word = PlainWord.all.first(where: { $0.name == name }),
      let lines = word.run(&self, rest)
    {
      return lines
    }
    // Undo and redo tell their way as the keys do.
    if ScreenCommand.find(in: line) == nil || ["undo", "redo"].contains(line) {
      // Keys may be named in small letters too, so the word end is not the key End.
      if rest.isEmpty, let action = model.keymap.action(named: name), !action.isCall {
        return perform(action, count: nil)
      }
      if let lines = press(name, rest) { return lines }
    }
    return runCommand(line, name)
  }

  /// Tells something of each lane.
  func tell(_ lines: (Lane) -> [String]) -> [String] {
    lanes.flatMap { lane in lines(lane).map(lane.titled) }
  }

  // MARK: - Keys

  /// A line that is a key, with a count before it or with what the key would ask for behind it.
  private mutating func press(_ name: String, _ rest: String) -> [String]? {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    let key = String(name.dropFirst(digits.count))
    guard !key.isEmpty, let input = Input(name: key), let action = model.keymap[input] else {
      return nil
    }
    let count = UInt64(digits)
    if !digits.isEmpty, count == nil || count == 0 {
      return ["Not done: \(digits) is no count for \(key)."]
    }
    switch action {
    case .goToStep where !rest.isEmpty: return runCommand("goto \(rest)", "goto")
    case .search where !rest.isEmpty: return runCommand("find \(rest)", "find")
    default: break
    }
    return rest.isEmpty ? perform(action, count: count) : nil
  }

  /// Does what a key asks for.
  mutating func perform(_ action: Action, count: UInt64?) -> [String] {
    switch action {
    case .help: return PlainHelp.overview
    case .close, .leave:
      let score = closing()
      return score + run(.leave, count: nil, .jump)
    case .interrupt:
      quitStatus = 130
      return []
    case .play:
      isPlaying = true
      playsThrough = false
      return []
    case .sidePanel:
      return ["The words where, why, policies, memory and tlb print what the panels show."]
    case .search: return ["Not done: say what to find on the same line, such as find lacks G."]
    case .goToStep: return ["Not done: say where to on the same line, such as goto 17 or goto 50%."]
    case .commandLine: return ["Not done: say the command itself; help lists them."]
    case let action where action.isOfScreenOnly:
      return ["Not done: \(action.name) changes only how the screen looks."]
    case .nextEvent, .previousEvent, .nextCall, .previousCall, .undo, .redo, .stepOver, .stepOut,
      .stepOverBack, .stepOutBack:
      return repeated(action, min(count ?? 1, Self.repeatsMax))
    case .setMemory, .allocate, .free, .load, .freeNewest, .write, .read, .collapse,
      .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
      return run(action, count: count, .made)
    default: return run(action, count: count, .jump)
    }
  }

  /// Steps this many times, each told; it ends where a step goes nowhere.
  private mutating func repeated(_ action: Action, _ count: UInt64) -> [String] {
    var lines: [String] = []
    for index in 0..<count {
      let before = model.timeline.moment
      let told = run(action, count: nil, way(of: action))
      if model.timeline.moment == before, index > 0 { break }
      lines += told
      if model.timeline.moment == before { break }
    }
    return lines
  }

  func way(of action: Action) -> PlainWay {
    switch action {
    case .nextEvent, .previousEvent: .events
    case .nextCall, .previousCall, .undo, .redo: .sum
    default: .jump
    }
  }

  private mutating func run(_ action: Action, count: UInt64?, _ way: PlainWay) -> [String] {
    let lines = change(way) { model in
      model.count = count.map { min($0, Model.countLimit) }
      let effects = model.perform(action)
      model.count = nil
      return effects
    }
    return lines.isEmpty && !isOver ? [Self.nothing] : lines
  }

  /// What is said where nothing else is: silence leaves a listener in doubt.
  private static let nothing = "Nothing changes."

  // MARK: - Commands

  /// Carries out a line as the screen's command line does.
  private mutating func runCommand(_ line: String, _ name: String) -> [String] {
    var error: String?
    let score = name == "q" ? closing() : []
    let panel = model.options.sidePanel
    model.options.sidePanel = .trace
    let isOfScreen = ScreenCommand.find(in: line) != nil
    var lines =
      score
      + change(isOfScreen ? .jump : .made) { model in
        let answer = model.runCommand(line)
        error = answer.error
        // The error says it, or the sentence of the place that was come to.
        if error != nil { model.notice = nil }
        return answer.effects
      }
    let asksWhy = model.options.sidePanel == .why
    let asksTLB = model.options.sidePanel == .tlb
    model.options.sidePanel = panel
    if name == "expect" { return [claim(error, lines)] }
    if let error {
      // Of this line, not of one that a stop carried out.
      let isUnknown = error.hasPrefix("unknown command '") && !error.contains("did you mean")
      lines.append(Self.refusal(isUnknown ? Self.unknown(name) : error))
    }
    if asksWhy, error == nil { lines += tell { $0.plainWhy } }
    if asksTLB, error == nil { lines += tell { $0.plainTLB } }
    return lines.isEmpty && !isOver && !line.hasPrefix("#") ? [Self.nothing] : lines
  }

  /// Whether a claim holds, in a sentence. One that cannot be looked at does not.
  private mutating func claim(_ error: String?, _ lines: [String]) -> String {
    guard let error else {
      let text = lines.first ?? ""
      return "The claim \(text.prefix(1).lowercased())\(text.dropFirst())".fullStop
    }
    failedClaims += 1
    return error.hasPrefix("does not hold") ? "The claim \(error)".fullStop : Self.refusal(error)
  }

  private static func refusal(_ error: String) -> String {
    sentence(Notice(text: error, kind: .failed))
  }

  /// What is said of a word that nobody knows: the nearest, not a list of all that a voice would read.
  private static func unknown(_ name: String) -> String {
    let words = PlainWord.all.map(\.name) + ScreenCommand.all.map(\.name)
    let nearest = NearestWord.find(name, among: words).map { "did you mean '\($0)'?" }
    return "unknown word '\(name.prefix(40))'; \(nearest ?? "help lists what you can type")"
  }

  // MARK: - Playing

  /// Tells the next call, or that there is none.
  mutating func playOn() -> [String] {
    let start = model.timeline.moment
    guard start != model.timeline.end else {
      isPlaying = false
      return playsThrough ? [] : ["This is the end; start goes to the beginning."]
    }
    var lines = change(.events) { $0.perform(.nextCall) }
    let moment = model.timeline.moment
    if waiting != nil {
      isPlaying = false
      resumesPlaying = true
      return lines
    }
    if moment == model.timeline.end || moment == start {
      isPlaying = false
      lines.append("This is the end.")
    } else if model.timeline.pauses(after: moment.call), !playsThrough {
      isPlaying = false
      lines.append("The scenario pauses here; play continues.")
    }
    return lines
  }
}

extension Action {
  /// Whether it only changes how the screen looks, or what the terminal needs.
  var isOfScreenOnly: Bool {
    switch self {
    case .toggleBand, .toggleMapOnly, .nextBeam, .toggleLetters, .nextTheme, .toggleMouse, .redraw,
      .suspend, .cancel, .faster, .slower,
      .sidePanel:
      true
    default: false
    }
  }

  /// Whether it makes a call, which the language names too.
  fileprivate var isCall: Bool {
    switch self {
    case .setMemory, .allocate, .free, .load, .freeNewest, .write, .read, .collapse,
      .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
      true
    default: false
    }
  }
}
