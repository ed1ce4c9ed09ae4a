import Engine
import Language
import Narration

// Operands of stops.

extension LineReader {
  mutating func readOfStop(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .region:
      guard take("in") else { throw expected(kind.expectation, among: ["in"]) }
      let target = try target(Operand.Kind.target.expectation)
      let hasCount = next?.kind == .number
      let pages = hasCount ? try pageCount(atLeast: 1, Operand.Kind.count.expectation) : 1
      values.region = Stop.Region(target, pages)
    case .entries: values.number = try plain(0...Stop.nearLimit, kind.expectation)
    case .full:
      guard take("full") else { throw expected(kind.expectation, among: ["full"]) }
    case .callName: values.text = try callName(kind.expectation)
    case .functionName:
      guard let name = nextWord else { throw expected(kind.expectation) }
      advance()
      values.text = name
    case .watched:
      if let word = nextWord, let reading = Reading(named: word) {
        advance()
        values.watched = .reading(reading)
      } else {
        let names = Reading.all.map(\.name)
        if let word = nextWord, afterNext?.text != "+", NearestWord.find(word, among: names) != nil
        {
          throw expected(kind.expectation, among: names)
        }
        let target = try target(kind.expectation)
        let hasCount = next?.kind == .number
        let pages = hasCount ? try pageCount(atLeast: 1, Operand.Kind.count.expectation) : 1
        values.watched = .entry(Stop.Region(target, pages))
      }
    case .onlyIf:
      advance()
      values.stop.onlyIf = try expression()
    case .once:
      advance()
      values.stop.isTemporary = true
    case .ignored:
      advance()
      values.stop.ignored = try plain(1...1_000_000_000, "how many times not to stop")
    case .disabled:
      advance()
      values.stop.isEnabled = false
    case .commands:
      advance()
      values.stop.commands = try stopLines()
    default: break
    }
  }

  /// The name of a call: one word of the language, or two.
  private mutating func callName(_ expectation: String) throws(ParseError) -> String {
    let names = Command.all.filter(\.isCall).map(\.name)
    guard let word = nextWord else { throw expected(expectation) }
    if let second = afterNext, second.kind == .word, names.contains("\(word) \(second.text)") {
      advance()
      advance()
      return "\(word) \(second.text)"
    }
    return try choice(names, \.self, expectation)
  }
}
