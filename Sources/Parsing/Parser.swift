import Engine
import KernelText
import Language
import Narration

/// Reads the scenario language: lines into statements.
public struct Parser: Sendable {
  /// The name that errors give the text: a file, `<stdin>`, `:`.
  public var file: String { name.text }
  /// The machines there are; `nil` lets any name pass.
  public var machines: [String]?
  /// Whether an error names the word that may have been meant.
  var suggests = true
  private let name: SourceLocation.FileName

  /// The most wrong lines of a text for which the word is looked up that may have been meant: a file of
  /// another kind may have a million, and who reads it looks at the first.
  static let suggestionsMax = 100

  /// Creates a parser.
  public init(file: String, machines: [String]? = nil) {
    name = SourceLocation.FileName(file)
    self.machines = machines
  }

  /// A line that says something.
  enum Line {
    /// What it says.
    case statement(LocatedStatement)
    /// What is wrong with it, and the line as it stands.
    case wrong(ParseError, String)

    /// What is wrong with it.
    var error: ParseError? { if case .wrong(let error, _) = self { error } else { nil } }
  }

  /// Reads the next line that says something; nil at the end.
  ///
  /// - Throws: what the source of the lines throws; what is wrong with a line is in the result.
  func next(in lines: inout LineStream) throws -> Line? {
    while try lines.advance() {
      guard let text = lines.validText else {
        let place = SourceLocation(in: name, line: lines.number, column: 1)
        return .wrong(ParseError(.notUTF8, at: place), lines.text)
      }
      if RuleLines.begin(text) {
        var rule = RuleLines(firstLine: text, number: lines.number)
        while !rule.isComplete, try lines.advance() {
          rule.add(lines.validText ?? "\u{fffd}", number: lines.number)
        }
        do throws(ParseError) {
          return .statement(try statement(of: rule))
        } catch {
          return .wrong(error, text)
        }
      }
      do throws(ParseError) {
        if let statement = try statement(of: Substring(text).unicodeScalars, number: lines.number) {
          return .statement(statement)
        }
      } catch {
        return .wrong(error, text)
      }
    }
    return nil
  }

  /// The error at a line that is one too many.
  func tooManyLines(_ limit: Int, at line: Int) -> ParseError {
    ParseError(.tooManyLines(limit: limit), at: SourceLocation(in: name, line: line, column: 1))
  }

  /// The statement of one line; `nil` for an empty one or a comment.
  ///
  /// - Parameter number: the line's number, from 1, for errors.
  public func statement(ofLine line: String, number: Int = 1) throws(ParseError)
    -> LocatedStatement?
  {
    if RuleLines.begin(line) {
      return try statement(of: RuleLines(firstLine: line, number: number))
    }
    return try statement(of: Substring(line).unicodeScalars, number: number)
  }

  /// The beginning of a line.
  func place(_ number: Int) -> SourceLocation {
    SourceLocation(in: name, line: number, column: 1)
  }

  private func statement(
    of line: Substring.UnicodeScalarView, number: Int,
  ) throws(ParseError) -> LocatedStatement? {
    var place = SourceLocation(in: name, line: number, column: 1)
    let tokens = try Lexer.tokens(of: line, at: place)
    guard let first = tokens.first else { return nil }
    var reader = LineReader(tokens, at: place, machines: machines)
    reader.suggests = suggests
    let statement = try reader.statement()
    place.column = first.column
    return LocatedStatement(statement, at: place)
  }
}

/// The tokens of one line and how far they are read.
struct LineReader {
  private let tokens: [Token]
  /// The place of the line, for errors.
  let start: SourceLocation
  private(set) var index = 0
  let machines: [String]?
  /// Whether an error names the word that may have been meant.
  var suggests = true
  /// The parts of the expression read so far.
  var expressionParts = 0

  init(_ tokens: [Token], at start: SourceLocation, machines: [String]?) {
    self.tokens = tokens
    self.machines = machines
    self.start = start
  }

  /// The next token; `nil` at the end of the line.
  var next: Token? { index < tokens.count ? tokens[index] : nil }

  /// The token after the next; `nil` at the end of the line.
  var afterNext: Token? { index + 1 < tokens.count ? tokens[index + 1] : nil }

  mutating func advance() { index += 1 }

  /// Takes the next token if it is this symbol or word.
  mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    index += 1
    return true
  }

  /// Whether the next token is this symbol or word.
  func isNext(_ text: String) -> Bool {
    guard let token = next, token.text == text else { return false }
    return token.kind == .word || token.kind == .symbol
  }

  /// The next token, if it is a word.
  var nextWord: String? {
    guard let token = next, token.kind == .word else { return nil }
    return token.text
  }

  /// An error at the next token, or behind the last.
  func error(_ problem: ParseError.Problem) -> ParseError {
    var place = start
    place.column =
      next?.column ?? (tokens.last.map { $0.column + $0.text.unicodeScalars.count } ?? 1)
    return ParseError(problem, at: place)
  }

  /// The word that may have been meant, where it is to be looked up.
  func nearest(_ word: String, among words: [String]) -> String? {
    suggests ? NearestWord.find(word, among: words) : nil
  }

  /// An error that something else was expected here, with the nearest of the words that would do.
  func expected(_ what: String, among words: [String] = []) -> ParseError {
    let meant = nextWord.flatMap { nearest($0, among: words) }
    return error(.expected(what, found: next?.text, nearest: meant))
  }
}

