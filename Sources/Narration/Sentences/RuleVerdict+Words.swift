import Engine

extension RuleVerdict {
  /// What the rule says to the slot, with the line that decides.
  func words(_ answer: MergeAnswer, _ form: SentenceForm) -> String {
    switch outcome {
    case .merges:
      return "rule \(rule) merges it \(event.moment)."
    case .fails(let text, let line):
      let place = "\(rule):\(line)"
      return form == .long
        ? "rule \(rule) would not merge it \(event.moment): `\(Self.code(text))` (\(place)) does not "
          + "hold."
        : "\(place) does not hold: \(Self.code(text))"
    case .collapseFails(let obstacle):
      return "rule \(rule) tries the kernel's test \(event.moment): \(obstacle.words)."
    case .passesBy: return "rule \(rule) does not merge it \(event.moment)."
    case .untried: return "rule \(rule) may merge it \(event.moment); that is not tried here."
    }
  }

  /// A line of a rule without its comment and what stands around it.
  private static func code(_ line: String) -> String {
    let code = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return code.split(separator: " ").joined(separator: " ")
  }
}

extension RuleTrigger {
  /// When the event is, as the end of a sentence.
  fileprivate var moment: String {
    switch self {
    case .split: "when it is split"
    case .written: "when an entry of it is written"
    case .looked: "when a request reaches an entry of it"
    case .flush: "when a request for it is flushed"
    case .allocate, .allocated: "when a page of it is allocated"
    case .released: "when it is given back"
    case .freed, .whole: "when its pageblock is free as a whole"
    case .falls(_, let limit): "when the number of its table falls to \(limit)"
    case .calls(1): "after a call"
    case .calls(let distance): "after every \(distance) calls"
    }
  }
}
