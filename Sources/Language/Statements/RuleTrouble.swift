public import Engine

/// What is wrong with a rule, beside what its lines are.
public enum RuleTrouble: Equatable, Sendable {
  /// A second number that needs the place of the first in a table's `struct page`: of counts, or of
  /// words.
  case tableFull(Bool)
  /// A name that means something already.
  case nameTaken(String)
  /// An `if` or `each` without `end`.
  case openBlock
  /// `else` where no `if` is open.
  case strayElse
  /// More operations, or deeper expressions, than a rule may have.
  case tooLong
  /// More numbers of its own than a handler may keep.
  case tooManyLocals
  /// A file of rules that holds something else, or nothing.
  case notARule
  /// A word that means nothing at the event.
  case notHere(String, RuleTrigger)

  /// The trouble and the way out.
  public var reason: String {
    switch self {
    case .tableFull(let isCount):
      isCount
        ? "a table's struct page has room for one count; drop one of them"
        : "a table's struct page has room for one word; drop one of them, or make it counts"
    case .nameTaken(let name): "'\(name)' means something already; choose another name"
    case .openBlock: "an if or each is open; close it with end"
    case .strayElse: "else without an if; begin with if EXPRESSION"
    case .tooLong: "the handler is too long or an expression too deep; divide it"
    case .tooManyLocals:
      "a handler has at most \(Rule.localLimit) numbers of its own; use one twice"
    case .notARule: "a file of rules holds rules alone: rule NAME ... end"
    case .notHere(let word, let trigger):
      "'\(word)' means nothing at this event (\(trigger.word)); docs/rules.md says where it does"
    }
  }
}

extension RuleTrigger {
  /// The events that have a name of one word.
  package static let named: [(name: String, trigger: RuleTrigger)] = [
    ("split", .split), ("written", .written), ("looked", .looked), ("flush", .flush),
    ("allocate", .allocate), ("allocated", .allocated), ("released", .released),
    ("freed", .freed), ("whole", .whole), ("call", .calls(1)),
  ]
}

extension RuleTrigger {
  /// The event as a line of a rule names it.
  var word: String {
    if case .calls(let distance) = self, distance > 1 { return "every \(distance) calls" }
    if case .falls(_, let limit) = self { return "a number falls to \(limit)" }
    return Self.named.first { $0.trigger == self }?.name ?? "call"
  }
}
