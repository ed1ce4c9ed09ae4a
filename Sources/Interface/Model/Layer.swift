/// Something that lies over the map and gets the keys first.
public enum Layer: Equatable, Sendable {
  /// The keys and what they do.
  case help(HelpPlace)
  /// A line that is being typed.
  case line(LineEditor)
  /// The list of all calls, with this one selected.
  case calls(Int)
  /// A list of kernels, policies or machines.
  case choices(ChoiceList)
  /// The list of all that can be shown, with this one selected.
  case views(Int)
  /// Lines to read.
  case report(Report)
  /// The list of stops, with this one selected.
  case stops(Int)
  /// A question before a call.
  case prediction(Prompt)
  /// The question whether to leave.
  case leaving
  /// What a learner hears who comes back to a lesson in its middle.
  case resuming
}

extension Layer {
  /// Whether it is a list of things to choose from.
  var isList: Bool {
    switch self {
    case .calls, .choices, .views: true
    case .help, .line, .report, .stops, .prediction, .leaving, .resuming: false
    }
  }
}

/// Where the help stands, and what was looked for in it.
public struct HelpPlace: Equatable, Sendable {
  /// The first line that shows.
  public var first = 0
  /// The words that were looked for last.
  public var search = ""

  /// The help from a line on.
  public init(first: Int = 0) { self.first = first }
}

/// A line that is being typed, with its purpose.
public struct LineEditor: Equatable, Sendable {
  /// What the line is for.
  public enum Purpose: Equatable, Sendable {
    /// A statement of the scenario language.
    case command
    /// A step or a percentage.
    case step
    /// A place to go to, or something to look for.
    case place
    /// A stop: in place of the one with this number, or another one for 0.
    case stop(Int)
    /// An operand of a call that was chosen in the list.
    case operand(CallForm)
    /// Words to look for in the help.
    case help
  }

  /// What the line is for.
  public let purpose: Purpose
  /// The characters.
  public private(set) var characters: [Character] = []
  /// Before which of them the cursor stands.
  public private(set) var cursor = 0
  /// Why the line was refused.
  public var error: String?
  /// The words that could complete the line.
  public var candidates: [String] = []
  /// A line that is probably meant instead; the line as it is counts when it is given again.
  var offer: String?
  /// How far back in the history the line was taken from; 0 for a line of one's own.
  var historyDepth = 0

  /// The most characters a line can have.
  static let limit = 500

  /// An empty line.
  public init(_ purpose: Purpose) { self.purpose = purpose }

  /// The line.
  public var text: String { String(characters) }

  /// What stands before the cursor.
  public var textBeforeCursor: String { String(characters[..<cursor]) }

  /// Puts another line in place of this one.
  mutating func replace(with text: String) {
    characters = Array(text.prefix(Self.limit))
    cursor = characters.count
    forgetAnswers()
  }

  mutating func insert(_ character: Character) {
    guard characters.count < Self.limit else { return }
    characters.insert(character, at: cursor)
    cursor += 1
    forgetAnswers()
  }

  mutating func deleteBackward() {
    guard cursor > 0 else { return }
    cursor -= 1
    characters.remove(at: cursor)
    forgetAnswers()
  }

  mutating func deleteForward() {
    guard cursor < characters.count else { return }
    characters.remove(at: cursor)
    forgetAnswers()
  }

  mutating func deleteWord() {
    while cursor > 0, characters[cursor - 1] == " " { deleteBackward() }
    while cursor > 0, characters[cursor - 1] != " " { deleteBackward() }
  }

  mutating func deleteToStart() {
    characters.removeFirst(cursor)
    cursor = 0
    forgetAnswers()
  }

  mutating func move(by distance: Int) {
    cursor = min(max(0, cursor + distance), characters.count)
  }

  mutating func moveToStart() { cursor = 0 }
  mutating func moveToEnd() { cursor = characters.count }

  /// Takes the piece before the cursor away and puts a word there.
  mutating func complete(_ partial: String, with word: String) {
    for _ in partial { deleteBackward() }
    for character in word { insert(character) }
  }

  private mutating func forgetAnswers() {
    error = nil
    candidates = []
    offer = nil
  }
}
