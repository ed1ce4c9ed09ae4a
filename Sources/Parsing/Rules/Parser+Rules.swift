import Engine
import KernelText
import Language

/// The lines of a rule as they come, from `rule` to the `end` that closes it.
///
/// A rule may stand in one line, with `;` between its lines, as at a prompt.
struct RuleLines {
  /// A line of the rule.
  struct Line {
    /// The line, with spaces in the place of what stands before it because of a `;`.
    var text: String
    /// The line as it is kept.
    var shown: String
    /// The number of the line of the file.
    var number: Int
  }

  /// The lines so far.
  private(set) var lines: [Line] = []
  private var depth = 0

  /// Whether the rule is closed, or longer than a rule may be.
  var isComplete: Bool { depth <= 0 || lines.count > Rule.lineLimit }

  /// Whether a line may begin a rule.
  static func begin(_ text: String) -> Bool { firstWord(text) == "rule" }

  /// The rule that begins in a line.
  init(firstLine text: String, number: Int) { add(text, number: number) }

  /// Adds a line.
  mutating func add(_ text: String, number: Int) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let parts = Self.parts(of: String(line))
      for (index, part) in parts.enumerated() {
        let words = part.drop(while: \.isWhitespace)
        let shown = index == 0 ? part[...] : "  " + words
        lines.append(Line(text: part, shown: Self.trimmed(shown), number: number))
        switch Self.firstWord(part) {
        case "rule", "if", "each": depth += 1
        case "end": depth -= 1
        default: break
        }
      }
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  private static func firstWord(_ text: String) -> Substring {
    text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace && $0 != "\"" && $0 != "#" }
  }

  /// A line cut at each `;` that is neither in quotation marks nor in a comment.
  private static func parts(of text: String) -> [String] {
    guard text.contains(";") else { return [text] }
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var (isQuoted, isEscaped, column) = (false, false, 0)
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if !isQuoted, scalar == "#" { break }
      if scalar == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && scalar == "\\" && !isEscaped
      if scalar == ";", !isQuoted {
        parts.append(String(repeating: " ", count: column) + String(part))
        part = String.UnicodeScalarView()
        column = index + 1
      } else {
        part.append(scalar)
      }
    }
    parts.append(String(repeating: " ", count: column) + String(part))
    return parts
  }
}

extension Parser {
  /// The statement of a whole rule.
  func statement(of rule: RuleLines) throws(ParseError) -> LocatedStatement {
    var reader: RuleReader?
    var start = place(rule.lines[0].number)
    for part in rule.lines {
      let place = place(part.number)
      let tokens = try Lexer.tokens(of: Substring(part.text).unicodeScalars, at: place)
      var line = LineReader(tokens, at: place, machines: machines)
      line.suggests = suggests
      if var open = reader {
        guard !open.isComplete else {
          try line.expectEnd()
          continue
        }
        reader = nil
        try open.read(&line, text: part.shown)
        reader = open
      } else {
        start.column = tokens.first?.column ?? 1
        reader = try RuleReader(firstLine: &line, text: part.shown)
      }
    }
    guard let reader else { throw ParseError(.unterminatedString, at: start) }
    guard reader.isComplete else { throw reader.missingEnd }
    return LocatedStatement(.rule(reader.rule), at: start)
  }

  /// The rules of a file that holds nothing else.
  ///
  /// - Throws: ``ParseError``, and what the source of the lines throws.
  public static func rules(streaming lines: LineStream, file: String) throws -> [Rule] {
    let parser = Parser(file: file)
    var lines = lines
    var rules: [Rule] = []
    while let line = try parser.next(in: &lines) {
      switch line {
      case .wrong(let error, _): throw error
      case .statement(let located):
        guard case .rule(let rule) = located.statement else {
          throw ParseError(.rule(.notARule), at: located.location)
        }
        rules.append(rule)
      }
    }
    guard !rules.isEmpty else { throw ParseError(.rule(.notARule), at: parser.place(1)) }
    return rules
  }
}
