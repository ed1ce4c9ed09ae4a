import Engine

/// Builds a question: the right answer, wrong ones, and what is wrong with them.
struct QuestionMaker {
  private var choices: [(order: Int64, choice: Question.Choice)] = []
  private let kind: Question.Kind
  private let text: String

  init(_ kind: Question.Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// Offers an answer; duplicates, and answers beyond the maximum, are dropped.
  ///
  /// - Parameter mistake: why it is wrong; ignored for the right answer, which comes first.
  mutating func offer(
    _ text: String, order: Int64, aliases: [String] = [], mistake: String,
  ) {
    guard choices.count < Question.choicesMax, !choices.contains(where: { $0.choice.text == text })
    else { return }
    let mistake = choices.isEmpty ? nil : mistake
    choices.append((order, Question.Choice(text, aliases: aliases, mistake: mistake)))
  }

  /// The question, its choices in their order, the right one among them: `nil` unless there is
  /// something to choose. The right answer must be offered first.
  func question(_ explanation: String) -> Question? {
    guard choices.count >= 2, let right = choices.first?.choice.text else { return nil }
    let sorted = choices.enumerated().sorted {
      ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
    }.map(\.element.choice)
    guard let correct = sorted.firstIndex(where: { $0.text == right }) else { return nil }
    return Question(
      kind: kind, text: text, choices: sorted, correct: correct, explanation: explanation)
  }
}

/// An answer that somebody might give, and what is wrong about it.
struct Misconception {
  var value: Int64
  var mistake: String?

  init(_ value: some BinaryInteger, _ mistake: String? = nil) {
    self.value = Int64(clamping: value)
    self.mistake = mistake
  }
}

extension QuestionMaker {
  /// A question for a number.
  ///
  /// - Parameters:
  ///   - wrong: other answers, the likeliest first; those that are right are dropped.
  ///   - words: a number as text.
  ///   - otherwise: what is wrong with an answer that has no reason of its own.
  static func number(
    _ kind: Question.Kind, _ text: String, _ right: some BinaryInteger, _ wrong: [Misconception],
    _ explanation: String, least: Int64 = 0, words: (Int64) -> String = { "\($0)" },
    otherwise: (_ isTooHigh: Bool) -> String,
  ) -> Question? {
    var maker = QuestionMaker(kind, text)
    let right = Int64(clamping: right)
    maker.offer(words(right), order: right, aliases: ["\(right)"], mistake: "")
    for other in wrong where other.value != right && other.value >= least {
      guard maker.choices.count < 4 else { break }
      maker.offer(
        words(other.value), order: other.value, aliases: ["\(other.value)"],
        mistake: other.mistake ?? otherwise(other.value > right))
    }
    return maker.question(explanation)
  }
}

extension Question {
  /// The same question with its choices in a random order.
  public func shuffled(_ random: inout SeededNumbers) -> Question {
    var order = Array(choices.indices)
    for index in order.indices.dropFirst() {
      order.swapAt(index, Int(random.next(below: UInt64(index + 1))))
    }
    var question = self
    question.choices = order.map { choices[$0] }
    question.correct = order.firstIndex(of: correct) ?? 0
    return question
  }

  /// Whether both ask for the same fact, so that one answer gives the other away.
  func restates(_ other: Question) -> Bool {
    if explanation == other.explanation { return true }
    let pair: Set<Kind> = [kind, other.kind]
    return Self.alike.contains { pair.isSubset(of: $0) }
  }

  /// Subjects that follow from each other.
  private static let alike: [Set<Kind>] = [
    [.splits, .directMap4K, .size], [.merges, .size], [.merges, .heals], [.heals, .blockers],
    [.flush, .fullFlushes], [.zapWords, .zapReferences], [.areaLeaves, .wasted],
  ]
}
