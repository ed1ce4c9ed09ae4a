/// The words of a text with their lines, numbered from 1: a filled worksheet is read this way, in
/// spite of what an editor or a mail program did to its lines.
struct SheetWords {
  /// A word and its line.
  struct Word: Equatable {
    var text: String
    var line: Int
  }

  let words: [Word]

  /// Splits at white space. Quotation marks of mail at the start of lines are left out.
  init(_ text: String) {
    var words: [Word] = []
    var line = 1
    var word = ""
    var isAtStart = true
    func finish() {
      let isQuote = isAtStart && word.allSatisfy { $0 == ">" }
      if !word.isEmpty, !isQuote {
        words.append(Word(text: word, line: line))
        isAtStart = false
      }
      word = ""
    }
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{85}" {
        finish()
        // CR LF ends one line.
        if scalar != "\r" { line += 1 }
        isAtStart = true
      } else if scalar.properties.isWhitespace {
        finish()
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    finish()
    self.words = words
  }
}

extension String {
  /// The text as far as a terminal can show it without harm: ASCII, what is not replaced, 40 characters.
  var harmless: String {
    var result = ""
    for scalar in unicodeScalars.prefix(40) {
      result.unicodeScalars.append((0x20..<0x7f).contains(scalar.value) ? scalar : "?")
    }
    return unicodeScalars.count > 40 ? result + "..." : result
  }

  /// An answer without irrelevant differences: case, spaces, quotation marks, thousands separators,
  /// the B of a unit.
  var plainAnswer: String {
    var plain = ""
    for scalar in lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9", "-": plain.unicodeScalars.append(scalar)
      case "\u{2212}", "\u{2013}": plain += "-"
      default: continue
      }
    }
    for unit in ["k", "m", "g"] {
      for ending in [unit + "ib", unit + "b"] where plain.hasSuffix(ending) {
        let number = plain.dropLast(ending.count)
        let isNumber = !number.isEmpty && number.allSatisfy { $0.isNumber || $0 == "-" }
        if isNumber { plain = number + unit }
      }
    }
    return plain
  }
}

extension Question {
  /// The meaning of an answer on a sheet.
  enum Reading: Equatable {
    /// Nothing was written.
    case none
    /// A choice.
    case choice(Int)
    /// Text that is none of the choices.
    case unknown(String)
  }

  /// The maximum number of words of an answer that are read.
  static let wordsMax = 8

  /// Reads an answer: a letter, a value, or both; the text after it belongs to the sheet.
  ///
  /// - Parameter shown: the number of words to show if they mean nothing; all by default.
  func reading(of words: [String], showing shown: Int? = nil) -> Reading {
    let words = Array(words.prefix(Self.wordsMax))
    guard let first = words.first else { return .none }
    let plain = first.plainAnswer
    if plain.isEmpty {
      // A question mark, or a sign before the answer.
      if words.count == 1 || shown == 1 || first.contains("?") { return .none }
      return reading(of: Array(words.dropFirst()), showing: shown.map { $0 - 1 })
    }
    let isMarked = first.count > 1 && plain.count == 1
    if isMarked, let choice = choice(lettered: plain) { return .choice(choice) }
    for count in stride(from: words.count, to: 0, by: -1) {
      let text = words.prefix(count).joined().plainAnswer
      if let choice = choices.firstIndex(where: { $0.matches(text) }) { return .choice(choice) }
    }
    // "c" alone, or before its value: "c 2M", "c)2M".
    let letter = first.prefix { $0.isLetter }
    if letter.count == 1, let choice = choice(lettered: letter.lowercased()),
      letter.count == first.count || first.dropFirst().first?.isLetter == false
    {
      return .choice(choice)
    }
    return .unknown(words.prefix(max(1, shown ?? words.count)).joined(separator: " "))
  }

  /// The choice that a learner names: by its number, counted from 1, by its letter or by its value.
  public func choice(saying text: String) -> Int? {
    if let number = Int(text), choices.indices.contains(number - 1) { return number - 1 }
    let words = text.split(separator: " ").map(String.init)
    guard case .choice(let choice) = reading(of: words) else { return nil }
    return choice
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
