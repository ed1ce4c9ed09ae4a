/// A line that begins to display an expression, or ends that.
public enum Display: Equatable, Sendable {
  /// The value of the expression is shown from here on.
  case begin(Expression)
  /// The display with a number ends; without one, all of them do.
  case end(Int?)

  /// The line as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .begin(let expression): "display \(expression.scenarioText)"
    case .end(let number): "undisplay \(number.map(String.init) ?? "all")"
    }
  }
}
