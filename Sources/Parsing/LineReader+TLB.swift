import Language
import TLB

// Operands of `tlb`.

extension LineReader {
  mutating func readOfTLB(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    switch kind {
    case .preset:
      let what = Self.listing(kind.expectation, TLBModel.all.map(\.name))
      values.tlb.run.model = try choice(TLBModel.all, \.name, what)
    case .pattern:
      let names = AccessPattern.Name.allCases
      let what = Self.listing(kind.expectation, names.map(\.rawValue))
      values.tlb.run.pattern = AccessPattern(try choice(names, \.rawValue, what))
    case .touched: try readAccesses(&values.tlb)
    default: break
    }
    // A list is of no use before its addresses are read.
    if kind == .pattern, case .list = values.tlb.run.pattern { try readAddresses(&values.tlb) }
  }

  /// What is touched, and how often: in any order, to the end of the line.
  private mutating func readAccesses(_ question: inout TLBQuestion) throws(ParseError) {
    var settled: [String] = []
    while let token = next {
      let before = self
      let key = TLBQuestion.keywords.contains(token.text) && afterNext?.text != "+"
      let word = key && token.text != "all" ? token.text : "a target"
      if settled.contains(word) { throw before.error(.setupTwice(word)) }
      settled.append(word)
      if word != "a target" { advance() }
      switch word {
      case "step": try readStep(&question, before)
      case "nodes", "every": try readTable(word, &question, before)
      case "accesses":
        let limit = Int(TLBRun.accessLimit)
        question.run.accesses = UInt64(try plain(1...limit, "a number of accesses up to \(limit)"))
      case "seed": question.run.seed = try number(Operand.Kind.seed.expectation).value
      case "as": question.label = try areaName("a name for the answer")
      case "file": throw before.expected("a file only behind list")
      default:
        switch question.run.pattern {
        case .modules, .list: throw before.expected("no target, for \(question.run.pattern.name)")
        case .sequential, .random, .chase, .hash: question.run.target = try accessTarget()
        }
      }
    }
  }

  private mutating func readStep(
    _ question: inout TLBQuestion, _ before: LineReader,
  ) throws(ParseError) {
    let what = "a number of bytes such as 64 or 4K"
    let value = try number(what).value
    guard value > 0 else { throw before.expected(what) }
    switch question.run.pattern {
    case .sequential: question.run.pattern = .sequential(step: value)
    case .chase: question.run.pattern = .chase(step: value)
    default: throw before.expected("step only behind sequential or chase")
    }
  }

  private mutating func readTable(
    _ word: String, _ question: inout TLBQuestion, _ before: LineReader,
  ) throws(ParseError) {
    guard case .hash(var table) = question.run.pattern else {
      throw before.expected("\(word) only behind hash")
    }
    if word == "nodes" {
      table.nodes = try accessTarget()
    } else {
      table.every = UInt64(try plain(0...1_000_000_000, "after how many lookups a node is read"))
    }
    question.run.pattern = .hash(table)
  }

  private mutating func accessTarget() throws(ParseError) -> AccessTarget {
    if isNext("all"), afterNext?.text != "+" {
      advance()
      return .everything
    }
    let target = try target("all, or " + Operand.Kind.target.expectation)
    guard next?.kind == .number else { return .pages(target, nil) }
    return .pages(target, try pageCount(atLeast: 1, Operand.Kind.count.expectation))
  }

  /// A list between quotation marks, or the file that has it.
  private mutating func readAddresses(_ question: inout TLBQuestion) throws(ParseError) {
    if take("file") {
      question.file = try string("the name of a file")
      return
    }
    let before = self
    let text = try string("addresses between quotation marks, or file and its name")
    do throws(AddressListError) {
      question.run.pattern = .list(try AddressList(text).addresses)
    } catch {
      throw before.expected("\(error)")
    }
    question.run.accesses = UInt64(max(1, question.run.pattern.listedCount))
  }
}
