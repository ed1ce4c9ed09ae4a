import Engine
import Language
import Narration

/// Reads the lines of a rule, from `rule NAME` to its `end`: `docs/rules.md` has the grammar.
struct RuleReader {
  private var parts: RuleParts
  /// The handler under way, with its event.
  private var handler: (trigger: RuleTrigger, line: Int, code: RuleAssembler)?
  /// Where the rule begins, for errors about all of it.
  private let start: SourceLocation
  private(set) var isComplete = false

  /// Reads the first line: `rule NAME "WHAT IT IS"`.
  init(firstLine line: inout LineReader, text: String) throws(ParseError) {
    start = line.start
    line.advance()
    let what = "the name of the rule, at most \(Name.limit) letters, digits, `_`, `-` or `.`"
    guard let word = line.nextWord, let name = Name(word) else { throw line.expected(what) }
    line.advance()
    parts = RuleParts(name: name)
    if case .string(let summary)? = line.next?.kind {
      parts.summary = summary
      line.advance()
    }
    try line.expectEnd()
    parts.lines = [text]
  }

  /// The rule; nothing may be open any more.
  var rule: Rule { Rule(parts) }

  /// Reads a further line.
  mutating func read(_ line: inout LineReader, text: String) throws(ParseError) {
    guard parts.lines.count < Rule.lineLimit else {
      throw line.error(.tooManyLines(limit: Rule.lineLimit))
    }
    parts.lines.append(text)
    guard let word = line.nextWord else {
      if line.next == nil { return }
      throw line.expected("a line of a rule", among: Self.words)
    }
    switch word {
    case "when": try beginHandler(&line)
    case "end" where handler?.code.isOpen != true:
      line.advance()
      try line.expectEnd()
      try endHandler(line)
      isComplete = true
    default:
      if let (trigger, first, open) = handler {
        handler = nil
        var code = open
        try code.read(&line, trigger, number: parts.lines.count, &parts)
        handler = (trigger, first, code)
      } else {
        try readDeclaration(&line)
      }
    }
  }

  /// The error of a rule whose `end` is missing.
  var missingEnd: ParseError {
    ParseError(
      .expected("the line `end` of the rule \(parts.name)", found: nil, nearest: nil), at: start)
  }

  /// The words that lines of a rule begin with.
  static let words = ["needs", "kernel", "let", "when", "end"] + RuleAssembler.words

  // MARK: - Declarations

  private mutating func readDeclaration(_ line: inout LineReader) throws(ParseError) {
    switch line.nextWord {
    case "needs":
      line.advance()
      let names = PolicyName.allCases
      parts.needs.append(try line.choice(names, \.rawValue, "the name of a policy"))
    case "kernel":
      line.advance()
      let changes: [(name: String, change: KernelChanges)] = [
        ("restores_global", .restoresGlobal), ("counts_merges", .countsMerges),
      ]
      let what = LineReader.listing("a change of the kernel", changes.map(\.name))
      parts.changes.formUnion(try line.choice(changes, \.name, what).change)
    case "let": try readValue(&line)
    default:
      throw line.expected("needs, kernel, let, when or end", among: Self.words)
    }
    try line.expectEnd()
  }

