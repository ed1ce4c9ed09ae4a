import Engine

extension RuleLine {
  /// The line without its text, for those who do not know the rule.
  var words: String {
    guard line > 0 else { return "a rule ended at its limit of \(Rule.stepLimit) steps" }
    return "line \(line) of a rule" + (number.map { ": \($0)" } ?? "")
  }

  /// The line as it is written, with its place and the number it came to:
  /// `mine:12: alike = alike - 1 (511)`.
  func words(in rules: [Rule]) -> String {
    let place = Int(rule)
    guard line > 0, place < rules.count, rules[place].lines.indices.contains(Int(line) - 1) else {
      return words
    }
    let text = rules[place].lines[Int(line) - 1]
    let code = text.split(separator: "#", maxSplits: 1)[0]
    let trimmed = code.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    return "\(rules[place].name):\(line): \(trimmed)"
      + (number.map { " (\(Self.text(of: $0)))" } ?? "")
  }

  /// The rule and the line, as the place in a source: `rule mine, line 7`.
  func place(in rules: [Rule]) -> String {
    let name = Int(rule) < rules.count ? "\(rules[Int(rule)].name)" : "?"
    return "rule \(name), line \(line)"
  }

  /// A number; one that can only be flags as flags.
  private static func text(of number: Int64) -> String {
    if (-4096...1 << 32).contains(number) { return "\(number)" }
    return EntryFlags(rawValue: UInt64(bitPattern: number)).text(.size4K)
  }
}

extension RuleChange {
  /// The change in a few words; the line that made it stands before it.
  var words: String {
    switch self {
    case .number(_, _, let number): "a number of a rule is \(number)"
    case .page(_, _, let pfn, let number): "a number of a rule for pfn \(pfn.hex) is \(number)"
    case .called: "a rule counts the call"
    }
  }
}

extension Event {
  /// The event in plain English; of a line of a rule, the line as it is written.
  public func sentence(_ form: SentenceForm = .long, by rules: [Rule]) -> String {
    guard case .decided(.policy(.ruleRan(let ran))) = self else { return sentence(form) }
    return ran.words(in: rules)
  }
}
