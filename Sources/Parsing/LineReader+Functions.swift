import Engine
import Language

extension LineReader {
  /// The name of a function of the kernel and its arguments, up to the end of the line.
  mutating func readFunction(into values: inout OperandValues) throws(ParseError) {
    guard let name = nextWord else { throw expected(Operand.Kind.function.expectation) }
    advance()
    values.function = FunctionCall(name, [])
    while next != nil {
      guard values.function.arguments.count < FunctionCall.argumentsMax else {
        throw expected("the end of the line: a function is given at most six arguments")
      }
      values.function.arguments.append(try functionArgument())
    }
  }

  private mutating func functionArgument() throws(ParseError) -> FunctionCall.Argument {
    let what = "a number, a place such as pfn:0x180000, or page:0x180000 for its struct page"
    if afterNext?.text == ":", nextWord == "page" {
      advance()
      advance()
      let before = self
      let number = try number("the number of a frame")
      guard !number.isLength, number.value < AddressLayout.pfnLimit.rawValue else {
        throw before.expected("the number of a frame")
      }
      return .page(PFN(number.value))
    }
    if next?.kind == .number {
      let number = try number(what)
      return .number(number.value)
    }
    if take("-") {
      let number = try number(what)
      return .number(0 &- number.value)
    }
    switch try target(what) {
    case .frame(let pfn): return .frame(pfn)
    case .area(let name, let page): return .area(name, page: page)
    case .virtual(let address): return .number(address.rawValue)
    }
  }
}
