import Engine
import Language

extension ZapCounts {
  /// The counts that are not 0, by their names in the language.
  var words: String {
    let parts = ZapCounter.allCases.filter { self[$0] != 0 }.map { "\($0.name) \(self[$0])" }
    return parts.joined(separator: ", ")
  }
}

extension ProcessCall {
  /// Whether it zaps.
  var isZap: Bool {
    if case .mmap = self { false } else { true }
  }
}
