import Engine
import Keys
import Language
import Narration
import Parsing
public import Scenarios
import Screen

/// What is wrong with a script although each of its lines can be read: keys that do nothing, lines
/// typed to no end or to write a file, areas that nothing has made. All that can be known without
/// performing it.
public struct ScriptCheck {
  /// Something that a presenter would stumble over.
  public struct Problem: Equatable, Sendable, CustomStringConvertible {
    /// Where the statement stands.
    public var location: SourceLocation
    /// What is wrong, and the way out.
    public var reason: String
    /// Why the script is not performed at all; nil where a presenter only stumbles.
    public var refusal: RunError?

    /// The place and the reason, in one line.
    public var description: String { "\(location): \(reason)" }
  }

  /// What is wrong, in the order of the lines.
  public private(set) var problems: [Problem] = []

  /// Why the script is not performed; nil where it may be.
  public var refusal: RunError? { problems.lazy.compactMap(\.refusal).first }

  private let keymap: Keymap
  /// What keys go to, as far as it is known.
  private var layer = Layer.map
  private var hidden: SourceLocation?
  /// What calls have named so far; nil once keys may have made calls of their own.
  private var names: Set<String>? = []

  /// What keys go to.
  private enum Layer: Equatable {
    /// The map: each must be bound.
    case map
    /// A line that began there, with what was typed into it.
    case line(SourceLocation, LineEditor)
    /// A list or a page, which takes any key.
    case list
    /// A list that a letter or a digit ends too.
    case choices
    /// A key that waits for a letter.
    case letter
  }

  /// Checks the statements of a script, with the keys as they are bound.
  public init(_ statements: [LocatedStatement], keymap: Keymap = .standard) {
    self.keymap = keymap
    for located in statements { take(located) }
    endPart()
    if let hidden { tell(hidden, .hiddenToTheEnd) }
  }

  private enum Trouble {
    case unbound(Input)
    case lineOpen
    case writesFile(String)
    case wrongLine(String)
    case hiddenTwice
    case shownTwice
    case hiddenToTheEnd
    case noArea(String)

    var reason: String {
      switch self {
      case .unbound(let input):
        "\(input.name) does nothing on the map; directmap play, then ?, lists the keys"
      case .lineOpen: RunError.Reason.lineOpen.text
      case .writesFile(let what): RunError.Reason.writesFile(what).text
      case .wrongLine(let reason): "the line that is typed here is wrong: \(reason)"
      case .hiddenTwice: "all is hidden already; leave this hide out"
      case .shownTwice: "nothing is hidden here; leave this show out, or hide something first"
      case .hiddenToTheEnd: "what follows is hidden to the end; add show"
      case .noArea(let name): "no line before this one makes \(name); make it first"
      }
    }
  }

  private mutating func tell(
    _ location: SourceLocation, _ trouble: Trouble, refusal: RunError.Reason? = nil,
  ) {
    // One line is told of once: what is typed to no end is often what writes a file.
    if refusal != nil, problems.contains(where: { $0.location == location && $0.refusal != nil }) {
      return
    }
    problems.append(
      Problem(
        location: location, reason: trouble.reason,
        refusal: refusal.map { RunError($0, at: location) }))
  }

  private mutating func tellWrites(_ what: String, at place: SourceLocation) {
    tell(place, .writesFile(what), refusal: .writesFile(what))
  }

  private mutating func take(_ located: LocatedStatement) {
    let place = located.location
    switch located.statement {
    case .direction(.key(let inputs)): for input in inputs { press(input, at: place) }
    case .direction(.type(let text)):
      // Whatever the keys go to as far as is known here: such a line is meant for the prompt.
      if text.hasPrefix(":"), ScreenCommand.writesFile(String(text.dropFirst())) {
        tellWrites(Self.quoted(text), at: place)
      }
      for input in text.compactMap({ Input(typed: $0) }) { press(input, at: place) }
    case .direction(.hide):
      if hidden == nil { hidden = place } else { tell(place, .hiddenTwice) }
    case .direction(.show):
      if hidden == nil { tell(place, .shownTwice) }
      hidden = nil
    case .direction(.highlight(let target, _)), .direction(.spotlight(.pages(let target, _))),
      .why(let target, _):
      check(target, at: place)
    case .call(let call):
      note(call)
      endLine(at: place)
    case .moduleFile(let name, _): names?.insert("\(name)")
    case .lesson: endPart()
    case .direction, .machine, .firmware, .kernel, .cpu, .policy, .rule, .note, .pause, .tlb,
      .areas,
      .printing, .display, .stop, .expect, .session:
      break
    }
  }

