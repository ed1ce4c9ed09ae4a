import Engine
import Language

// Operands of the users of special permissions and of policies.

extension LineReader {
  /// The largest number of a node: `MAX_NUMNODES` on x86-64 is 1024.
  static let nodeLimit = 1023

  mutating func readOfUser(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .module: try readModule(into: &values)
    case .bytes: values.bytes = try bytes(kind.expectation)
    case .group:
      advance()
      values.options.flags.insert(.group)
    case .reset:
      advance()
      values.options.flags.insert(.resetsPermissions)
    case .huge:
      advance()
      values.options.allowsHuge = true
    case .interleave:
      advance()
      values.options.isInterleaved = true
    case .noflush:
      advance()
      values.isWithoutFlush = true
    case .classic:
      advance()
      values.isClassic = true
    case .align:
      advance()
      values.align = try number(kind.expectation).value
    case .gfp:
      advance()
      let bits = try plain(0...Int(UInt32.max), "32 bits such as 0xcc0")
      values.options.gfp = GFPFlags(rawValue: UInt32(bits))
    case .policy:
      let names = PolicyName.allCases.map(\.rawValue)
      values.policy = try choice(
        PolicyName.allCases, \.rawValue, Self.listing(kind.expectation, names))
    case .scanCount: values.number = try plain(0...Int(UInt32.max), kind.expectation)
    case .priority: values.number = try plain(0...12, kind.expectation)
    case .answer: values.answer = try answer(kind.expectation)
    case .limit: if !take("off") { values.limit = try plain(0...Int.max, kind.expectation) }
    default: break
    }
  }

  /// What the page allocator answers: an order and a frame, or none; or a scan before it answers.
  private mutating func answer(_ what: String) throws(ParseError) -> PageSupply.Answer {
    if take("scan") {
      let names = PolicyName.allCases.map(\.rawValue)
      let policy = try choice(
        PolicyName.allCases, \.rawValue, Self.listing(Operand.Kind.policy.expectation, names))
      let pages = try plain(0...Int(UInt32.max), Operand.Kind.scanCount.expectation)
      var node = -1
      if take("node") { node = try plain(0...Self.nodeLimit, Operand.Kind.node.expectation) }
      return .scan(policy, node: node, pages: pages)
    }
    let order = try plain(0...10, what)
    if take("none") { return .block(order: order, nil) }
    return .block(order: order, try frame(Operand.Kind.frame.expectation))
  }

  /// Parts and their bytes in any order, or the name of a file.
  private mutating func readModule(into values: inout OperandValues) throws(ParseError) {
    let what = Operand.Kind.module.expectation
    if take("ko") {
      _ = take(":")
      values.file = try string("the name of a file")
      return
    }
    var settled: [ModuleSizes.Part] = []
    while next != nil {
      let before = self
      let part = try choice(ModuleSizes.Part.allCases, \.rawValue, what)
      if settled.contains(part) { throw before.error(.setupTwice(part.rawValue)) }
      settled.append(part)
      guard take("=") else { throw expected("= and a number of bytes") }
      values.module[part] = try bytes(Operand.Kind.bytes.expectation)
    }
  }

  /// A number of bytes, plain or with a unit.
  private mutating func bytes(_ expectation: String) throws(ParseError) -> UInt32 {
    let before = self
    let number = try number(expectation)
    guard let bytes = UInt32(exactly: number.value) else {
      throw before.error(.numberTooLarge(before.next?.text ?? "", limit: "32 bits"))
    }
    return bytes
  }

  /// A number without a unit within a range.
  mutating func plain(
    _ range: ClosedRange<Int>, _ expectation: String,
  ) throws(ParseError) -> Int {
    let before = self
    let number = try number(expectation)
    guard !number.isLength, let value = Int(exactly: number.value), range.contains(value) else {
      throw before.expected(expectation)
    }
    return value
  }
}
