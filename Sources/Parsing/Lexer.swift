import Language

/// Cuts a line into tokens, up to its end or a `#`.
///
/// A `-` or `.` within a word belongs to it, as in the name of an area or a kernel: between names in
/// an expression, a minus needs a space before it.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private let location: SourceLocation
  private var index = 0

  /// The symbols, the longer ones first.
  private static let symbols = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "(", ")", ":", "=",
  ].map { Array($0.unicodeScalars) }

  private init(_ line: Substring.UnicodeScalarView, _ location: SourceLocation) {
    scalars = Array(line)
    self.location = location
  }

  /// The tokens of a line.
  static func tokens(
    of line: Substring.UnicodeScalarView, at start: SourceLocation,
  ) throws(ParseError) -> [Token] {
    var lexer = Lexer(line, start)
    var tokens: [Token] = []
    while let start = lexer.skipSpace() {
      tokens.append(try lexer.next(from: start))
      if tokens.suffix(2).map(\.text) == ["ko", ":"], let path = lexer.path() {
        tokens.append(path)
      }
    }
    return tokens
  }

  /// The index of the next token; `nil` at the end of the line or at a comment.
  private mutating func skipSpace() -> Int? {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
    guard index < scalars.count, scalars[index] != "#" else { return nil }
    return index
  }

  private mutating func next(from start: Int) throws(ParseError) -> Token {
    let first = scalars[start]
    if first == "\"" { return try string(from: start) }
    if Self.isLetter(first) {
      while index < scalars.count, Self.isInWord(scalars[index]) { index += 1 }
      return token(.word, from: start)
    }
    if Self.isDigit(first) {
      while index < scalars.count, Self.isLetter(scalars[index]) || Self.isDigit(scalars[index]) {
        index += 1
      }
      return token(.number, from: start)
    }
    for symbol in Self.symbols where scalars[start...].starts(with: symbol) {
      index += symbol.count
      return token(.symbol, from: start)
    }
    throw error(.strayCharacter(String(first)), at: start)
  }

  /// The file behind `ko:`, up to a space or a comment; `nil` if none stands there as it is.
  private mutating func path() -> Token? {
    let start = index
    while index < scalars.count, !scalars[index].properties.isWhitespace, scalars[index] != "#",
      scalars[index] != "\"", scalars[index].properties.generalCategory != .control
    {
      index += 1
    }
    guard index > start else { return nil }
    let path = token(.word, from: start)
    return Token(kind: .string(path.text), text: path.text, column: path.column)
  }

  private mutating func string(from start: Int) throws(ParseError) -> Token {
    var text = ""
    index += 1
    while index < scalars.count, scalars[index] != "\"" {
      if scalars[index] == "\\" {
        text.unicodeScalars.append(try escape())
      } else if scalars[index].properties.generalCategory == .control, scalars[index] != "\t" {
        // What is read here is printed on terminals, which would obey it.
        throw error(.controlCharacter(String(scalars[index])), at: index)
      } else {
        text.unicodeScalars.append(scalars[index])
      }
      index += 1
    }
    guard index < scalars.count else { throw error(.unterminatedString, at: start) }
    index += 1
    return token(.string(text), from: start)
  }

  /// The character that an escape stands for; leaves the index on its last character.
  private mutating func escape() throws(ParseError) -> Unicode.Scalar {
    let start = index
    index += 1
    guard index < scalars.count else { throw error(.unterminatedString, at: start) }
    switch scalars[index] {
    case "\"": return "\""
    case "\\": return "\\"
    case "n": return "\n"
    case "t": return "\t"
    default: throw error(.unknownEscape("\\" + String(scalars[index])), at: start)
    }
  }

  private func token(_ kind: Token.Kind, from start: Int) -> Token {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<index])
    return Token(kind: kind, text: String(text), column: start + 1)
  }

  private func error(_ problem: ParseError.Problem, at index: Int) -> ParseError {
    var place = location
    place.column = index + 1
    return ParseError(problem, at: place)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
    isLetter(scalar) || isDigit(scalar) || scalar == "-" || scalar == "."
  }
}
