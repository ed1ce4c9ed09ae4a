import Language

/// A line that a stop carries out at a hit, read and checked where the stop is read.
public enum StopLine {
  /// What the screen carries out besides the lines of the language: its commands, but those that write or
  /// open a file, record, or leave.
  public static let screenWords = [
    "continue", "reverse-continue", "undo", "redo", "goto", "next", "previous", "mark", "marks",
    "unmark", "branch",
    "branch new", "branch switch", "branch rename", "branch compare", "stops",
    "delete", "enable", "disable", "gather", "who", "what-if", "tlb", "find", "predict", "space",
    "theme", "caption-size", "overlay", "compare", "compare off", "help",
  ]

  /// Whether a line begins with a command of the screen.
  package static func isOfScreen(_ line: String) -> Bool {
    let word = line.prefix { $0 != " " }
    return screenWords.contains { $0 == word }
  }

  /// The lines of a text between semicolons, but not those within quotation marks, each with its place
  /// in the text: how many scalars stand before it.
  static func split(_ text: String) -> [(line: String, start: Int)] {
    var lines: [(line: String, start: Int)] = []
    var scalars = String.UnicodeScalarView()
    var start = 0
    var isQuoted = false
    var isEscaped = false
    func end() {
      let line = String(scalars)
      let text = line.trimmingSpaces
      if !text.isEmpty {
        lines.append((text, start + line.unicodeScalars.prefix { $0 == " " }.count))
      }
    }
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if scalar == ";", !isQuoted {
        end()
        scalars.removeAll()
        start = index + 1
        continue
      }
      if scalar == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && scalar == "\\" && !isEscaped
      scalars.append(scalar)
    }
    end()
    return lines
  }
}

extension String {
  /// The text without the spaces around it.
  fileprivate var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return String(start.prefix(start.count - start.reversed().prefix { $0 == " " }.count))
  }
}

extension LineReader {
  /// The lines behind `do`, in a text between quotation marks.
  ///
  /// - Throws: `ParseError` at the first line that neither the language nor the screen has, at its place
  ///   within the text.
  mutating func stopLines() throws(ParseError) -> [String] {
    let token = next
    let text = try string(Operand.Kind.text.expectation)
    guard let token else { return [] }
    let lines = StopLine.split(text)
    for (line, offset) in lines where !StopLine.isOfScreen(line) {
      do throws(ParseError) {
        var parser = Parser(file: start.file, machines: machines)
        parser.suggests = suggests
        _ = try parser.statement(ofLine: line, number: start.line)
      } catch {
        var problem = error.problem
        if case .unknownCommand(let word, nearest: nil) = problem {
          problem = .unknownCommand(word, nearest: nearest(word, among: StopLine.screenWords))
        }
        let column = token.column + token.rawOffset(ofScalar: offset + error.location.column - 1)
        throw ParseError(
          problem, at: SourceLocation(file: start.file, line: start.line, column: column))
      }
    }
    return lines.map(\.line)
  }
}

extension Token {
  /// How many scalars of a text in quotation marks, as it stands in the line, come before a scalar of
  /// what it says: the mark itself, and the backslashes of escapes.
  fileprivate func rawOffset(ofScalar index: Int) -> Int {
    var raw = 1
    var rest = text.unicodeScalars.dropFirst()
    for _ in 0..<index {
      let length = rest.first == "\\" ? 2 : 1
      raw += length
      rest = rest.dropFirst(length)
    }
    return raw
  }
}
