import Engine
import Keys
public import Quiz

/// What a learner is asked before calls, and what came of it.
public struct Predictions: Equatable, Sendable {
  /// Whether calls are asked about.
  public internal(set) var isOn = false
  /// What was asked so far, the oldest first.
  public internal(set) var entries: [Entry] = []
  /// The entry whose verdict is shown until the next key.
  package var shown: Entry?
  /// The calls of the history that were asked about already.
  var known: [Place] = []
  /// How many of the entries the learner has seen listed.
  var told = 0
  /// Whether the end of the scenario was reached and told of.
  var isEndTold = false

  /// A question that was asked.
  public struct Entry: Equatable, Sendable {
    /// The call as a line of the scenario language.
    public var line: String
    /// The question.
    public var question: Question
    /// Which of its choices was given, from 0; `nil` if it was skipped.
    public var given: Int?
    /// Whether the call was the learner's own, not one of the history.
    public var isOwn = false

    /// Whether it was answered right.
    public var isRight: Bool { given == question.correct }
  }

  /// A call of the history.
  struct Place: Equatable, Sendable {
    /// How many calls come before it.
    var call: Int
    var line: String
  }

  /// How many were answered right.
  public var right: Int { entries.count { $0.isRight } }

  /// The score so far in a few words; `nil` before the first question.
  public var score: String? {
    guard !entries.isEmpty else { return nil }
    let skipped = entries.count { $0.given == nil }
    return "\(right) of \(entries.count) right" + (skipped > 0 ? ", \(skipped) skipped" : "")
  }

  /// The question that is worth asking: among the most telling ones, of the kind asked least so far.
  func choose(from questions: [Question]) -> Question? {
    questions.prefix(5).enumerated().min { a, b in
      (times(a.element.kind), a.offset) < (times(b.element.kind), b.offset)
    }?.element
  }

  private func times(_ kind: Question.Kind) -> Int {
    entries.count { $0.question.kind == kind }
  }
}

/// A question that waits for its answer, and what is done then.
public struct Prompt: Equatable, Sendable {
  /// What was asked for when the question came.
  enum Way: Equatable, Sendable {
    /// A step into or past the call.
    case action(Action)
    /// To make the call.
    case call(Call)
    /// To let time pass.
    case play
  }

  /// How many calls come before the one that is asked about.
  public var call: Int
  /// The call as a line of the scenario language.
  public var line: String
  /// The question.
  public var question: Question
  /// What is done when it is answered.
  var way: Way
  /// Whether the last key was no answer.
  package var isMistyped = false

  /// Which answers there are, and the way out.
  package var hint: String { "\(question.letters) answers, Esc skips" }
}
