import KernelText
import TestSupport
import Testing

@testable import Quiz

@Suite struct GradingTests {
  private static let order = Worksheet.Order(seed: 11, topic: .splits, count: 5)
  private static let sheet = Worksheet(order)

  private func grade(_ text: String, pass: Int = 60) throws(SheetError) -> Grade {
    let filled = try FilledSheet(reading: text, file: "sheet")
    if filled.order == Self.order {
      return try Grade(filled, of: Self.sheet, passMark: pass, file: "sheet")
    }
    return try Grade(filled, passMark: pass, file: "sheet")
  }

  /// The sheet with an answer in the place of each mark.
  private func filled(_ answer: (Question) -> String) -> String {
    var text = Self.sheet.text()
    for (index, question) in Self.sheet.questions.enumerated() {
      text = text.replacing(
        "Answer \(index + 1): ?", with: "Answer \(index + 1): \(answer(question))")
    }
    return text
  }

  private func letter(_ question: Question) -> String { String(Question.letter(question.correct)) }

  @Test func `letters and values count, in any case and with or without signs`() throws {
    for form in [
      { (question: Question) in self.letter(question) },
      { self.letter($0).uppercased() }, { "(\(self.letter($0)))" }, { "**\(self.letter($0)).**" },
      { $0.answer }, { " \($0.answer)  " }, { "\"\($0.answer)\"" },
      { "\(self.letter($0)) \($0.answer)" }, { "\(self.letter($0)))\($0.answer)" },
      { $0.answer.lowercased().replacing(" kb", with: "KB") },
    ] {
      let grade = try grade(filled(form))
      #expect(grade.percent == 100, "\(filled(form))")
    }
  }

  @Test(arguments: [
    ("2M", "2 MB"), ("2M", "2mib"), ("2M", "2 m"), ("+2048 kB", "2048"), ("+2048 kB", "+2,048 KB"),
    ("RW NX", "rw, nx"), ("-EBUSY", "ebusy"), ("page by page", "INVLPG"), ("yes", "Y"),
    ("only D", "D only"), ("none", "unmapped"),
  ])
  func `values have many forms`(value: String, form: String) {
    let aliases = [
      "+2048 kB": ["2048"], "-EBUSY": ["EBUSY"], "page by page": ["invlpg"],
      "yes": ["y"], "only D": ["d only"], "none": ["unmapped"],
    ]
    let question = Question(
      kind: .size, text: "?",
      choices: [
        Question.Choice("other"), Question.Choice(value, aliases: aliases[value] ?? []),
      ], correct: 1, explanation: "So it is.")
    let words = form.split(separator: " ").map(String.init)
    #expect(question.reading(of: words) == .choice(1))
  }

  @Test(arguments: [
    "a or b", "a maybe", "a) 7", "a b", "7 or 8", "a, b", "not a", "b, not a", "a 2M?x",
  ])
  func `two answers, doubts and a letter with another value are no answer`(text: String) {
    let question = Question(
      kind: .splits, text: "?",
      choices: ["0", "1", "7"].map { Question.Choice($0) }, correct: 0, explanation: "So it is.")
    let words = text.split(separator: " ").map(String.init)
    #expect(question.reading(of: words) == .unknown(text))
    // What stands on the next line is the sheet's.
    #expect(question.reading(of: ["a"] + words, showing: 1) == .choice(0))
    #expect(question.choice(saying: text) == nil)
    #expect(question.choice(saying: "c - 7") == 2 && question.choice(saying: "C: 7") == 2)
    #expect(question.choice(saying: "2") == nil && question.choice(saying: "7") == 2)
  }