// MARK: - Commands

extension LineReader {
  /// A whole line.
  mutating func statement() throws(ParseError) -> Statement {
    let isTemporary = isNext("tbreak")
    let command = try command()
    var values = OperandValues()
    values.stop.isTemporary = isTemporary
    var leftOut: [Operand.Kind] = []
    var rest = command.operands[...]
    while let operand = rest.first {
      guard operand.isOptional else {
        try read(operand.kind, into: &values)
        leftOut = operand.kind == .expression ? [.expression] : []
        rest.removeFirst()
        continue
      }
      // What may be left out may come in any order.
      leftOut = rest.prefix { $0.isOptional }.map(\.kind)
      rest = rest.dropFirst(leftOut.count)
      while let index = leftOut.firstIndex(where: begins) {
        try read(leftOut.remove(at: index), into: &values)
      }
    }
    if next != nil { throw unexpectedEnd(of: leftOut) }
    guard let statement = command.make(values) else { throw expected("an operand") }
    return statement
  }

  /// The command at the beginning of a line: one word, or two.
  private mutating func command() throws(ParseError) -> Command {
    guard let word = nextWord else { throw expected("a command") }
    // As in gdb: a break that goes with its first hit.
    guard let commands = Command.byFirstWord[word == "tbreak" ? "break" : word] else {
      throw error(
        .unknownCommand(word, nearest: nearest(word, among: Command.firstWords)))
    }
    advance()
    if let only = commands.first, only.secondWord == nil { return only }
    let seconds = commands.compactMap(\.secondWord)
    guard let word = nextWord, let command = commands.first(where: { $0.secondWord == word })
    else { throw expected(seconds.joined(separator: " or "), among: seconds) }
    advance()
    return command
  }

  /// The error at a token behind the last operand, where this many more might have followed.
  private func unexpectedEnd(of leftOut: [Operand.Kind]) -> ParseError {
    var choices = leftOut.map { $0 == .expression ? "an operator" : $0.expectation }
    choices.append("the end of the line")
    let what = choices.dropLast().joined(separator: ", ")
    let words = leftOut.contains(.expression) ? ["has"] : leftOut.flatMap(\.keywords)
    return expected(what.isEmpty ? choices[0] : "\(what) or the end of the line", among: words)
  }

  /// Whether the next token begins an operand of this kind; asked only of those that may be left out.
  private func begins(_ kind: Operand.Kind) -> Bool {
    switch kind {
    case .count, .leafSize, .event: next?.kind == .number
    case .stride: isNext("stride")
    case .place: isNext("at")
    case .access: Call.Access.allCases.contains { isNext($0.rawValue) }
    case .module: nextWord != nil
    case .migrateType: MigrateType.chosen.contains { isNext($0.word) }
    case .node, .group, .reset, .huge, .interleave, .noflush, .classic, .align, .gfp, .once,
      .disabled, .zero,
      .atomic,
      .softirq:
      isNext(kind.rawValue)
    case .region, .onlyIf, .ignored, .commands, .origin, .anew, .folioOrder, .file, .dirty,
      .userPlace, .until:
      kind.keywords.contains { isNext($0) }
    case .target, .frame, .area, .boolean, .text, .expression, .machine, .kernel, .cpu, .onOff,
      .keys, .duration, .spot, .owner, .block, .order, .number, .pages, .percent, .operations,
      .seed,
      .bytes, .policy,
      .scanCount,
      .priority, .answer, .limit, .entries, .full, .callName, .functionName, .watched, .label,
      .calls, .format,
      .preset, .pattern, .touched, .newRange, .rangePart, .function, .bits, .shown:
      next != nil
    }
  }

