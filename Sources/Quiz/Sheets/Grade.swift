public import KernelText

/// The grade of a filled worksheet: every answer with a comment.
public struct Grade: JSONReport, Codable, Equatable, Sendable {
  /// The seed of the sheet.
  public var seed: UInt64
  /// Its topic.
  public var topic: String
  /// The number of questions.
  public var questions: Int
  /// The number of right answers.
  public var right: Int
  /// The number of wrong answers, without missing ones.
  public var wrong: Int
  /// The number of missing answers.
  public var missing: Int
  /// The right ones in percent, rounded down.
  public var percent: Int
  /// The pass mark in percent.
  public var passMark: Int
  /// Whether the pass mark is reached.
  public var passed: Bool
  /// The answers, in order.
  public var answers: [Answer]
  /// Other comments on the file.
  public var notes: [String]

  /// An answer.
  public struct Answer: Codable, Equatable, Sendable {
    /// The number of the question, from 1.
    public var question: Int
    /// The subject.
    public var text: String
    /// The call that it is about, as a line of the scenario language.
    public var call: String
    /// The answer, as far as it could be read; `nil` if there was none.
    public var given: String?
    /// The right answer.
    public var expected: String
    /// Whether it is right.
    public var isRight: Bool
    /// Its line in the file; `nil` if the file has none for it.
    public var line: Int?
    /// The comment: what is wrong, and why the right answer is right.
    public var remark: String

    enum CodingKeys: String, CodingKey {
      case question, text, call, given, expected, line, remark
      case isRight = "right"
    }
  }

  enum CodingKeys: String, CodingKey {
    case seed, topic, questions, right, wrong, missing, percent, passed, answers, notes
    case passMark = "pass_mark"
  }

  /// Grades a sheet.
  ///
  /// - Parameters:
  ///   - passMark: the percentage that passes, 0 to 100.
  ///   - file: its name, for errors.
  public init(_ filled: FilledSheet, passMark: Int, file: String) throws(SheetError) {
    try self.init(filled, of: Worksheet(filled.order), passMark: passMark, file: file)
  }

  /// The same for an existing sheet.
  init(
    _ filled: FilledSheet, of sheet: Worksheet, passMark: Int, file: String,
  ) throws(SheetError) {
    guard filled.sum == nil || filled.sum == sheet.sum else {
      throw SheetError(.otherQuestions, file: file, line: 1)
    }
    seed = filled.order.seed
    topic = filled.order.topic.rawValue
    questions = sheet.questions.count
    self.passMark = min(max(0, passMark), 100)
    var answers: [Answer] = []
    for exercise in sheet.exercises {
      for question in exercise.questions {
        answers.append(
          Answer(question, answers.count + 1, exercise.call, filled.answers))
      }
    }
    notes = Self.notes(filled, answers.count)
    self.answers = answers
    right = answers.count { $0.isRight }
    missing = answers.count { $0.given == nil }
    wrong = answers.count - right - missing
    percent = answers.isEmpty ? 0 : right * 100 / answers.count
    passed = percent >= self.passMark
  }
}

extension Grade {
  /// Problems of the file other than answers.
  private static func notes(_ filled: FilledSheet, _ count: Int) -> [String] {
    let strays = filled.answers.filter { !(1...max(1, count)).contains($0.number) }
    return strays.prefix(5).map {
      "line \($0.line): there is no question \($0.number); the sheet has \(count)"
    } + (strays.count > 5 ? ["and \(strays.count - 5) more such lines"] : [])
  }

  /// The grade in lines of text: the score, then everything that is not right.
  public var lines: [String] {
    var lines = [
      "\(right) of \(questions) right, \(percent) %: "
        + (passed ? "passed" : "not passed") + " (pass mark \(passMark) %)"
    ]
    if wrong + missing > 0 {
      lines[0] += "; \(wrong) wrong, \(missing) missing"
    }
    lines += notes
    for answer in answers where !answer.isRight { lines += [""] + answer.lines }
    return lines
  }
}

extension Grade.Answer {
  fileprivate init(
    _ question: Question, _ number: Int, _ call: String,
    _ all: [FilledSheet.Answer],
  ) {
    let given = all.filter { $0.number == number }
    let readings = given.map { ($0.line, question.reading(of: $0.words, showing: $0.ownWords)) }
      .filter { $0.1 != .none }
    self.question = number
    text = question.text
    self.call = call
    expected = question.answer
    line = readings.first?.0 ?? given.first?.line
    guard let (first, reading) = readings.first else {
      isRight = false
      remark =
        (given.isEmpty ? "The file has no line for this answer. " : "Not answered. ")
        + question.remark(on: nil)
      return
    }
    if let other = readings.first(where: { $0.1 != reading }) {
      self.given = "two answers"
      isRight = false
      remark =
        "Lines \(first) and \(other.0) answer it differently, which counts as wrong. "
        + question.remark(on: nil)
      return
    }
    switch reading {
    case .choice(let choice):
      self.given = question.choices[choice].text
      isRight = choice == question.correct
      remark = question.remark(on: choice)
    case .unknown(let words):
      self.given = words.harmless
      isRight = false
      remark =
        "'\(words.harmless)' is not an answer: write one letter, \(question.letters), or one value. "
        + question.remark(on: nil)
    case .none:
      isRight = false
      remark = question.remark(on: nil)
    }
  }

  /// The answer in lines.
  fileprivate var lines: [String] {
    let place = line.map { "line \($0), " } ?? ""
    return [
      "\(place)question \(question), \(call)", "  \(text)",
      "  your answer: \(given ?? "none")", "  \(remark)",
    ]
  }
}
