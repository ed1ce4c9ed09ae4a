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
