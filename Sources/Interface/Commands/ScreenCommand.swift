import Lanes
import Screen

/// A command of the screen itself, which a line can have besides those of the scenario language. One
/// table of them drives the command line, completion, help and the reference in `docs/keys.md`.
public struct ScreenCommand: Sendable {
  /// Its first word, or its first two.
  let name: String
  /// What follows, as help shows it.
  let operands: String
  /// What it does, in one line.
  let help: String
  /// A line that uses it.
  let example: String
  /// The words that can follow.
  let words: @Sendable (Model) -> [String]
  /// Whether it only looks, so that it is answered at once while other work is under way.
  let onlyLooks: Bool
  /// Whether it writes a file, which a demo and a lesson may not.
  let writesFile: Bool
  /// Does it, with what follows the name.
  let run: @Sendable (inout Model, String) -> Answer

  /// The name and what follows it, as help shows it.
  var usage: String { operands.isEmpty ? name : "\(name) \(operands)" }

  /// What became of a command.
  struct Answer {
    /// Why it could not be done.
    var error: String?
    /// What is to be done outside of the model.
    var effects: [Effect] = []

    /// It is done.
    static let done = Answer()

    /// It could not be done.
    static func failed(_ error: String) -> Answer { Answer(error: error) }
  }

  init(
    _ name: String, _ operands: String = "", help: String, example: String? = nil,
    onlyLooks: Bool = false, words: @escaping @Sendable (Model) -> [String] = { _ in [] },
    writesFile: Bool = false,
    run: @escaping @Sendable (inout Model, String) -> Answer,
  ) {
    self.name = name
    self.operands = operands
    self.help = help
    self.example = example ?? name
    self.onlyLooks = onlyLooks
    self.words = words
    self.writesFile = writesFile
    self.run = run
  }

  /// Every command, in the order of the reference.
  static let all: [ScreenCommand] =
    travelling + marking + branching + stopping + asking + predicting + showing + comparing + saving
    + leaving

  /// What other programs call things, and what to type here instead.
  static let foreign: [String: String] = [
    "wq": "save FILE to keep the session, then quit",
    "x": "save FILE to keep the session, then quit", "w": "save FILE to keep the session",
    "write": "save FILE to keep the session", "e": "open FILE to open another one",
    "edit": "open FILE to open another one", "load": "open FILE", "q!": "quit, which asks nothing",
    "quit!": "quit, which asks nothing", "exit!": "exit, which asks nothing", "qa": "quit",
    "bye": "quit", "close": "quit", "run": "continue", "cont": "continue",
    "step": "goto N, or press . for a step", "back": "undo, or reverse-continue",
    "set": "theme, overlay or space to change what is shown",
    "colorscheme": "theme NAME", "colors": "theme NAME, or overlay NAME", "search": "find WHAT",
    "vs": "compare NAME=policy:...", "diff": "compare NAME=policy:...",
  ]

  /// The answer to a line that is another program's; `nil` for all others.
  static func answer(toForeign line: String) -> String? {
    let word = String(line.prefix { !$0.isWhitespace })
    return foreign[word].map { "there is no command \(word); type \($0)" }
  }

  /// The names of all commands.
  public static var names: [String] { all.map(\.name) }

  /// The command that a line begins with, and what follows it.
  static func find(in line: String) -> (command: ScreenCommand, rest: String)? {
    let words = line.split(separator: " ", maxSplits: 2)
    for count in [2, 1] where words.count >= count {
      let name = words.prefix(count).joined(separator: " ")
      guard let command = all.first(where: { $0.name == name }) else { continue }
      let rest = words.count > count ? line[words[count].startIndex...] : ""
      return (command, String(rest).trimmed)
    }
    return nil
  }

  /// Whether a line is a command that writes a file.
  static func writesFile(_ line: String) -> Bool {
    guard let found = find(in: line) else { return false }
    // `record off` only ends what is written.
    return found.command.writesFile && !(found.command.name == "record" && found.rest == "off")
  }

