import Language

/// The expressions of a screen or a run whose values are shown after each call and at each stop, by
/// number from 1. A number stays with its expression.
public struct DisplayList: Equatable, Sendable {
  /// An expression with its number.
  public struct Item: Equatable, Sendable {
    /// The number.
    public let number: Int
    /// The expression.
    public let expression: Expression
  }

  /// The expressions by rising number.
  public private(set) var items: [Item] = []
  private var lastNumber = 0

  /// The most expressions there can be.
  public static let countMax = 20

  /// No expressions.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { items.isEmpty }

  /// Carries a line out. Returns why it cannot be; `nil` if it could.
  public mutating func carryOut(_ line: Display) -> String? {
    switch line {
    case .begin(let expression):
      guard items.count < Self.countMax else {
        return "there are \(Self.countMax) displays already; end one with undisplay N"
      }
      lastNumber += 1
      items.append(Item(number: lastNumber, expression: expression))
    case .end(nil): items = []
    case .end(let number?):
      guard items.contains(where: { $0.number == number }) else {
        let numbers = items.map { "\($0.number)" }.joined(separator: ", ")
        return isEmpty
          ? "nothing is displayed; display EXPRESSION begins it"
          : "there is no display \(number); there are \(numbers)"
      }
      items.removeAll { $0.number == number }
    }
    return nil
  }

  /// Each number with its expression and the value, or with what keeps it from having one.
  public func lines(in context: Expression.Context) -> [String] {
    items.map { item in
      do throws(EvaluationError) {
        return "\(item.number): \(try item.expression.told(in: context))"
      } catch {
        return "\(item.number): \(item.expression.scenarioText): \(error.description)"
      }
    }
  }
}
