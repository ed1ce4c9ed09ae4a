import Engine
import Language
import Narration

// Expressions of rules, by precedence:
//
//     or:      and ("||" and)*
//     and:     compare ("&&" compare)*
//     compare: sum (("==" | "!=" | "<" | "<=" | ">" | ">=" | "has") sum)?
//     sum:     product (("+" | "-" | "with" | "without") product)*
//     product: unary ("*" unary)*
//     unary:   ("!" | "-") unary | primary

/// Reads an expression of a rule into operations that push its value.
struct RuleExpression {
  let parts: RuleParts
  /// The event at which it is looked at; `nil` in what a number of a table means.
  let trigger: RuleTrigger?
  let locals: [String]
  /// Whether it is about one entry of a table, `entry`.
  let isProperty: Bool
  private var partCount = 0

  init(_ parts: RuleParts, trigger: RuleTrigger?, locals: [String], isProperty: Bool) {
    self.parts = parts
    self.trigger = trigger
    self.locals = locals
    self.isProperty = isProperty
  }

  /// Every word that an expression of a rule can have, beside names of the rule's own.
  static let vocabulary =
    RuleName.allCases.map(\.rawValue) + Reading.all.map(\.name)
    + MigrateType.allCases.map(\.name) + [
      "count", "bits", "has", "with", "without", "true", "false",
    ]

  /// The operators by how tightly they bind, the loosest first.
  private static let levels: [[(word: String, sign: RuleOperator)]] = [
    [("||", .or)], [("&&", .and)],
    [
      ("==", .equal), ("!=", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual),
      ("<", .less), (">", .greater), ("has", .has),
    ],
    [("+", .plus), ("-", .minus), ("without", .without), ("with", .with)], [("*", .times)],
  ]

  /// Reads an expression from the loosest operators on.
  mutating func read(_ line: inout LineReader) throws(ParseError) -> [RuleOperation] {
    try read(&line, 0)
  }

  private mutating func read(
    _ line: inout LineReader, _ level: Int,
  ) throws(ParseError) -> [RuleOperation] {
    guard level < Self.levels.count else { return try readUnary(&line) }
    var code = try read(&line, level + 1)
    while let found = Self.levels[level].first(where: { line.isNext($0.word) }) {
      try countPart(line)
      line.advance()
      code += try read(&line, level + 1)
      code.append(.binary(found.sign))
      // Comparisons do not chain.
      if level == 2 { break }
    }
    return code
  }

  private mutating func countPart(_ line: LineReader) throws(ParseError) {
    partCount += 1
    guard partCount <= LineReader.expressionLimit else {
      throw line.error(.expressionTooLarge(limit: LineReader.expressionLimit))
    }
  }

  private mutating func readUnary(_ line: inout LineReader) throws(ParseError) -> [RuleOperation] {
    try countPart(line)
    if line.take("!") { return try readUnary(&line) + [.not] }
    if line.take("-") { return try readUnary(&line) + [.negative] }
    if line.take("(") {
      let inner = try read(&line, 0)
      guard line.take(")") else { throw line.expected("a closing parenthesis") }
      return inner
    }
    let what = "a number, a name or a flag"
    guard let token = line.next else { throw line.expected(what) }
    if token.kind == .number {
      return [.push(Int64(bitPattern: try line.number(what).value))]
    }
    guard let word = line.nextWord else { throw line.expected(what) }
    if EntryFlags(word: word) != nil {
      var flags: EntryFlags = []
      while let word = line.nextWord, let flag = EntryFlags(word: word) {
        flags.formUnion(flag)
        line.advance()
      }
      return [.push(Int64(bitPattern: flags.rawValue))]
    }
    return try readName(word, &line, what)
  }

  private mutating func readName(
    _ word: String, _ line: inout LineReader, _ expectation: String,
  ) throws(ParseError) -> [RuleOperation] {
    if let local = locals.firstIndex(of: word) {
      line.advance()
      return [.loadLocal(UInt8(local))]
    }
    if let value = parts.values.firstIndex(where: { $0.name == word }) {
      line.advance()
      return [.loadValue(UInt8(value))]
    }
    if word == "count" || word == "bits" {
      return try readFunction(word, &line)
    }
    if let name = RuleName(rawValue: word) {
      try check(name, line)
      line.advance()
      return [.load(name)]
    }
    if let type = MigrateType.allCases.first(where: { $0.name == word }) {
      line.advance()
      return [.push(Int64(type.rawValue))]
    }
    if word == "true" || word == "false" {
      line.advance()
      return [.push(word == "true" ? 1 : 0)]
    }
    guard let reading = Reading(named: word) else {
      let own = parts.values.map(\.name) + locals
      throw line.expected(expectation, among: own + Self.vocabulary)
    }
    line.advance()
    switch reading {
    case .counter(let counter): return [.loadCounter(counter)]
    case .directMap(let size):
      return [
        .loadCounter(.directMap(size)), .push(Int64(size.pages.kilobytes)), .binary(.times),
      ]
    }
  }

