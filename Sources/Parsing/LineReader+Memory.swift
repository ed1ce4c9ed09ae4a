import Engine
import Language
import Narration

extension LineReader {
  /// Reads the operands that only commands of the page allocator have.
  mutating func readOfMemory(
    _ kind: Operand.Kind, into values: inout OperandValues,
  ) throws(ParseError) {
    let what = kind.expectation
    switch kind {
    case .owner: values.area = try areaName(what)
    case .block:
      guard afterNext?.text == ":" else {
        values.area = try areaName(what)
        return
      }
      values.frame = try frame(what)
      values.order = Int(try number(upTo: 10, Operand.Kind.order.expectation))
    case .order: values.order = Int(try number(upTo: 10, what))
    case .node:
      guard take("node") else { throw expected(what, among: ["node"]) }
      values.node = Int(try number(upTo: UInt64(Self.nodeLimit), what))
      values.options.node = values.node
    case .number: values.node = Int(try number(upTo: UInt64(Self.nodeLimit), what))
    case .migrateType: values.migrateType = try choice(MigrateType.chosen, \.word, what)
    case .zero: if take("zero") { values.pageTraits.insert(.zeroed) }
    case .atomic: if take("atomic") { values.pageTraits.insert(.atomic) }
    case .softirq: values.isInSoftirq = take("softirq")
    case .pages: values.count = try pageCount(atLeast: 1, what)
    case .percent: values.percent = Int(try number(upTo: 100, what))
    case .operations:
      values.operations = Int(try number(upTo: UInt64(PhysicalMemory.agingLimit), what))
    case .seed: values.seed = try number(upTo: .max, what)
    default: throw expected(what)
    }
  }

  /// A plain number that is not above a limit.
  private mutating func number(upTo limit: UInt64, _ what: String) throws(ParseError) -> UInt64 {
    let before = self
    let number = try number(what)
    guard !number.isLength else { throw before.expected(what) }
    guard number.value <= limit else {
      throw before.error(.numberTooLarge(before.next?.text ?? "", limit: "\(limit)"))
    }
    return number.value
  }
}
