import Language
import Screen

extension LineReader {
  mutating func readOfDirection(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .keys:
      guard case .string(let text)? = next?.kind else { throw expected(kind.expectation) }
      for word in text.split(separator: " ") {
        if let input = Input(name: String(word)), input.isPressed {
          values.keys.append(input)
        } else if word.allSatisfy({ $0.isASCII && $0.isNumber }) {
          values.keys += word.map { .character($0) }
        } else {
          throw error(.unknownKey(String(word)))
        }
      }
      guard !values.keys.isEmpty else { throw expected(kind.expectation) }
      advance()
    case .spot:
      if let word = nextWord, let panel = SpotlightPanel(rawValue: word),
        afterNext?.text != "+"
      {
        values.panel = panel
        advance()
      } else {
        values.target = try target(kind.expectation)
      }
    case .duration: values.number = try duration(kind.expectation)
    case .until:
      guard take("until") else { throw expected(kind.expectation, among: ["until"]) }
      values.goal = try expression()
    default: break
    }
  }

  /// A time such as `2s` or `1500ms`, in milliseconds.
  private mutating func duration(_ expectation: String) throws(ParseError) -> Int {
    guard let token = next, token.kind == .number else { throw expected(expectation) }
    let digits = token.text.prefix { $0.isASCII && $0.isNumber }
    let unit = token.text.dropFirst(digits.count)
    guard unit == "s" || unit == "ms" else { throw expected(expectation) }
    let factor = unit == "s" ? 1000 : 1
    guard let number = Int(digits), number <= Direction.waitLimit / factor else {
      throw error(
        .numberTooLarge(token.text, limit: "\(Direction.waitLimit / 1000)s"))
    }
    advance()
    return number * factor
  }
}
