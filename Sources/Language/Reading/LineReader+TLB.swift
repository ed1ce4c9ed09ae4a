import Engine
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
    question.run.accesses = UInt64(max(1, AddressList.count(question.run.pattern)))
  }
}

/// Virtual addresses as text: separated by spaces or line ends; `#` begins a comment.
package struct AddressList {
  /// The addresses, in order.
  let addresses: [VirtualAddress]

  /// Reads a list: all of it, or the first thing that is wrong with its line.
  init(_ text: String) throws(AddressListError) {
    var found: [VirtualAddress] = []
    let lines = text.unicodeScalars.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" })
    for (index, line) in lines.enumerated() {
      let said = line.prefix { $0 != "#" }
      for word in said.split(whereSeparator: { $0.properties.isWhitespace }) {
        let text = String(word)
        guard let address = Self.address(text) else {
          throw AddressListError(line: index + 1, found: Self.shown(text))
        }
        found.append(address)
      }
      guard found.count <= TLBQuestion.addressLimit else {
        throw AddressListError(line: index + 1, found: nil)
      }
    }
    guard !found.isEmpty else { throw AddressListError(line: 1, found: "") }
    addresses = found
  }

  private static func address(_ text: String) -> VirtualAddress? {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit), let value = UInt64(digits, radix: 16),
      VirtualAddress(value).isCanonicalWithFiveLevels
    else { return nil }
    return VirtualAddress(value)
  }

  /// The beginning of a word, without what a terminal would obey.
  private static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(40).map { scalar in
      [.control, .format].contains(scalar.properties.generalCategory) ? "?" : String(scalar)
    }
    return scalars.joined()
  }

  /// How many addresses a pattern lists.
  package static func count(_ pattern: AccessPattern) -> Int {
    if case .list(let addresses) = pattern { addresses.count } else { 0 }
  }
}

/// Why a list of addresses cannot be read.
struct AddressListError: Error, CustomStringConvertible {
  /// The line, from 1.
  var line: Int
  /// What stands there instead; `nil` if there are too many, empty if there are none.
  var found: String?

  var description: String {
    switch found {
    case nil: "a list of up to \(TLBQuestion.addressLimit) addresses; line \(line) goes on"
    case "": "a list of at least one address such as 0xffff888180000000"
    case .some(let text):
      "an address in hexadecimal such as ffff888180000000 in line \(line) of the list, not "
        + "'\(text)'"
    }
  }
}
