extension Question {
  /// The meaning of an answer on a sheet.
  enum Reading: Equatable {
    /// Nothing was written.
    case none
    /// A choice.
    case choice(Int)
    /// Text that is none of the choices, or more than one answer.
    case unknown(String)
  }

  /// The maximum number of words of an answer that are read.
  static let wordsMax = 8

  /// Reads an answer: a letter, a value, or a letter with its own value, and nothing else.
  ///
  /// `a or b`, `a maybe` and `a) 7`, where `a` is another value, are no answers.
  ///
  /// - Parameter own: the number of words on the answer's own line, all by default. A value that
  ///   continues on the next line is read to its end; other text there belongs to the sheet.
  func reading(of words: [String], showing own: Int? = nil) -> Reading {
    let words = Array(words.prefix(Self.wordsMax))
    let count = min(max(0, own ?? words.count), words.count)
    // A question mark, or a sign before the answer.
    if words.prefix(count).allSatisfy(\.plainAnswer.isEmpty) { return .none }
    for end in (count...words.count).reversed() {
      if let choice = choice(inWhole: words.prefix(end).joined(separator: " ")) {
        return .choice(choice)
      }
    }
    return .unknown(words.prefix(count).joined(separator: " "))
  }

  /// The choice that a learner names by its letter or its value; nil for anything else.
  public func choice(saying text: String) -> Int? {
    let words = text.split(separator: " ").map(String.init)
    guard words.count <= Self.wordsMax, case .choice(let choice) = reading(of: words) else {
      return nil
    }
    return choice
  }

  /// The letters that answer, as in `a to d`.
  public var letters: String { "a to \(Self.letter(choices.count - 1))" }

  /// The choice that a text means as a whole.
  private func choice(inWhole text: String) -> Int? {
    let plain = text.plainAnswer
    if let choice = choices.firstIndex(where: { $0.matches(plain) }) { return choice }
    // "c", "(c)", "c 2M", "c)2M": the letter stands alone, and a value after it is its own.
    let start = text.drop { !$0.isLetter && !$0.isNumber }
    guard let first = start.first, let choice = choice(lettered: first.lowercased()) else {
      return nil
    }
    let rest = start.dropFirst()
    if let next = rest.first, next.isLetter { return nil }
    var value = String(rest).plainAnswer
    if value.isEmpty { return choice }
    if choices[choice].matches(value) { return choice }
    // A dash between letter and value is no sign.
    guard value.hasPrefix("-"), rest.drop(while: { $0 == " " }).dropFirst().first == " " else {
      return nil
    }
    value.removeFirst()
    return choices[choice].matches(value) ? choice : nil
  }

  private func choice(lettered letter: String) -> Int? {
    choices.indices.first { String(Self.letter($0)) == letter }
  }
}

extension Question.Choice {
  /// Whether a plain answer means this choice.
  fileprivate func matches(_ plain: String) -> Bool {
    !plain.isEmpty && ([text] + aliases).contains { $0.plainAnswer == plain }
  }
}