  private mutating func readFunction(
    _ word: String, _ line: inout LineReader,
  ) throws(ParseError) -> [RuleOperation] {
    if isProperty || trigger == nil, word == "count" {
      throw line.expected("a property of one entry")
    }
    line.advance()
    guard line.take("(") else { throw line.expected("an opening parenthesis") }
    let code: [RuleOperation]
    if word == "count" {
      var property = RuleExpression(parts, trigger: trigger, locals: locals, isProperty: true)
      property.partCount = partCount
      code = Self.counting(try property.read(&line))
      partCount = property.partCount
    } else {
      code = try read(&line, 0) + [.bitCount]
    }
    guard line.take(")") else { throw line.expected("a closing parenthesis") }
    return code
  }

  /// Whether a name means something here.
  private func check(_ name: RuleName, _ line: LineReader) throws(ParseError) {
    if name == .entry {
      if !isProperty { throw line.expected("a word about the slot; entry stands in count(...)") }
      return
    }
    guard let trigger else {
      // What a number of a table means may depend on the table alone.
      let known: Set<RuleName> = [.first, .size, .slotSize, .pageKernel, .usual, .counted]
      if !known.contains(name) {
        throw line.expected("a word about the table: entry, first, size, usual or PAGE_KERNEL")
      }
      return
    }
    if !name.isKnown(at: trigger) {
      throw line.error(.rule(.notHere(name.rawValue, trigger)))
    }
  }

  // MARK: - Counting

  /// The operations that count the entries with a property.
  ///
  /// Where the property is a comparison of the entry with what is the same for all entries, that is
  /// worked out once.
  static func counting(_ property: [RuleOperation]) -> [RuleOperation] {
    guard let alike = alike(property) else {
      return [.countEntries(length: UInt16(clamping: property.count))] + property
    }
    return [
      .countAlike(
        without: alike.mask, isEqual: alike.isEqual, length: UInt16(clamping: alike.code.count))
    ] + alike.code
  }

  private static func alike(
    _ property: [RuleOperation],
  ) -> (mask: Int64, isEqual: Bool, code: [RuleOperation])? {
    guard property.first == .load(.entry), case .binary(let sign)? = property.last,
      sign == .equal || sign == .notEqual
    else { return nil }
    var rest = property.dropFirst().dropLast()
    var mask: Int64 = 0
    if case .push(let bits)? = rest.first, rest.dropFirst().first == .binary(.without) {
      mask = bits
      rest = rest.dropFirst(2)
    }
    // The rest must be one expression of its own, about no entry.
    var depth = 0
    for operation in rest {
      if operation == .load(.entry) { return nil }
      if operation.effect < 0, depth < 2 { return nil }
      if operation.effect == 0, depth < 1 { return nil }
      depth += operation.effect
    }
    return depth == 1 ? (mask, sign == .equal, Array(rest)) : nil
  }
}

extension RuleName {
  /// Whether it means something at an event. A slot there is at all but the asking for a page and the
  /// end of a call, where loops bring one.
  func isKnown(at trigger: RuleTrigger) -> Bool {
    switch self {
    case .old, .new, .index, .line, .bySplit, .byMerge:
      switch trigger {
      case .split, .written, .looked: true
      case .flush, .allocate, .allocated, .released, .freed, .whole, .falls, .calls: false
      }
    case .entry: false
    case .first, .size, .slotSize, .hasTable, .leaf, .tracked, .counted, .pageblock, .usual,
      .pageKernel, .allows2M, .merged, .calls:
      true
    case .pages, .full: trigger == .flush
    case .order: trigger.isOfBlock || trigger == .allocate
    case .blockType: trigger == .freed || trigger == .whole
    case .returned: trigger.isCall
    }
  }
}

extension RuleTrigger {
  /// Whether it is the end of a call.
  var isCall: Bool { if case .calls = self { true } else { false } }

  /// Whether it is about a block of pages that changes hands.
  var isOfBlock: Bool {
    switch self {
    case .allocated, .released, .freed, .whole: true
    case .split, .written, .looked, .flush, .allocate, .falls, .calls: false
    }
  }
}