  @Test func `wrong answers are explained, missing and strange ones named with their line`() throws
  {
    var text = filled(letter)
    let wrong = Self.sheet.questions[0].choices.indices.first {
      $0 != Self.sheet.questions[0].correct
    }
    text = text.replacing(
      "Answer 1: \(letter(Self.sheet.questions[0]))",
      with: "Answer 1: \(Question.letter(try #require(wrong)))")
    text = text.replacing("Answer 2: \(letter(Self.sheet.questions[1]))", with: "Answer 2:")
    text = text.replacing(
      "Answer 3: \(letter(Self.sheet.questions[2]))", with: "Answer 3: many\u{1b}[31m")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let place = try #require(lines.firstIndex { $0.contains("Answer 3:") }) + 1
    let grade = try grade(text + "Answer 17: a\n")
    #expect(grade.right == 2 && grade.wrong == 2 && grade.missing == 1 && !grade.passed)
    #expect(grade.percent == 40)
    #expect(grade.answers[0].remark.hasPrefix("It is \(Self.sheet.questions[0].answer)."))
    #expect(grade.answers[1].given == nil)
    #expect(grade.answers[1].remark.hasPrefix("Not answered. It is"))
    #expect(grade.answers[2].line == place)
    #expect(grade.answers[2].given == "many?[31m")
    #expect(
      grade.answers[2].remark.hasPrefix("'many?[31m' is not an answer: write one letter, a to "))
    #expect(grade.notes.count == 1 && grade.notes[0].contains("there is no question 17"))
    #expect(!grade.lines.joined().unicodeScalars.contains { $0.value < 32 })
    #expect(!grade.json.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  @Test func `lines may be quoted, broken, joined or end in CR LF`() throws {
    let text = filled(letter)
    let quoted = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "> \($0)" }.joined(separator: "\r\n")
    #expect(try grade(quoted).percent == 100)
    #expect(try grade(text.replacing("\n", with: " ")).percent == 100)
    #expect(try grade(text.replacing(" ", with: "\n")).percent == 100)
    #expect(try grade("\u{feff}" + text).percent == 100)
    #expect(try grade(text.replacing("\n", with: "\r")).percent == 100)
  }

  @Test func `blank places in a sheet whose lines were joined are not taken for answers`() throws {
    let blank = Self.sheet.text().replacing(": ?\n", with: ":\n")
    #expect(try grade(blank).missing == 5)
    #expect(try grade(blank.replacing("\n", with: " ")).missing == 5)
  }

  @Test func `deleted lines count as missing, and two answers as wrong`() throws {
    let kept = filled(letter).split(separator: "\n").filter { !$0.contains("Answer 4:") }
    let fewer = try grade(kept.joined(separator: "\n"))
    #expect(fewer.missing == 1 && fewer.answers[3].line == nil)
    #expect(fewer.answers[3].remark.hasPrefix("The file has no line for this answer."))
    let question = Self.sheet.questions[1]
    let other = question.choices.indices.first { $0 != question.correct } ?? 0
    let twice = filled(letter) + "Answer 2: \(Question.letter(other))\n"
    let grade = try grade(twice)
    #expect(grade.wrong == 1 && grade.answers[1].remark.contains("answer it differently"))
    #expect(try self.grade(filled(letter) + "Answer 2: \(letter(question))\n").percent == 100)
  }

  @Test func `the pass mark decides`() throws {
    let text = filled(letter).replacing(
      "Answer 1: \(letter(Self.sheet.questions[0]))", with: "Answer 1: ?")
    #expect(try grade(text, pass: 80).passed)
    #expect(try !grade(text, pass: 81).passed)
    #expect(try grade(Self.sheet.text(), pass: 0).passed)
  }

  @Test func `the JSON form has every answer`() throws {
    let json = try grade(filled(letter)).json
    for key in ["\"pass_mark\" : 60", "\"passed\" : true", "\"percent\" : 100", "\"seed\" : 11"] {
      #expect(json.contains(key), "\(key)")
    }
    #expect(json.components(of: "\"right\" : true") == 5)
  }

  @Test(arguments: [
    ("", "no worksheet"), ("hello", "no worksheet"), ("directmap quiz", "lacks the version"),
    ("directmap quiz version 2 seed 1 topic splits questions 5", "version 2"),
    ("directmap quiz version 1 seed -1 topic splits questions 5", "no number of seed"),
    ("directmap quiz version 1 seed 99999999999999999999 topic splits questions 5", "seed"),
    ("\n\ndirectmap quiz version 1 seed 1 topic nothing questions 5", "sheet:3: no topic"),
    ("directmap quiz version 1 seed 1 topic splits questions 101", "'101' is no number"),
    ("directmap quiz version 1 seed 1 topic splits", "no number of questions"),
    ("directmap quiz version 1 seed 1 topic \u{1b}[2J questions 5", "no topic is called '?[2j'"),
  ])
  func `what is no worksheet says why, with its place`(text: String, words: String) throws {
    let error = #expect(throws: SheetError.self) { try self.grade(text) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("sheet:") ?? false)
  }

  @Test func `a sheet whose questions are others now is refused`() throws {
    let text = filled(letter).replacing("sum \(Self.sheet.sum)", with: "sum ffff")
    let error = #expect(throws: SheetError.self) { try self.grade(text) }
    #expect(error?.reason == .otherQuestions)
    #expect(try grade(filled(letter).replacing("  sum \(Self.sheet.sum)", with: "")).passed)
  }

  @Test func `a grader can ask for a seed, a topic or a count`() throws {
    let filled = try FilledSheet(reading: filled(letter), file: "sheet")
    try filled.check(seed: 11, topic: .splits, count: 5, file: "sheet")
    try filled.check(seed: nil, topic: nil, count: nil, file: "sheet")
    #expect(throws: SheetError.self) {
      try filled.check(seed: 12, topic: nil, count: nil, file: "sheet")
    }
    #expect(throws: SheetError.self) {
      try filled.check(seed: 11, topic: .flush, count: nil, file: "sheet")
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `damaged sheets are graded or refused, never a trap, never a control character`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var bytes = Array(filled(letter).utf8)
    for _ in 0...random.next(below: 40) {
      let place = Int(random.next(below: UInt64(bytes.count)))
      switch random.next(below: 4) {
      case 0: bytes[place] = UInt8(random.next(below: 256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(random.pick([0x1b, 0x00, 0x0d, 0x3a, 0x9b, 0x31, 0xff]), at: place)
      default:
        let end = min(bytes.count, place + Int(random.next(below: 60)))
        bytes.insert(
          contentsOf: bytes[place..<end], at: Int(random.next(below: UInt64(bytes.count))))
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(SheetError) {
      let grade = try grade(text)
      #expect(grade.right + grade.wrong + grade.missing == grade.questions)
      #expect((0...100).contains(grade.percent))
      #expect(grade.lines.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7f).contains($0) } })
    } catch {
      #expect(error.description.utf8.allSatisfy { (0x20..<0x7f).contains($0) }, "\(error)")
    }
  }
}

extension String {
  /// How often a piece occurs.
  fileprivate func components(of piece: String) -> Int { split(separator: piece).count - 1 }
}