  /// The words that begin with a piece: of names, or of what can follow one, which `words` tells.
  static func completions(
    of line: String, words following: (ScreenCommand) -> [String],
  ) -> [String] {
    let pieces = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let partial = pieces.last ?? ""
    let before = pieces.dropLast().filter { !$0.isEmpty }
    var words: [String] = []
    for command in all {
      let name = command.name.split(separator: " ").map(String.init)
      if before.count < name.count, Array(name.prefix(before.count)) == before {
        words.append(name[before.count])
      } else if before == name {
        words += following(command)
      }
    }
    return words.filter { $0.hasPrefix(partial) }.uniqued
  }
}

extension ScreenCommand {
  static var comparing: [ScreenCommand] {
    [
      ScreenCommand(
        "compare off", help: "Keeps only the focused variant.",
        run: { model, _ in
          guard model.lanes.isComparing else { return .failed("nothing is compared") }
          model.lanes.keepOne()
          return .done
        }),
      ScreenCommand(
        "compare", "NAME=kernel:...,policy:...",
        help: "Adds or replaces a variant; in a recording also: compare simulated.",
        example: "compare merging=kernel:linux-6.1,policy:aaronlu-2022",
        run: { model, text in Answer(error: model.compare(text)) }),
    ]
  }

  static var showing: [ScreenCommand] {
    [
      ScreenCommand(
        "theme", "NAME", help: "Shows the screen in another theme.", example: "theme light",
        onlyLooks: true, words: { $0.options.themes.map(\.name) },
        run: { model, name in
          guard let theme = model.options.themes.first(where: { $0.name == name }) else {
            let names = model.options.themes.map(\.name).joined(separator: ", ")
            return .failed(
              name.isEmpty
                ? "say which theme: \(names)" : "no theme is called \(name); there are \(names)")
          }
          model.show(theme)
          return .done
        }),
      ScreenCommand(
        "caption-size", "N",
        help: "Captions in a band: 1 in ordinary letters, 2 to 4 in larger ones where they fit.",
        example: "caption-size 2", onlyLooks: true,
        words: { _ in CaptionSize.allCases.map { "\($0.rawValue)" } },
        run: { model, text in
          guard let size = CaptionSize(text) else {
            return .failed("the size of captions is \(CaptionSize.words)")
          }
          model.showCaptions(size)
          return .done
        }),
      choosing(
        "space", help: "What the map shows: the direct map, or another part of the address space.",
        example: "space vmalloc", onlyLooks: true
      ) { (model, space: MapSpace) in model.show(space) },
      choosing(
        "overlay", help: "What the colours of the map mean.", example: "overlay pages"
      ) { (model, overlay: MapOverlay) in model.show(overlay) },
    ]
  }

  /// A command that shows one of several things, which its operand names.
  private static func choosing<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, help: String, example: String, onlyLooks: Bool = false,
    show: @escaping @Sendable (inout Model, Choice) -> Void,
  ) -> ScreenCommand {
    let names = Choice.allCases.map(\.rawValue)
    return ScreenCommand(
      name, names.joined(separator: "|"), help: help, example: example, onlyLooks: onlyLooks,
      words: { _ in names },
      run: { model, text in
        guard let choice = Choice(rawValue: text) else {
          return .failed(
            "no \(name) is called \(text); there are \(names.joined(separator: ", "))")
        }
        show(&model, choice)
        return .done
      })
  }

  static var leaving: [ScreenCommand] {
    [
      ScreenCommand(
        "help", help: "Lists all keys and commands.", onlyLooks: true,
        run: { model, _ in
          model.layers.append(.help(HelpPlace()))
          return .done
        }),
      quitting("quit", "Quits; q and exit do too."), quitting("exit", "Quits."),
      quitting("q", "Quits."),
    ]
  }
}

extension ScreenCommand {
  private static func quitting(_ name: String, _ help: String) -> ScreenCommand {
    ScreenCommand(
      name, help: help, onlyLooks: true, run: { model, _ in Answer(effects: model.leave()) })
  }
}

extension [String] {
  /// Each element once, where it stands first.
  fileprivate var uniqued: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
