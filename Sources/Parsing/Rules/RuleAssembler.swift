import Engine
import Language

/// Puts the lines of a handler together as code: conditions become jumps, loops know their ends.
struct RuleAssembler {
  private var code: [RuleOperation] = []
  private var locals: [String] = []
  private var blocks: [Block] = []
  /// The jump over the whole handler, of `when ... if`.
  private(set) var guardPlace: Int?

  private struct Block {
    /// The places of jumps that go to its end.
    var toEnd: [Int] = []
    /// The place of the jump over the branch under way.
    var toElse: Int?
    /// The place of the loop's operation.
    var loop: Int?
  }

  /// The words that lines of a handler begin with; `docs/rules.md` says what they do.
  static let words = [
    "let", "if", "else", "each", "track", "recount", "check", "merge", "collapse", "wait", "flush",
    "cost", "retype", "relist", "refuse", "serve", "do",
  ]

  /// Whether an `if` or `each` is open.
  var isOpen: Bool { !blocks.isEmpty }

  /// The code, when nothing is open.
  var finished: RuleCode {
    var code = code
    if let guardPlace { code[guardPlace] = .jumpIfZero(UInt16(clamping: code.count)) }
    return RuleCode(code)
  }

  /// Reads the condition of the whole handler.
  mutating func readCondition(
    _ line: inout LineReader, _ trigger: RuleTrigger, _ parts: RuleParts,
  ) throws(ParseError) {
    try add(expression: &line, trigger, parts)
    guardPlace = code.count
    code.append(.jumpIfZero(0))
  }

  /// Reads a line.
  ///
  /// - Parameter number: its number in the rule.
  mutating func read(
    _ line: inout LineReader, _ trigger: RuleTrigger, number: Int, _ parts: inout RuleParts,
  ) throws(ParseError) {
    guard code.count < RuleCode.lengthLimit else { throw line.error(.rule(.tooLong)) }
    let words = Self.words + ["when", "end"] + parts.values.map(\.name) + locals
    guard let word = line.nextWord else {
      throw line.expected("a line of a handler", among: words)
    }
    if line.afterNext?.text == "=", word != "let" {
      return try readAssignment(word, &line, trigger, number, parts)
    }
    guard words.contains(word) else {
      throw line.expected(LineReader.listing("an action", Self.words), among: words)
    }
    let before = line
    line.advance()
    switch word {
    case "let": try readLocal(&line, trigger, number, parts)
    case "if": try readIf(&line, trigger, number, parts)
    case "else": try readElse(&line, before, trigger, number, parts)
    case "each": try readEach(&line, trigger)
    case "end": endBlock()
    case "do":
      guard trigger.isCall else { throw before.error(.rule(.notHere(word, trigger))) }
      guard parts.calls.count < UInt8.max else { throw before.error(.rule(.tooLong)) }
      guard case .call(let call) = try line.statement() else {
        throw before.expected("a call behind do")
      }
      tell(number)
      code.append(.call(UInt8(parts.calls.count)))
      parts.calls.append(call)
    default: try readAction(word, &line, before, trigger, number, parts)
    }
    try line.expectEnd()
  }

  // MARK: - Blocks

  private mutating func readIf(
    _ line: inout LineReader, _ trigger: RuleTrigger, _ number: Int, _ parts: RuleParts,
  ) throws(ParseError) {
    try add(expression: &line, trigger, parts)
    blocks.append(Block(toElse: code.count))
    code.append(.jumpIfZero(0))
    tell(number)
  }

  private mutating func readElse(
    _ line: inout LineReader, _ before: LineReader, _ trigger: RuleTrigger, _ number: Int,
    _ parts: RuleParts,
  ) throws(ParseError) {
    guard var block = blocks.popLast(), let toElse = block.toElse else {
      throw before.error(.rule(.strayElse))
    }
    block.toEnd.append(code.count)
    code.append(.jump(0))
    code[toElse] = .jumpIfZero(UInt16(clamping: code.count))
    block.toElse = nil
    if line.take("if") {
      try add(expression: &line, trigger, parts)
      block.toElse = code.count
      code.append(.jumpIfZero(0))
      tell(number)
    }
    blocks.append(block)
  }

  private mutating func readEach(
    _ line: inout LineReader, _ trigger: RuleTrigger,
  ) throws(ParseError) {
    guard let size = line.next.flatMap({ LeafSize(name: $0.text) }), size != .size4K else {
      throw line.expected("2M or 1G", among: ["2M", "1G"])
    }
    line.advance()
    guard line.take("in") else { throw line.expected("in", among: ["in"]) }
    let before = line
    let places = RuleLoop.Place.allCases
    let place = try line.choice(
      places, \.rawValue, LineReader.listing("where", places.map(\.rawValue)))
    let isThere =
      switch place {
      case .request: trigger == .flush
      case .block: trigger.isOfBlock
      case .slot: !trigger.isCall && trigger != .allocate || blocks.contains { $0.loop != nil }
      case .memory: trigger.isCall || trigger == .flush
      }
    guard isThere else { throw before.error(.rule(.notHere(place.rawValue, trigger))) }
    blocks.append(Block(loop: code.count))
    code.append(.each(RuleLoop(size, in: place), end: 0))
  }

  private mutating func endBlock() {
    guard let block = blocks.popLast() else { return }
    let end = UInt16(clamping: code.count)
    if let toElse = block.toElse { code[toElse] = .jumpIfZero(end) }
    for jump in block.toEnd { code[jump] = .jump(end) }
    if let loop = block.loop, case .each(let kind, end: _) = code[loop] {
      code[loop] = .each(kind, end: end)
    }
  }

