import History
import Language

extension LineReader {
  /// The most calls or events that a line can speak of.
  private static let limit = 1_000_000_000

  mutating func readOfSession(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .label: values.label = try label(kind.expectation)
    case .origin:
      guard take("from") else { throw expected(kind.expectation, among: ["from"]) }
      let branch = try label("the name of a branch")
      let calls = try plain(0...Self.limit, Operand.Kind.calls.expectation)
      values.origin = SessionLine.Origin(branch: branch, calls: calls)
    case .anew:
      guard take("anew") else { throw expected(kind.expectation, among: ["anew"]) }
      values.isAnew = true
    case .event: values.event = try plain(0...Self.limit, kind.expectation)
    case .calls, .format: values.number = try plain(0...Self.limit, kind.expectation)
    default: break
    }
  }

  /// The name of a branch or a mark: a word, or anything that can be one between quotation marks.
  private mutating func label(_ expectation: String) throws(ParseError) -> String {
    guard let token = next else { throw expected(expectation) }
    let name: String
    switch token.kind {
    case .word, .number: name = token.text
    case .string(let text): name = text
    default: throw expected(expectation)
    }
    guard Timeline.isName(name) else { throw expected(expectation) }
    advance()
    return name
  }
}
