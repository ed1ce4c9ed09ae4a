import Engine
import Language
import Narration

extension Expression {
  /// What an expression is evaluated on.
  public struct Context: Sendable {
    /// The machine.
    public var machine: Machine
    /// What the last call returned; 0 before the first.
    public var returned: ReturnCode
    /// By how much the last call moved each counter.
    public var growth: Counters
    /// The answers to `tlb` so far.
    public var tlb: TLBAnswers

    /// Creates a context.
    public init(
      machine: Machine, returned: ReturnCode = .success, growth: Counters = Counters(),
      tlb: TLBAnswers = TLBAnswers(),
    ) {
      self.machine = machine
      self.returned = returned
      self.growth = growth
      self.tlb = tlb
    }
  }

  /// The value; a claim that holds is 1 and one that does not is 0.
  public func value(in context: Context) throws(EvaluationError) -> Int128 {
    switch self {
    case .number(let value), .length(let value): return Int128(value)
    case .flags(let flags): return Int128(flags.rawValue)
    case .constant(let constant): return Int128(constant.value)
    case .reading(let reading): return Int128(reading.value(in: context.machine.counters))
    case .quantity(let quantity): return Int128(quantity.value(on: context.machine))
    case .tlb(let measure, let name):
      guard let result = context.tlb[name] else { throw .noTLB(name) }
      return Int128(measure.value(in: result))
    case .last(let reading): return Int128(reading.value(in: context.growth))
    case .returned: return Int128(context.returned.rawValue)
    case .leaf(let property, let target):
      return try Self.value(of: property, at: target, on: context.machine)
    case .area(let property, let name):
      guard let area = context.machine.areas.area(named: name) else {
        throw .target(.unknownArea(name))
      }
      return Int128(property.value(of: context.machine.use(of: area)))
    case .not(let inner): return try inner.value(in: context) == 0 ? 1 : 0
    case .negative(let inner):
      return try Self.unless(Int128(0).subtractingReportingOverflow(inner.value(in: context)))
    case .binary(let sign, let left, let right):
      // Both sides are always evaluated, so that a page that does not exist is found whatever the
      // other side says.
      return try Self.value(sign, left.value(in: context), right.value(in: context))
    }
  }

  private static func value(
    _ sign: Operator, _ left: Int128, _ right: Int128,
  ) throws(EvaluationError) -> Int128 {
    switch sign {
    case .or: left != 0 || right != 0 ? 1 : 0
    case .and: left != 0 && right != 0 ? 1 : 0
    case .equal: left == right ? 1 : 0
    case .notEqual: left != right ? 1 : 0
    case .less: left < right ? 1 : 0
    case .lessOrEqual: left <= right ? 1 : 0
    case .greater: left > right ? 1 : 0
    case .greaterOrEqual: left >= right ? 1 : 0
    case .has: left & right == right ? 1 : 0
    case .plus: try unless(left.addingReportingOverflow(right))
    case .minus: try unless(left.subtractingReportingOverflow(right))
    case .times: try unless(left.multipliedReportingOverflow(by: right))
    }
  }

  private static func unless(
    _ result: (partialValue: Int128, overflow: Bool),
  ) throws(EvaluationError) -> Int128 {
    if result.overflow { throw .overflow }
    return result.partialValue
  }

  private static func value(
    of property: Property, at target: Call.Target, on machine: Machine,
  ) throws(EvaluationError) -> Int128 {
    let address: VirtualAddress
    do throws(CallError) {
      address = try machine.address(of: target, 1)
    } catch {
      throw .target(error)
    }
    if property == .type { return Int128(machine.memoryType(at: address).rawValue) }
    guard let leaf = machine.tables.lookup(address) else { return 0 }
    let flags = leaf.flags
    switch property {
    case .size: return Int128(leaf.size.bytes)
    case .flags: return Int128(flags.rawValue)
    case .present: return flags.contains(.present) ? 1 : 0
    case .writable: return flags.contains([.present, .writable]) ? 1 : 0
    case .executable: return flags.contains(.present) && !flags.contains(.nx) ? 1 : 0
    case .type: return 0
    }
  }
}

extension Expression {
  /// What the expression looked at, each thing once in the order in which it stands there, such as
  /// `DirectMap4k is 2048` and `size(pfn:0x180000) is 4K`.
  public func readings(in context: Context) -> [String] {
    var lines: [String] = []
    collectReadings(context, &lines)
    return lines
  }

  private func collectReadings(_ context: Context, _ lines: inout [String]) {
    switch self {
    case .number, .length, .flags, .constant: return
    case .not(let inner), .negative(let inner): inner.collectReadings(context, &lines)
    case .binary(_, let left, let right):
      left.collectReadings(context, &lines)
      right.collectReadings(context, &lines)
    case .reading, .quantity, .tlb, .area, .last, .returned, .leaf:
      let line = "\(scenarioText) is \(valueText(in: context))"
      if !lines.contains(line) { lines.append(line) }
    }
  }

  /// The expression and its value: `DirectMap4k is 2048`.
  public func told(in context: Context) throws(EvaluationError) -> String {
    _ = try value(in: context)
    return "\(scenarioText) is \(valueText(in: context))"
  }

  /// The value of a part, as the language would write it.
  private func valueText(in context: Context) -> String {
    do throws(EvaluationError) {
      let value = try value(in: context)
      switch self {
      case .returned: return context.returned.name
      case .leaf(.size, _): return value == 0 ? "none" : lengthText(UInt64(value))
      case .leaf(.type, _):
        return MemoryType(rawValue: UInt8(clamping: value))?.name ?? String(value)
      case .leaf(.flags, let target):
        let address = try? context.machine.address(of: target, 1)
        let leaf = address.flatMap(context.machine.tables.lookup)
        return leaf.map { $0.flags.text($0.size) } ?? "none"
      case .leaf(.present, _), .leaf(.writable, _), .leaf(.executable, _):
        return value == 0 ? "false" : "true"
      case .number, .length, .flags, .constant, .reading, .quantity, .tlb, .area, .last, .not,
        .negative,
        .binary:
        return String(value)
      }
    } catch {
      return error.description
    }
  }
}
