import Engine

/// Why an expression has no value.
public enum EvaluationError: Error, Equatable, Sendable {
  /// A page that it names does not exist.
  case target(CallError)
  /// No `tlb` line came before, or none with this name.
  case noTLB(Name?)
  /// A number beyond 127 bits.
  case overflow
}

extension EvaluationError: CustomStringConvertible {
  /// The reason, in one line.
  public var description: String {
    switch self {
    case .target(let error): error.description
    case .noTLB(nil): "no tlb line was run before; ask with tlb first"
    case .noTLB(.some(let name)):
      "no tlb line before is called \(name); end one with as \(name)"
    case .overflow: "the expression's numbers grow beyond 127 bits"
    }
  }
}
