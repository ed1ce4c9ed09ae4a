import Engine
import Language

extension LineReader {
  /// Reads the operands that only commands of processes have.
  mutating func readOfProcess(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    let what = kind.expectation
    switch kind {
    case .newRange: values.area = try areaName(what)
    case .rangePart:
      values.area = try areaName(what)
      if take("+") { values.firstPage = try pageCount(atLeast: 0, Operand.Kind.count.expectation) }
    case .folioOrder:
      advance()
      values.order = try plain(0...UserRange.orderLimit, what)
    case .file:
      advance()
      values.traits.insert(.file)
    case .dirty:
      advance()
      values.traits.insert(.dirty)
    case .userPlace:
      advance()
      let before = self
      let number = try number(what)
      guard !number.isLength, number.value < 1 << 56 else { throw before.expected(what) }
      values.place = VirtualAddress(number.value)
    default: throw expected(what)
    }
  }
}