  private mutating func read(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .target: values.target = try target(kind.expectation)
    case .frame: values.frame = try frame(kind.expectation)
    case .count:
      values.count = try pageCount(atLeast: 0, kind.expectation)
      values.wasCounted = true
    case .stride:
      guard take("stride") else { throw expected(kind.expectation, among: ["stride"]) }
      values.stride = try pageCount(atLeast: 0, Operand.Kind.count.expectation)
    case .place:
      guard take("at") else { throw expected(kind.expectation, among: ["at"]) }
      values.place = try address()
    case .area: values.area = try areaName(kind.expectation)
    case .access: values.access = try choice(Call.Access.allCases, \.rawValue, kind.expectation)
    case .boolean:
      values.boolean = try choice(["true", "false"], \.self, kind.expectation) == "true"
    case .text:
      values.texts.append(try string(kind.expectation))
      values.text = values.texts[0]
    case .expression: values.expression = try expression()
    case .machine: values.text = try machine(kind.expectation)
    case .kernel:
      let what = Self.listing(kind.expectation, KernelProfile.all.map(\.name))
      values.text = try choice(KernelProfile.all, \.name, what).name
    case .cpu: values.cpu = try cpuSwitch(kind.expectation)
    case .leafSize:
      guard let size = next.flatMap({ LeafSize(name: $0.text) }), size != .size4K else {
        throw expected(kind.expectation)
      }
      advance()
      values.leafSize = size
    case .onOff: values.isOn = try isOn()
    case .owner, .block, .order, .node, .number, .migrateType, .pages, .percent, .operations, .seed,
      .zero, .atomic, .softirq:
      try readOfMemory(kind, into: &values)
    case .module, .bytes, .group, .reset, .huge, .interleave, .noflush, .classic, .align, .gfp,
      .policy,
      .scanCount,
      .priority, .answer, .limit:
      try readOfUser(kind, into: &values)
    case .region, .entries, .full, .callName, .functionName, .watched, .onlyIf, .once, .ignored,
      .disabled,
      .commands:
      try readOfStop(kind, into: &values)
    case .newRange, .rangePart, .folioOrder, .file, .dirty, .userPlace:
      try readOfProcess(kind, into: &values)
    case .label, .origin, .anew, .calls, .event, .format: try readOfSession(kind, into: &values)
    case .preset, .pattern, .touched: try readOfTLB(kind, into: &values)
    case .function: try readFunction(into: &values)
    case .bits: values.poke = try entryPoke()
    case .shown:
      if take("all") {
        values.shown = nil
      } else {
        guard let token = next, token.kind == .number, let number = Int(token.text) else {
          throw expected(kind.expectation, among: ["all"])
        }
        advance()
        values.shown = number
      }
    case .keys, .duration, .until, .spot: try readOfDirection(kind, into: &values)
    }
  }

  /// One of a few words.
  mutating func choice<Value>(
    _ values: [Value], _ name: (Value) -> String, _ expectation: String,
  ) throws(ParseError) -> Value {
    guard let word = nextWord, let value = values.first(where: { name($0) == word }) else {
      throw expected(expectation, among: values.map(name))
    }
    advance()
    return value
  }

  /// What was expected, and all there is to choose from, so that nobody has to guess twice.
  static func listing(_ expectation: String, _ names: [String]) -> String {
    "\(expectation) (\(names.joined(separator: ", ")))"
  }

  /// `with BIT... without BIT... flush`: what is done to an entry. One of the first two must be there.
  private mutating func entryPoke() throws(ParseError) -> EntryPoke {
    var poke = EntryPoke()
    while isNext("with") || isNext("without") {
      let sets = isNext("with")
      advance()
      var flags: EntryFlags = []
      while let word = nextWord, word != "PSE", let flag = EntryFlags(word: word) {
        let rival = sets ? poke.clear : poke.set
        guard EntryPoke.possible.isSuperset(of: flag), rival.isDisjoint(with: flag) else { break }
        flags.formUnion(flag)
        advance()
      }
      if flags.isEmpty {
        let names = EntryPoke.words.map(\.name)
        throw expected(Self.listing("a bit", names), among: names)
      }
      if sets { poke.set.formUnion(flags) } else { poke.clear.formUnion(flags) }
    }
    guard !poke.set.isEmpty || !poke.clear.isEmpty else {
      throw expected(Operand.Kind.bits.expectation, among: Operand.Kind.bits.keywords)
    }
    poke.flushes = take("flush")
    return poke
  }

  private mutating func machine(_ expectation: String) throws(ParseError) -> String {
    if let machines {
      return try choice(machines, \.self, Self.listing(expectation, machines))
    }
    guard let word = nextWord else { throw expected(expectation) }
    advance()
    return word
  }

  mutating func string(_ expectation: String) throws(ParseError) -> String {
    guard case .string(let text)? = next?.kind else { throw expected(expectation) }
    advance()
    return text
  }

  private mutating func cpuSwitch(_ expectation: String) throws(ParseError) -> CPUSwitch {
    if take("count") {
      let limit = CPUSwitch.countLimit
      let what = "a number of CPUs from 1 to \(limit)"
      guard let token = next, token.kind == .number, let count = Int(token.text),
        (1...limit).contains(count)
      else { throw expected(what) }
      advance()
      return .count(count)
    }
    guard let word = nextWord, let name = CPUFeatures.Switch(word: word) else {
      let names = CPUFeatures.Switch.allCases.map(\.word) + ["count"]
      throw expected(Self.listing(expectation, names), among: names)
    }
    advance()
    return .feature(name, try isOn())
  }

  mutating func isOn() throws(ParseError) -> Bool {
    try choice(["on", "off"], \.self, Operand.Kind.onOff.expectation) == "on"
  }
}