  /// The keys are a person's from here on, who could send the line off.
  private mutating func endPart() {
    guard case .line(let start, _) = layer else { return }
    tell(start, .lineOpen, refusal: .lineOpen)
    layer = .map
  }

  /// Keeps the words of a call that may name an area: there are far fewer of them than calls.
  private mutating func note(_ call: Call) {
    guard names != nil else { return }
    for word in call.scenarioText.split(separator: " ") {
      let isName = word.utf8.first.map { $0 > UInt8(ascii: "9") } ?? false
      if isName, !word.utf8.contains(UInt8(ascii: ":")), !word.utf8.contains(UInt8(ascii: "=")) {
        names?.insert(String(word))
      }
    }
  }

  /// A call of the script while a line is typed would stand below it.
  private mutating func endLine(at place: SourceLocation) {
    guard case .line(let start, _) = layer else { return }
    tell(start, .lineOpen)
    layer = .map
  }

  /// Areas of users have the name of the user, and perhaps a part behind a point.
  private mutating func check(_ target: Call.Target, at place: SourceLocation) {
    guard case .area(let name, _) = target, let names else { return }
    let owner = "\(name)".split(separator: ".").first.map(String.init) ?? "\(name)"
    if !names.contains("\(name)"), !names.contains(owner) { tell(place, .noArea("\(name)")) }
  }

  // MARK: - Keys

  private mutating func press(_ input: Input, at place: SourceLocation) {
    if keymap[input] == .record { return tellWrites(input.name, at: place) }
    switch layer {
    case .letter: layer = .map
    case .list:
      if [.key(.escape), .key(.enter), .character("q")].contains(input) { layer = .map }
    case .choices: if Self.endsChoice(input) { layer = .map }
    case .line(let start, let editor): edit(input, start, editor)
    case .map: pressOnMap(input, at: place)
    }
  }

  /// Whether a key chooses, or closes the list: of letters, all that do not move or mark.
  private static func endsChoice(_ input: Input) -> Bool {
    if case .character(let letter) = input { return !" jk".contains(letter) }
    return [.key(.escape), .key(.enter)].contains(input)
  }

  private mutating func edit(_ input: Input, _ start: SourceLocation, _ old: LineEditor) {
    var editor = old
    switch input {
    case .key(.escape), .control("g"): layer = .map
    case .key(.backspace) where editor.characters.isEmpty: layer = .map
    case .key(.enter):
      layer = .map
      if editor.purpose == .command { checkLine(editor.text, at: start) }
    case .key(.tab):
      // Names that only the performance makes are not known here.
      var answer = Completion(editor.textBeforeCursor, machines: Self.machines)
      answer.words += ScreenCommand.completions(of: editor.textBeforeCursor) { _ in [] }
        .filter { !answer.words.contains($0) }
      if editor.purpose == .command { editor.complete(with: answer) }
      layer = .line(start, editor)
    default:
      _ = editor.edit(by: input)
      layer = .line(start, editor)
    }
  }

  private static var machines: [String] { MachineDescription.builtIn.map(\.name) }

  private static func quoted(_ text: String) -> String {
    "'\(text.prefix(40))\(text.count > 40 ? "..." : "")'"
  }

  private mutating func pressOnMap(_ input: Input, at place: SourceLocation) {
    if case .mouse = input { return }
    if case .character(let character) = input, character.isASCII, character.isNumber { return }
    guard let action = keymap[input] else { return tell(place, .unbound(input)) }
    switch action {
    case .commandLine: layer = .line(place, LineEditor(.command))
    case .search: layer = .line(place, LineEditor(.place))
    case .goToStep: layer = .line(place, LineEditor(.step))
    case .help, .stopList, .close: layer = .list
    case .moreCalls:
      layer = .list
      names = nil
    case .choosePolicies, .chooseKernel, .chooseMachine, .viewList: layer = .choices
    case .setMark, .goToMark: layer = .letter
    case .allocate, .load, .allocateBlock: names = nil
    default: break
    }
  }

  /// A line of the screen, or of the scenario language.
  private mutating func checkLine(_ line: String, at place: SourceLocation) {
    let text = line.trimmed
    if ScreenCommand.writesFile(text) { return tellWrites(Self.quoted(":" + text), at: place) }
    guard !text.isEmpty, ScreenCommand.find(in: text) == nil else { return }
    do throws(ParseError) {
      let read = try Parser(file: ":", machines: Self.machines).statement(ofLine: text)
      if case .call(let call)? = read?.statement {
        note(call)
      }
    } catch {
      tell(place, .wrongLine(error.reason))
    }
  }
}