  // MARK: - Numbers

  private mutating func readLocal(
    _ line: inout LineReader, _ trigger: RuleTrigger, _ number: Int, _ parts: RuleParts,
  ) throws(ParseError) {
    guard locals.count < Rule.localLimit else { throw line.error(.rule(.tooManyLocals)) }
    let name = try line.newRuleName(beside: parts, locals: locals)
    guard line.take("=") else { throw line.expected("= and an expression", among: []) }
    try add(expression: &line, trigger, parts)
    tell(number, true)
    code.append(.storeLocal(UInt8(locals.count)))
    locals.append(name)
  }

  private mutating func readAssignment(
    _ word: String, _ line: inout LineReader, _ trigger: RuleTrigger, _ number: Int,
    _ parts: RuleParts,
  ) throws(ParseError) {
    let local = locals.firstIndex(of: word)
    let value = parts.values.firstIndex { $0.name == word }
    guard local != nil || value != nil else {
      throw line.expected(
        "a number of the rule", among: parts.values.map(\.name) + locals + Self.words)
    }
    line.advance()
    line.advance()
    try add(expression: &line, trigger, parts)
    try line.expectEnd()
    tell(number, true)
    if let local { code.append(.storeLocal(UInt8(local))) }
    if let value, local == nil { code.append(.storeValue(UInt8(value))) }
  }

  // MARK: - Actions

  /// What actions are checked against: where they stand.
  private struct Site {
    var word: String
    var trigger: RuleTrigger
    var number: Int
    var hasSlot: Bool
    /// The reader before the word, for errors about it.
    var before: LineReader

    func needs(_ isThere: Bool) throws(ParseError) {
      if !isThere { throw before.error(.rule(.notHere(word, trigger))) }
    }
  }

  private mutating func readAction(
    _ word: String, _ line: inout LineReader, _ before: LineReader, _ trigger: RuleTrigger,
    _ number: Int, _ parts: RuleParts,
  ) throws(ParseError) {
    let isInLoop = blocks.contains { $0.loop != nil }
    let site = Site(
      word: word, trigger: trigger, number: number,
      hasSlot: isInLoop || !trigger.isCall && trigger != .allocate, before: before)
    switch word {
    case "track", "recount", "check", "merge", "collapse", "wait":
      try readTableAction(site, &line, parts)
    case "flush":
      let isOfSlot = line.take("slot")
      if isOfSlot { try site.needs(site.hasSlot) }
      tell(number)
      code.append(isOfSlot ? .flushRange : .flushAll)
    case "cost":
      let counters: [(name: String, counter: Counter)] = [
        ("entries", .entriesScanned), ("words", .wordsTested), ("flushes", .mergeFlushes),
      ]
      let what = LineReader.listing("what it costs", counters.map(\.name))
      let counter = try line.choice(counters, \.name, what).counter
      try add(expression: &line, trigger, parts)
      code.append(.cost(counter))
    default: try readPageAction(site, &line, parts)
    }
  }

  /// An action on the table of the slot.
  private mutating func readTableAction(
    _ site: Site, _ line: inout LineReader, _ parts: RuleParts,
  ) throws(ParseError) {
    try site.needs(site.hasSlot)
    switch site.word {
    case "track":
      try site.needs(site.trigger == .split)
      tell(site.number)
      code.append(.track)
    case "merge":
      try add(expression: &line, site.trigger, parts)
      let leaks = line.take("leaking")
      tell(site.number, true)
      code.append(.merge(leaks: leaks))
    case "collapse":
      tell(site.number)
      code.append(.collapse)
    case "wait":
      try add(expression: &line, site.trigger, parts)
      code.append(.wait)
    default:
      let value = try line.tableValue(of: parts)
      let isNear = site.word == "recount" && line.take("near")
      if isNear { try site.needs(site.trigger == .written || site.trigger == .looked) }
      tell(site.number)
      code.append(site.word == "check" ? .check(value) : .recount(value, isNear: isNear))
    }
  }

  /// An action on pages and blocks.
  private mutating func readPageAction(
    _ site: Site, _ line: inout LineReader, _ parts: RuleParts,
  ) throws(ParseError) {
    switch site.word {
    // Only a free block is on a list.
    case "relist": try site.needs(site.trigger == .freed || site.trigger == .whole)
    case "retype": try site.needs(site.trigger.isOfBlock)
    default: try site.needs(site.trigger == .allocate)
    }
    if site.word != "refuse" { try add(expression: &line, site.trigger, parts) }
    tell(site.number)
    switch site.word {
    case "retype": code.append(.retype)
    case "relist": code.append(.relist)
    case "refuse": code.append(.refuse)
    default: code.append(.serve)
    }
  }

  private mutating func add(
    expression line: inout LineReader, _ trigger: RuleTrigger, _ parts: RuleParts,
  ) throws(ParseError) {
    var expression = RuleExpression(parts, trigger: trigger, locals: locals, isProperty: false)
    code += try expression.read(&line)
  }

  private mutating func tell(_ number: Int, _ tellsNumber: Bool = false) {
    code.append(.line(UInt16(clamping: number), tellsNumber: tellsNumber))
  }
}

extension LineReader {
  /// The place of a number that is kept with tables.
  mutating func tableValue(of parts: RuleParts) throws(ParseError) -> UInt8 {
    let values = parts.values.enumerated().filter { $0.element.scope == .table }
    let what = Self.listing("a number kept with tables", values.map(\.element.name))
    return UInt8(clamping: try choice(Array(values), \.element.name, what).offset)
  }
}
