public import History

/// A line that only a session has: a scenario with the branches, marks and cursors of a history.
public enum SessionLine: Equatable, Sendable {
  /// `session 1`: the file was written whole, in this format, and so must have its last line.
  case begin(format: Int)
  /// `branch NAME from NAME CALLS`: what follows belongs to this branch. Without `from`, the name of
  /// the first branch.
  case branch(String, from: Origin?)
  /// `branch NAME anew`: what follows belongs to this branch, which leaves no other one: the lines
  /// behind it say what is booted there.
  case anew(String)
  /// `mark NAME [EVENT]`: a place that has a name, after the calls so far and events of the next.
  case mark(String, event: Int)
  /// `cursor BRANCH CALL [EVENT]`: where the cursor stands on a branch; the last such line says which
  /// branch is shown.
  case cursor(String, Moment)
  /// `end CALLS`: the last line, with how many calls all branches have.
  case end(calls: Int)

  /// Where a branch leaves another one.
  public struct Origin: Equatable, Sendable {
    /// The other branch.
    public var branch: String
    /// How many calls lie before, from the beginning.
    public var calls: Int

    /// Creates an origin.
    public init(branch: String, calls: Int) {
      self.branch = branch
      self.calls = calls
    }
  }

  /// The format that is written and read.
  public static let format = 1

  /// The line as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .begin(let format): "session \(format)"
    case .branch(let name, nil): "branch \(Self.label(name))"
    case .branch(let name, let origin?):
      "branch \(Self.label(name)) from \(Self.label(origin.branch)) \(origin.calls)"
    case .anew(let name): "branch \(Self.label(name)) anew"
    case .mark(let name, let event):
      "mark \(Self.label(name))" + (event > 0 ? " \(event)" : "")
    case .cursor(let branch, let moment):
      "cursor \(Self.label(branch)) \(moment.call)" + (moment.event > 0 ? " \(moment.event)" : "")
    case .end(let calls): "end \(calls)"
    }
  }

  /// A name as it stands in a line: between quotation marks where it is no word.
  private static func label(_ name: String) -> String {
    let isWord = name.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } ?? false
    return isWord ? name : Statement.quoted(name)
  }
}
