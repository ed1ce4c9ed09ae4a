import Keys
import Lanes
import Language
import Narration
import Screen

/// A word of plain mode's own, besides the commands of the screen and the scenario language. One table
/// of them is carried out, told by help, and listed in `docs/plain.md`.
struct PlainWord: Sendable {
  /// The word.
  let name: String
  /// What can follow it, as help shows it.
  let operands: String
  /// What it does, in one sentence.
  let help: String
  /// Answers it, with what follows; `nil` if the line is meant for somebody else.
  let run: @Sendable (inout PlainSession, String) -> [String]?

  init(
    _ name: String, _ operands: String = "", _ help: String,
    run: @escaping @Sendable (inout PlainSession, String) -> [String]?,
  ) {
    self.name = name
    self.operands = operands
    self.help = help
    self.run = run
  }

  /// How it is written.
  var usage: String { operands.isEmpty ? name : "\(name) \(operands)" }

  /// Every word, in the order of the help.
  static let all: [PlainWord] = steps + views + others

  private static var steps: [PlainWord] {
    [
      stepping("step", .nextEvent, "Steps forward by one event, or by N; . does too."),
      stepping("back", .previousEvent, "Steps back by one event, or by N; , does too."),
      stepping("over", .stepOver, "Steps over the next function."),
      stepping("out", .stepOut, "Steps to the end of the current function."),
      changing(
        "unfold", .unfold, "Makes steps smaller: page by page, then event by event; J does too."),
      changing("fold", .fold, "Makes steps larger again: what repeats is one; H does too."),
      PlainWord(
        "play", "", "Prints every event from here to the end, or to the next pause of the file."
      ) {
        session, rest in
        guard rest.isEmpty else { return nil }
        session.isPlaying = true
        session.playsThrough = false
        return []
      },
    ]
  }

  private static func stepping(_ name: String, _ action: Action, _ help: String) -> PlainWord {
    PlainWord(name, "[N]", help) { session, rest in
      guard rest.isEmpty || (Int(rest) ?? 0) > 0 else {
        return ["Not done: \(name) takes a number of steps, such as \(name) 3."]
      }
      return session.perform(action, count: UInt64(rest) ?? 1)
    }
  }

  private static func changing(_ name: String, _ action: Action, _ help: String) -> PlainWord {
    PlainWord(name, "", help) { session, rest in
      rest.isEmpty ? session.perform(action, count: nil) : nil
    }
  }

  private static var views: [PlainWord] {
    [
      view(
        "where", "Prints the moment, the branch, the call, what just happened and what comes next."
      ) {
        $0.plainWhere
      },
      view("events", "Lists every event of the current call, or of the last one, by its number.") {
        $0.plainTrace
      },
      view(
        "map", "Counts the leaves by size and permission, and lists what is split."
      ) {
        $0.plainMap
      },
      PlainWord("inspect", "[TARGET]", "Selects a page and describes it.") { session, rest in
        var error: String?
        if !rest.isEmpty {
          _ = session.change(.jump) { model in
            error = model.goToPlace(rest)
            return []
          }
        }
        if let error { return ["Not done: \(error.fullStop)"] }
        return session.tell { $0.plainPage }
      },
      view(
        "why",
        "Says why the slot of the selected page is not one leaf; why TARGET selects it first."
      ) {
        $0.plainWhy
      },
      view("policies", "Prints what the policies keep.") { $0.plainPolicies },
      view("gather", "Prints what a zap has gathered, and its counts before and after 6.9.") {
        $0.plainGather
      },
      view("memory", "Lists the free blocks of the page allocator.") { $0.plainMemory },
    ]
  }

  private static func view(
    _ name: String, _ help: String, _ lines: @escaping @Sendable (Lane) -> [String],
  ) -> PlainWord {
    PlainWord(name, "", help) { session, rest in
      rest.isEmpty ? session.tell(lines) : nil
    }
  }

  private static var others: [PlainWord] {
    [
      PlainWord(
        "details", "on|off", "Also prints events that only repeat or complete others, or not."
      ) {
        session, rest in
        guard rest == "on" || rest == "off" else {
          return ["Not done: say details on, or details off."]
        }
        session.tellsEverything = rest == "on"
        return [
          rest == "on"
            ? "Every event is printed." : "Events that only repeat others are not printed."
        ]
      },
      PlainWord("help", "[WORD|calls|keys]", "Lists the words and commands.") { _, rest in
        PlainHelp.lines(about: rest)
      },
      PlainWord("quit", "", "Ends; so does the end of the input.") { session, rest in
        guard rest.isEmpty else { return nil }
        let lines = session.closing()
        session.quitStatus = 0
        return lines
      },
    ]
  }
}

/// What help says, without tables.
enum PlainHelp {
  /// The first page.
  static var overview: [String] {
    ["These words are understood, one in each line:"]
      + PlainWord.all.map { "\($0.usage): \($0.help)" }
      + ["These commands of the screen work too:"]
      + ScreenCommand.all.filter { command in
        !PlainWord.all.contains { $0.name == command.name } && command.name != "q"
      }.map { "\(usage($0)): \($0.help)" }
      + [
        "Every line of the scenario language works; help calls lists them.",
        "The screen's keys work, with a count before them, such as 16r; help keys lists them.",
        Knowledge.signHelp,
      ]
  }

  private static func usage(_ command: ScreenCommand) -> String {
    command.operands.isEmpty ? command.name : "\(command.name) \(command.operands)"
  }

  /// Help on a topic; the first page without one.
  static func lines(about topic: String) -> [String] {
    if topic.isEmpty { return overview }
    if topic == "calls" {
      return Command.all.map { "\($0.usage): \($0.help)" }
    }
    if topic == "keys" {
      return Keymap.standard.bindings.filter { !$0.action.isOfScreenOnly }
        .map { "\($0.inputs.map(\.name).joined(separator: " or ")): \($0.help.fullStop)" }
    }
    if let word = PlainWord.all.first(where: { $0.name == topic }) {
      return ["\(word.usage): \(word.help)"]
    }
    let commands = ScreenCommand.all.filter { $0.name == topic || $0.name.hasPrefix(topic + " ") }
    if !commands.isEmpty {
      return commands.map { "\(usage($0)): \($0.help) Example: \($0.example)".fullStop }
    }
    return Help.lines(about: topic).map { $0.trimmed.fullStop }
  }
}
