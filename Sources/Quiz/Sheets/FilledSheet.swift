/// A filled worksheet, read from its text.
public struct FilledSheet: Equatable, Sendable {
  /// The order of the sheet.
  public var order: Worksheet.Order
  /// The checksum in its first line; `nil` if it is missing.
  var sum: String?
  /// The answers, in the order of the file.
  var answers: [Answer]

  /// The answer to a question.
  struct Answer: Equatable, Sendable {
    /// The number of the question.
    var number: Int
    /// The words, including those of the lines after it as far as they may belong to it.
    var words: [String]
    /// The number of them on its own line.
    var ownWords: Int
    /// The line of its mark, from 1.
    var line: Int
  }

  /// Reads a sheet. Lines may be wrapped, quoted or missing, as long as the first is there.
  public init(reading text: String, file: String) throws(SheetError) {
    let words = SheetWords(text).words
    let start = words.indices.first {
      words[$0].text.lowercased().hasSuffix("directmap") && $0 + 1 < words.count
        && words[$0 + 1].text.lowercased() == "quiz"
    }
    guard let start else { throw SheetError(.noHeader, file: file, line: 1) }
    let line = words[start].line
    let header = Header(words[(start + 2)...].prefix(12).map(\.text))
    guard let version = header["version"], let seed = header["seed"] else {
      throw SheetError(.badHeader, file: file, line: line)
    }
    guard version == "\(Worksheet.version)" else {
      throw SheetError(.otherVersion(version.harmless), file: file, line: line)
    }
    guard let seed = UInt64(seed) else {
      throw SheetError(.badNumber("seed", seed.harmless), file: file, line: line)
    }
    guard let topic = header["topic"].flatMap({ Topic(rawValue: $0) }) else {
      throw SheetError(.badTopic((header["topic"] ?? "").harmless), file: file, line: line)
    }
    guard let count = header["questions"].flatMap({ Int($0) }),
      (1...Worksheet.countMax).contains(count)
    else {
      throw SheetError(
        .badNumber("questions", (header["questions"] ?? "").harmless), file: file, line: line)
    }
    order = Worksheet.Order(seed: seed, topic: topic, count: count)
    sum = header["sum"]
    answers = Self.answers(words)
  }

  /// Whether the sheet is the requested one, as far as something was requested.
  public func check(seed: UInt64?, topic: Topic?, count: Int?, file: String) throws(SheetError) {
    let others = [
      ("seed", seed.map { $0 != order.seed }), ("topic", topic.map { $0 != order.topic }),
      ("count", count.map { $0 != order.count }),
    ]
    for (name, isOther) in others where isOther ?? false {
      throw SheetError(.otherOrder(name), file: file, line: 1)
    }
  }

  /// Pairs of a word and its value, in small letters.
  private struct Header {
    let words: [String]
    init(_ words: [String]) { self.words = words.map { $0.lowercased() } }
    subscript(name: String) -> String? {
      guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
      return words[index + 1]
    }
  }

  // MARK: - Answers

  private static func answers(_ words: [SheetWords.Word]) -> [Answer] {
    var answers: [Answer] = []
    var index = 0
    while index < words.count {
      guard let mark = Mark(words, at: index) else {
        index += 1
        continue
      }
      var answer = Answer(
        number: mark.number, words: mark.rest.isEmpty ? [] : [mark.rest], ownWords: 0,
        line: mark.line)
      index = mark.end
      // The answer is on the line of its label; if that was broken, it begins on the next.
      let line = index < words.count && mark.rest.isEmpty ? words[index].line : mark.lastLine
      if line <= mark.lastLine + 1 {
        while index < words.count, answer.words.count < Question.wordsMax, !isBorder(words, index) {
          answer.words.append(words[index].text)
          if words[index].line == line { answer.ownWords = answer.words.count }
          index += 1
        }
      }
      answer.ownWords = max(answer.ownWords, mark.rest.isEmpty ? 0 : 1)
      answers.append(answer)
    }
    return answers
  }

  /// Whether another piece of the sheet begins at a word.
  private static func isBorder(_ words: [SheetWords.Word], _ index: Int) -> Bool {
    let text = words[index].text
    if text.hasPrefix("---") || text.hasPrefix("===") || Mark(words, at: index) != nil {
      return true
    }
    guard index + 1 < words.count, ["Question", "Exercise"].contains(text) else { return false }
    return words[index + 1].text.first?.isNumber ?? false
  }

  /// The words before an answer: `Answer 3:`, with what follows the colon without a space.
  private struct Mark {
    var number: Int
    var rest: String
    var line: Int
    /// The line on which it ends.
    var lastLine: Int
    /// The index of the word after it.
    var end: Int

    init?(_ words: [SheetWords.Word], at index: Int) {
      let name = words[index].text.lowercased().filter(\.isLetter)
      guard name == "answer", index + 1 < words.count else { return nil }
      let text = words[index + 1].text
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), digits.count <= 6 else { return nil }
      var rest = text.dropFirst(digits.count)
      end = index + 2
      if rest.isEmpty, end < words.count, words[end].text.hasPrefix(":") {
        rest = words[end].text[...]
        end += 1
      }
      guard rest.hasPrefix(":") else { return nil }
      self.number = number
      self.rest = String(rest.dropFirst())
      line = words[index].line
      lastLine = words[end - 1].line
    }
  }
}

/// Why a text is not a worksheet.
public struct SheetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason.
  public enum Reason: Equatable, Sendable {
    /// No line identifies the sheet.
    case noHeader
    /// The line lacks the version or the seed.
    case badHeader
    /// The sheet has another format version.
    case otherVersion(String)
    /// A value in the line is not a number, or out of range.
    case badNumber(String, String)
    /// There is no such topic.
    case badTopic(String)
    /// The program asks other questions for this seed than the sheet has.
    case otherQuestions
    /// The sheet has another seed than the requested one.
    case otherOrder(String)
  }

  /// The reason.
  public var reason: Reason
  /// The file.
  public var file: String
  /// The line, from 1.
  public var line: Int

  init(_ reason: Reason, file: String, line: Int) {
    self.reason = reason
    self.file = file
    self.line = line
  }

  /// The place, the reason and the way out, in one line.
  public var description: String { "\(file):\(line): \(words)" }

  private var words: String {
    switch reason {
    case .noHeader:
      "this is no worksheet: no line begins with 'directmap quiz'; print one with directmap quiz "
        + "--seed 1"
    case .badHeader:
      "the line 'directmap quiz' lacks the version or the seed; copy it from the sheet that was printed"
    case .otherVersion(let version):
      "the sheet has version \(version), this program grades version \(Worksheet.version); grade it "
        + "with the program that printed it"
    case .badNumber(let name, let text):
      "'\(text)' is no number of \(name); copy the line from the sheet that was printed"
    case .badTopic(let name):
      "no topic is called '\(name)'; there are \(Topic.allCases.map(\.rawValue).joined(separator: ", "))"
    case .otherQuestions:
      "this version of directmap asks other questions for this seed; grade the sheet with the program "
        + "that printed it"
    case .otherOrder(let name):
      "the sheet has another \(name) than the one that was asked for; leave --\(name) out, or give the "
        + "right sheet"
    }
  }
}