  /// `let NAME`, `let page NAME`, `let table NAME = | counts | marks EXPRESSION`.
  private mutating func readValue(_ line: inout LineReader) throws(ParseError) {
    line.advance()
    var scope = RuleValue.Scope.machine
    if line.afterNext?.kind == .word {
      if line.take("table") { scope = .table } else if line.take("page") { scope = .page }
    }
    let before = line
    let name = try line.newRuleName(beside: parts, locals: [])
    var meaning = RuleValue.Meaning.free(RuleCode())
    if scope == .table {
      var expression = RuleExpression(parts, trigger: nil, locals: [], isProperty: true)
      if line.take("counts") {
        meaning = .counts(RuleCode(RuleExpression.counting(try expression.read(&line))))
      } else if line.take("marks") {
        meaning = .marks(RuleCode(try expression.read(&line)))
      } else if line.take("=") {
        var first = RuleExpression(parts, trigger: nil, locals: [], isProperty: false)
        meaning = .free(RuleCode(try first.read(&line)))
      } else {
        throw line.expected("= and how it begins, counts, or marks", among: ["counts", "marks"])
      }
      let rivals = parts.values.filter {
        $0.scope == .table && $0.meaning.isCount == meaning.isCount
      }
      if !rivals.isEmpty { throw before.error(.rule(.tableFull(meaning.isCount))) }
    }
    guard parts.values.count < UInt8.max else { throw before.error(.rule(.tooLong)) }
    parts.values.append(RuleValue(name: name, scope: scope, meaning: meaning))
  }

  // MARK: - Handlers

  private mutating func beginHandler(_ line: inout LineReader) throws(ParseError) {
    try endHandler(line)
    line.advance()
    let trigger = try line.ruleTrigger(parts)
    var code = RuleAssembler()
    if line.take("if") { try code.readCondition(&line, trigger, parts) }
    try line.expectEnd()
    handler = (trigger, parts.lines.count, code)
  }

  private mutating func endHandler(_ line: LineReader) throws(ParseError) {
    guard let (trigger, first, code) = handler else { return }
    if code.isOpen { throw line.error(.rule(.openBlock)) }
    let finished = code.finished
    guard finished.fits else { throw line.error(.rule(.tooLong)) }
    parts.handlers.append(
      RuleHandler(trigger, finished, line: first, guardPlace: code.guardPlace))
    handler = nil
  }
}

extension RuleValue.Meaning {
  /// Whether it is a count of entries, which has a place of its own in a `struct page`.
  fileprivate var isCount: Bool { if case .counts = self { true } else { false } }
}

extension LineReader {
  /// Nothing more may follow.
  func expectEnd() throws(ParseError) {
    if next != nil { throw expected("the end of the line") }
  }

  /// The event that a handler waits for.
  fileprivate mutating func ruleTrigger(_ parts: RuleParts) throws(ParseError) -> RuleTrigger {
    if afterNext?.text == "falls" { return try fallTrigger(parts) }
    if take("every") {
      let before = self
      let number = try number("how many calls apart")
      guard number.value > 0, number.value < 1 << 32, !number.isLength else {
        throw before.expected("a number of calls from 1 to 2^32")
      }
      guard take("calls") else { throw expected("calls", among: ["calls"]) }
      return .calls(Int64(number.value))
    }
    let others = ["every N calls", "NAME falls to N"]
    let what = Self.listing("an event", RuleTrigger.named.map(\.name) + others)
    return try choice(RuleTrigger.named, \.name, what).trigger
  }

  /// `NAME falls to N`: a number that is kept with tables.
  private mutating func fallTrigger(_ parts: RuleParts) throws(ParseError) -> RuleTrigger {
    let value = try tableValue(of: parts)
    advance()
    guard take("to") else { throw expected("to and a number", among: ["to"]) }
    let before = self
    let number = try number("the number that it falls to")
    guard number.value <= UInt64(Int32.max), !number.isLength else {
      throw before.expected("a number from 0 to 2^31 - 1")
    }
    return .falls(value: value, to: Int64(number.value))
  }

  /// A name that nothing has yet.
  mutating func newRuleName(beside parts: RuleParts, locals: [String]) throws(ParseError) -> String
  {
    guard let word = nextWord, Name(word) != nil else {
      throw expected("a name, at most \(Name.limit) characters")
    }
    let isTaken =
      parts.values.contains { $0.name == word } || locals.contains(word)
      || RuleExpression.vocabulary.contains(word) || RuleReader.words.contains(word)
      || EntryFlags(word: word) != nil
    if isTaken { throw error(.rule(.nameTaken(word))) }
    advance()
    return word
  }
}
