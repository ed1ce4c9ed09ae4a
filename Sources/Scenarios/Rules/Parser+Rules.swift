import Engine
import KernelText

/// The lines of a rule as they come, from `rule` to the `end` that closes it.
///
/// A rule may stand in one line, with `;` between its lines, as at a prompt.
struct RuleLines {
  /// The lines with their numbers; one behind a `;` keeps its column.
  private(set) var lines: [(text: String, number: Int)] = []
  private var depth = 0

  /// Whether the rule is closed, or longer than a rule may be.
  var isComplete: Bool { depth <= 0 || lines.count > Rule.lineLimit }

  /// Whether a line may begin a rule.
  static func begin(_ text: String) -> Bool { firstWord(text) == "rule" }

  /// The rule that begins in a line.
  init(firstLine text: String, number: Int) { add(text, number: number) }

  /// Adds a line.
  mutating func add(_ text: String, number: Int) {
    for part in Self.parts(of: text) {
      lines.append((part, number))
      switch Self.firstWord(part) {
      case "rule", "if", "each": depth += 1
      case "end": depth -= 1
      default: break
      }
    }
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
    for (text, number) in rule.lines {
      let place = place(number)
      let tokens = try Lexer.tokens(of: Substring(text).unicodeScalars, at: place)
      var line = LineReader(tokens, at: place, machines: machines)
      line.suggests = suggests
      let shown = Self.shown(text)
      if var open = reader {
        guard !open.isComplete else {
          try line.expectEnd()
          continue
        }
        reader = nil
        try open.read(&line, text: shown)
        reader = open
      } else {
        start.column = tokens.first?.column ?? 1
        reader = try RuleReader(firstLine: &line, text: shown)
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
    let scenario = try Scenario(streaming: lines, file: file)
    return scenario.policies.rules
  }

  /// The text of a line of a rule as it is kept: without what stands before it because of a `;`.
  private static func shown(_ text: String) -> String {
    let indentation = min(8, text.prefix { $0 == " " }.count)
    let kept = text.drop { $0.isWhitespace }
    return String(repeating: " ", count: indentation)
      + kept.reversed().drop { $0.isWhitespace }.reversed()
  }
}
