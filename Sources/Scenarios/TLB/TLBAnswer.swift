public import Engine
import Language
public import TLB

/// A question and its answer.
public struct TLBAnswer: Equatable, Sendable {
  /// What was asked.
  public var question: TLBQuestion
  /// What it came to.
  public var result: TLBResult

  /// Creates an answer.
  public init(question: TLBQuestion, result: TLBResult) {
    self.question = question
    self.result = result
  }
}

/// The answers so far that claims can ask for.
public struct TLBAnswers: Equatable, Sendable {
  /// The last answer.
  public private(set) var last: TLBResult?
  /// The last answer of each name, in the order of the questions.
  public private(set) var named: [(name: Name, result: TLBResult)] = []

  /// None yet.
  public init() {}

  /// Keeps an answer.
  public mutating func add(_ answer: TLBAnswer) {
    last = answer.result
    guard let name = answer.question.label else { return }
    named.removeAll { $0.name == name }
    named.append((name, answer.result))
  }

  /// The last answer, or the last of a name.
  public subscript(name: Name?) -> TLBResult? {
    guard let name else { return last }
    return named.first { $0.name == name }?.result
  }

  /// Whether two hold the same answers.
  public static func == (a: Self, b: Self) -> Bool {
    a.last == b.last
      && a.named.elementsEqual(b.named) { $0.name == $1.name && $0.result == $1.result }
  }
}

extension TLBQuestion {
  /// The answer on a machine.
  public func answer(on machine: Machine) throws(TLBError) -> TLBAnswer {
    TLBAnswer(question: self, result: try run.result(on: machine))
  }
}

extension TLBAnswer {
  /// The answer in one line.
  public var sentence: String {
    var parts = [
      "\(counted(result.accesses, "access", "accesses")), \(result.firstMisses) "
        + "\(result.firstMisses == 1 ? "misses" : "miss") the first level",
      result.walks == 1 ? "1 misses all and walks" : "\(result.walks) miss all and walk",
    ]
    let sizes = LeafSize.allCases.filter { result[$0] > 0 }.map { "\(result[$0]) to \($0.name)" }
    let faults =
      result.faults == 0 ? [] : ["\(result.faults) to nothing present"]
    if !(sizes + faults).isEmpty {
      parts[1] += " (" + (sizes + faults).joined(separator: ", ") + ")"
    }
    parts.append("\(counted(result.walkSteps, "table")) read")
    return parts.joined(separator: ", ") + "; reach \(Self.amount(result.reachBytes))"
  }

  /// A number of bytes in the largest unit that it fills, cut after one digit: `1.9 GiB`.
  public static func amount(_ bytes: UInt64) -> String {
    var unit: UInt64 = 1
    var name = "B"
    for larger in ["KiB", "MiB", "GiB", "TiB"] where bytes >= unit << 10 {
      unit <<= 10
      name = larger
    }
    let tenths = bytes % unit * 10 / unit
    return tenths == 0 ? "\(bytes / unit) \(name)" : "\(bytes / unit).\(tenths) \(name)"
  }

  /// The question and the answer, as a run prints them.
  public var line: String { "\(question.scenarioText): \(sentence)" }
}
