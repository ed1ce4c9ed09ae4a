import Engine
import Language
import Narration

// Expressions, by precedence:
//
//     or:      and ("||" and)*
//     and:     compare ("&&" compare)*
//     compare: sum (("==" | "!=" | "<" | "<=" | ">" | ">=" | "has") sum)?
//     sum:     product (("+" | "-") product)*
//     product: unary ("*" unary)*
//     unary:   ("!" | "-") unary | primary

extension LineReader {
  /// The most parts an expression may have; bounds the depth of every recursion over one.
  static let expressionLimit = 200

  /// An expression, from the loosest operators on.
  mutating func expression() throws(ParseError) -> Expression {
    guard next != nil else { throw expected(Operand.Kind.expression.expectation) }
    return try expression(1)
  }

  private mutating func expression(_ precedence: Int) throws(ParseError) -> Expression {
    guard precedence <= Expression.Operator.times.precedence else { return try unary() }
    let operators = Expression.Operator.operators(of: precedence)
    var left = try expression(precedence + 1)
    while let found = operators.first(where: { isNext($0.rawValue) }) {
      try countPart()
      advance()
      left = .binary(found, left, try expression(precedence + 1))
      // Comparisons do not chain: a < b < c means something else than it says.
      if found.precedence == Expression.Operator.equal.precedence { break }
    }
    return left
  }

  private mutating func countPart() throws(ParseError) {
    expressionParts += 1
    guard expressionParts <= Self.expressionLimit else {
      throw error(.expressionTooLarge(limit: Self.expressionLimit))
    }
  }

  private mutating func unary() throws(ParseError) -> Expression {
    try countPart()
    if take("!") { return .not(try unary()) }
    if take("-") { return .negative(try unary()) }
    if take("(") {
      let inner = try expression(1)
      guard take(")") else { throw expected("a closing parenthesis") }
      return inner
    }
    let what = "a number, a counter or a property of a page"
    guard let token = next else { throw expected(what) }
    if token.kind == .number {
      let number = try number(what)
      return number.isLength ? .length(number.value) : .number(number.value)
    }
    guard let word = nextWord else { throw expected(what) }
    if EntryFlags(word: word) != nil { return .flags(flagWords()) }
    return try name(word, what)
  }

  private mutating func flagWords() -> EntryFlags {
    var flags: EntryFlags = []
    while let word = nextWord, let flag = EntryFlags(word: word) {
      flags.formUnion(flag)
      advance()
    }
    return flags
  }

  private mutating func name(_ word: String, _ expectation: String) throws(ParseError) -> Expression
  {
    if let property = Expression.Property(rawValue: word) {
      advance()
      return .leaf(
        property,
        try inParentheses { reader throws(ParseError) in
          try reader.target(Operand.Kind.target.expectation)
        })
    }
    if let property = Expression.AreaProperty(rawValue: word), afterNext?.text == "(" {
      advance()
      return .area(
        property,
        try inParentheses { reader throws(ParseError) in
          try reader.areaName(Operand.Kind.area.expectation)
        })
    }
    if word == "last" {
      advance()
      return .last(try inParentheses { reader throws(ParseError) in try reader.reading() })
    }
    if take("ret") { return .returned }
    if let constant = Expression.Constant(rawValue: word) {
      advance()
      return .constant(constant)
    }
    if let quantity = Expression.Quantity(rawValue: word) {
      advance()
      return .quantity(quantity)
    }
    if let measure = Expression.TLBMeasure(rawValue: word) {
      advance()
      guard isNext("(") else { return .tlb(measure, nil) }
      return .tlb(
        measure,
        try inParentheses { reader throws(ParseError) in
          try reader.areaName("the name that a tlb line gave with as")
        })
    }
    guard let reading = Reading(named: word) else {
      throw expected(expectation, among: Expression.vocabulary)
    }
    advance()
    return .reading(reading)
  }

  private mutating func reading() throws(ParseError) -> Reading {
    guard let word = nextWord, let reading = Reading(named: word) else {
      throw expected("the name of a counter such as cpa_flush", among: Reading.all.map(\.name))
    }
    advance()
    return reading
  }

  private mutating func inParentheses<Value>(
    _ read: (inout LineReader) throws(ParseError) -> Value,
  ) throws(ParseError) -> Value {
    guard take("(") else { throw expected("an opening parenthesis") }
    let value = try read(&self)
    guard take(")") else { throw expected("a closing parenthesis") }
    return value
  }
}
