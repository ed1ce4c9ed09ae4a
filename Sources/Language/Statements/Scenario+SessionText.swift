import Engine
import History

extension Scenario {
  /// The scenario as a file of the scenario language, comments not kept.
  public var scenarioText: String {
    var lines = setupLines
    guard let session else {
      return (lines + statements.map(\.statement.scenarioText)).map { $0 + "\n" }.joined()
    }
    if session.isWhole {
      lines.insert(SessionLine.begin(format: SessionLine.format).scenarioText, at: 0)
    }
    if session.mainName != mainBranchName {
      lines.append(SessionLine.branch(session.mainName, from: nil).scenarioText)
    }
    let marks = Dictionary(grouping: session.marks.map(\.mark), by: \.branch)
    let names = session.names
    var calls = Self.append(statements, from: 0, marks[0] ?? [], to: &lines)
    for (index, branch) in session.branches.enumerated() {
      lines.append("")
      if let parent = branch.parent {
        let origin = SessionLine.Origin(branch: names[parent], calls: branch.fork)
        lines.append(SessionLine.branch(branch.name, from: origin).scenarioText)
      } else {
        lines.append(SessionLine.anew(branch.name).scenarioText)
        lines += branch.boot?.setupLines ?? []
      }
      calls += Self.append(
        branch.statements, from: branch.fork, marks[index + 1] ?? [], to: &lines)
    }
    if !session.cursors.isEmpty { lines.append("") }
    for cursor in session.cursors {
      lines.append(SessionLine.cursor(names[cursor.branch], cursor.moment).scenarioText)
    }
    if session.isWhole { lines.append(SessionLine.end(calls: calls).scenarioText) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What is booted, line by line.
  private var setupLines: [String] {
    var setup: [Statement] = []
    if let machine { setup.append(.machine(machine)) }
    if let ownMachine, let text = FirmwareText(ownMachine) {
      setup += text.lines.map { .firmware(text.kind, $0) }
    }
    if let kernel { setup.append(.kernel(kernel.name)) }
    setup += cpu.map(Statement.cpu) + policies.names.map(Statement.policy)
    setup += policies.rules.map(Statement.rule)
    return setup.map(\.scenarioText)
  }

  /// Writes the lines of a branch, with its marks between them; how many calls it has.
  private static func append(
    _ statements: [LocatedStatement], from fork: Int, _ marks: [Mark], to lines: inout [String],
  ) -> Int {
    // Places are not sorted by name, so that of two at one place the first set stays the first.
    var rest = marks.enumerated().sorted {
      ($0.element.moment.call, $0.offset) < ($1.element.moment.call, $1.offset)
    }.map(\.element)[...]
    var call = fork
    let write = { (lines: inout [String], isLast: Bool) in
      while let mark = rest.first, isLast || mark.moment.call <= call {
        lines.append(SessionLine.mark(mark.name, event: mark.moment.event).scenarioText)
        rest.removeFirst()
      }
    }
    for located in statements {
      if located.statement.isCall {
        write(&lines, false)
        call += 1
      }
      lines.append(located.statement.scenarioText)
    }
    write(&lines, true)
    return call - fork
  }
}
