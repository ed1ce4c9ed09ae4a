import Engine

extension FunctionCall {
  /// What follows `kcall` in a line.
  var scenarioText: String {
    ([name] + arguments.map(\.scenarioText)).joined(separator: " ")
  }
}

extension FunctionCall.Argument {
  fileprivate var scenarioText: String {
    switch self {
    case .number(let number): number < 10 ? "\(number)" : "0x\(String(number, radix: 16))"
    case .frame(let pfn): Call.Target.frame(pfn).scenarioText
    case .area(let name, let page): Call.Target.area(name, page: page).scenarioText
    case .page(let pfn): "page:\(pfn.hex)"
    }
  }
}
