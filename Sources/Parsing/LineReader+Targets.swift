import Engine
import Language

// Numbers, and the places that calls begin at.

extension LineReader {
  /// A number as it stands in a line: plain, or a length with a unit.
  struct Number {
    var value: UInt64
    var isLength: Bool
  }

  /// No number of pages is larger: the 52 bits of a physical address.
  static let pageCountLimit: UInt64 = 1 << 40

  /// The next token as a number: decimal or `0x`, with `_` anywhere and a unit (K, M, G, T) at the end.
  mutating func number(_ expectation: String) throws(ParseError) -> Number {
    guard let token = next, token.kind == .number else { throw expected(expectation) }
    var digits = Substring(token.text.filter { $0 != "_" })
    var shift: UInt64 = 0
    if let unit = digits.last, let power = "KMGT".firstIndex(of: Character(unit.uppercased())) {
      shift = 10 * UInt64("KMGT".distance(from: "KMGT".startIndex, to: power) + 1)
      digits.removeLast()
    }
    let isHex = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    let radix = isHex ? 16 : 10
    if isHex { digits.removeFirst(2) }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isHexDigit && (isHex || $0.isNumber) }) else {
      throw error(.malformedNumber(token.text))
    }
    guard let value = UInt64(digits, radix: radix), value <= UInt64.max >> shift else {
      throw error(.numberTooLarge(token.text, limit: "64 bits"))
    }
    advance()
    return Number(value: value << shift, isLength: shift > 0)
  }

  /// A number of pages: a plain number, or a length.
  mutating func pageCount(
    atLeast least: UInt64, _ expectation: String,
  ) throws(ParseError) -> PageCount {
    let before = self
    let text = next?.text ?? ""
    let number = try number(expectation)
    if number.isLength, number.value % LeafSize.size4K.bytes != 0 {
      throw before.error(.notWholePages(text))
    }
    let pages = number.isLength ? number.value >> 12 : number.value
    guard pages >= least else { throw before.expected(expectation) }
    guard pages <= Self.pageCountLimit else {
      throw before.error(.numberTooLarge(text, limit: "2^40 pages"))
    }
    return PageCount(pages)
  }

  /// `+ N` behind a place; 0 pages if there is none.
  private mutating func offset() throws(ParseError) -> PageCount {
    guard take("+") else { return 0 }
    return try pageCount(atLeast: 0, Operand.Kind.count.expectation)
  }

  /// A virtual address of the kernel's half.
  mutating func address() throws(ParseError) -> VirtualAddress {
    let what = "a virtual address of the kernel, such as 0xffffc90000000000"
    let before = self
    let number = try number(what)
    guard !number.isLength, number.value >= Self.kernelHalf else { throw before.expected(what) }
    return VirtualAddress(number.value)
  }

  /// The first address of the kernel's half of the address space, on machines with five levels of page
  /// tables, where it is lowest.
  static let kernelHalf = AddressLayout.x86FiveLevels.kernelStart.rawValue

  /// The name of an area.
  mutating func areaName(_ expectation: String) throws(ParseError) -> Name {
    guard let word = nextWord else { throw expected(expectation) }
    guard let name = Name(word) else {
      throw expected("\(expectation), at most \(Name.limit) characters")
    }
    advance()
    return name
  }

  /// A frame: `pfn:` and its number or `phys:` and its address, and pages up from there.
  mutating func frame(_ expectation: String) throws(ParseError) -> PFN {
    let before = self
    let isNumber: Bool
    if afterNext?.text == ":", let word = nextWord, word == "pfn" || word == "phys" {
      isNumber = word == "pfn"
    } else {
      let nearest = afterNext?.text == ":" ? ["pfn", "phys"] : []
      throw expected(expectation, among: nearest)
    }
    advance()
    advance()
    let atNumber = self
    let number = try number(isNumber ? "the number of a frame" : "a physical address")
    if isNumber, number.isLength { throw atNumber.expected("the number of a frame") }
    let first = isNumber ? number.value : number.value >> 12
    let (frame, overflows) = first.addingReportingOverflow(try offset().rawValue)
    guard !overflows, frame < AddressLayout.pfnLimit.rawValue else {
      throw before.error(
        .numberTooLarge(atNumber.next?.text ?? "", limit: "64 TiB of memory, the direct map's room")
      )
    }
    return PFN(frame)
  }

  /// Where a call begins.
  mutating func target(_ expectation: String) throws(ParseError) -> Call.Target {
    guard let token = next else { throw expected(expectation) }
    if afterNext?.text == ":" { return .frame(try frame(expectation)) }
    if token.kind == .word {
      let name = try areaName(expectation)
      return .area(name, page: try offset())
    }
    let before = self
    let number = try number(expectation)
    guard !number.isLength, number.value >= Self.kernelHalf else {
      throw before.expected(expectation)
    }
    let (address, overflows) = number.value.addingReportingOverflow(try offset().bytes)
    guard !overflows else {
      throw before.error(.numberTooLarge(token.text, limit: "64 bits"))
    }
    return .virtual(VirtualAddress(address))
  }
}
