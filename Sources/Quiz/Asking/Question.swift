/// A question about a call, with one right answer among a few.
public struct Question: Equatable, Sendable {
  /// The subject of a question.
  public enum Kind: String, CaseIterable, Sendable {
    /// How many large leaves of the direct map are split.
    case splits
    /// Which size maps the page.
    case size
    /// How many slots become large leaves again.
    case merges
    /// Whether `set_memory_rox()` over the whole slot would heal it.
    case heals
    /// How many entries block a large leaf.
    case blockers
    /// How the TLBs are flushed.
    case flush
    /// How often all TLBs are flushed completely.
    case fullFlushes = "full-flushes"
    /// By how much DirectMap4k changes.
    case directMap4K = "direct-map-4k"
    /// What the call returns.
    case returned
    /// What may be done with the page.
    case permission
    /// What may be done with it through the direct map.
    case alias
    /// Whether D and G are there.
    case bits
    /// What maps an area.
    case areaLeaves = "area-leaves"
    /// The unused part of an area.
    case wasted
    /// What the cache of a policy holds.
    case cached
    /// What a zap counts.
    case zapWords = "zap-words"
    /// How often it must flush before the end.
    case zapForced = "zap-forced"
    /// How much it frees in a stretch.
    case zapLongest = "zap-longest"
    /// How often it changes a reference count.
    case zapReferences = "zap-references"
  }

  /// One of the answers to choose from.
  public struct Choice: Equatable, Sendable {
    /// Other spellings of it.
    public var text: String
    /// Other ways to write it.
    var aliases: [String]
    /// Why it is wrong, in a sentence; `nil` if there is no more to say.
    public var mistake: String?

    init(_ text: String, aliases: [String] = [], mistake: String? = nil) {
      self.text = text
      self.aliases = aliases
      self.mistake = mistake
    }
  }

  /// The subject.
  public var kind: Kind
  /// The question, in a sentence.
  public var text: String
  /// The answers to choose from: two to five.
  public var choices: [Choice]
  /// The index of the right one, from 0.
  public var correct: Int
  /// The reason, from what the engine decided: one sentence or a few.
  public var explanation: String

  /// The maximum number of choices.
  public static let choicesMax = 5

  /// The right answer.
  public var answer: String { choices[correct].text }

  /// The comment on an answer; `nil` stands for none.
  public func remark(on choice: Int?) -> String {
    if choice == correct { return "Right. \(explanation)" }
    let mistake = choice.flatMap { choices.indices.contains($0) ? choices[$0].mistake : nil }
    return ["It is \(answer).", mistake, explanation].compactMap(\.self).joined(separator: " ")
  }

  /// The letter of a choice on a sheet of paper: `a` for the first.
  public static func letter(_ choice: Int) -> Character {
    Character(Unicode.Scalar(UInt8(97 + min(max(0, choice), 25))))
  }
}

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
  mutating func offer(
    _ text: String, order: Int64, aliases: [String] = [], mistake: String? = nil,
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
  static func number(
    _ kind: Question.Kind, _ text: String, _ right: some BinaryInteger, _ wrong: [Misconception],
    _ explanation: String, least: Int64 = 0, words: (Int64) -> String = { "\($0)" },
  ) -> Question? {
    var maker = QuestionMaker(kind, text)
    let right = Int64(clamping: right)
    maker.offer(words(right), order: right, aliases: ["\(right)"])
    for other in wrong where other.value != right && other.value >= least {
      guard maker.choices.count < 4 else { break }
      maker.offer(
        words(other.value), order: other.value, aliases: ["\(other.value)"],
        mistake: other.mistake)
    }
    return maker.question(explanation)
  }
}
