/// A value for each level of arm64's page tables.
public struct PerTableLevel<Value: Equatable & Sendable>: Equatable, Sendable {
  private var pte: Value
  private var pmd: Value
  private var pud: Value
  private var p4d: Value

  /// The same value for each level.
  init(repeating value: Value) {
    pte = value
    pmd = value
    pud = value
    p4d = value
  }

  /// The value of a level.
  public internal(set) subscript(level: TableLevel) -> Value {
    get {
      switch level {
      case .pte: pte
      case .pmd: pmd
      case .pud: pud
      case .p4d: p4d
      }
    }
    set {
      switch level {
      case .pte: pte = newValue
      case .pmd: pmd = newValue
      case .pud: pud = newValue
      case .p4d: p4d = newValue
      }
    }
  }

  /// The values by level, the tables of 4K entries first.
  var all: [Value] { TableLevel.allCases.map { self[$0] } }
}

extension PerTableLevel where Value == UInt64 {
  /// The levels whose count is not 0, the root first.
  public var levels: [TableLevel] { TableLevel.allCases.reversed().filter { self[$0] > 0 } }
}
