import Engine

/// Why an expression has no value.
public enum EvaluationError: Error, Equatable, Sendable {
  /// A page that it names does not exist.
  case target(CallError)
  /// A number beyond 127 bits.
  case overflow
}

extension EvaluationError: CustomStringConvertible {
  /// The reason, in one line.
  public var description: String {
    switch self {
    case .target(let error): error.description
    case .overflow: "the expression's numbers grow beyond 127 bits"
    }
  }
}
