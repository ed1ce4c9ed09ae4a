import Language
import Screen

extension LineEditor {
  /// Edits the line as a key does that needs nothing but the line; whether the key is one of these.
  mutating func edit(by input: Input) -> Bool {
    switch input {
    case .key(.backspace): deleteBackward()
    case .key(.delete), .control("d"): deleteForward()
    case .key(.left), .control("b"): move(by: -1)
    case .key(.right), .control("f"): move(by: 1)
    case .key(.home), .control("a"): moveToStart()
    case .key(.end), .control("e"): moveToEnd()
    case .control("u"): deleteToStart()
    case .control("w"): deleteWord()
    case .character(let character): insert(character)
    default: return false
    }
    return true
  }

  /// Completes the piece before the cursor as far as the words agree, and lists them where there are
  /// several.
  mutating func complete(with answer: Completion) {
    guard let first = answer.words.first else { return }
    if answer.words.count == 1 {
      // What ends in a sign goes on with a number.
      let isWhole = first.last.map { $0 != ":" && $0 != "=" } ?? true
      complete(answer.partial, with: isWhole ? first + " " : first)
      return
    }
    let common = answer.words.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    if common.count > answer.partial.count { complete(answer.partial, with: common) }
    candidates = answer.words
  }
}

extension String {
  /// What both begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
