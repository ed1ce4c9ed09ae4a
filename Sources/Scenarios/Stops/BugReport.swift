public import Engine

/// What a report of a broken invariant needs: enough for anyone to come to the same place.
public struct BugReport: Sendable {
  /// The program and its version.
  public var program: String
  /// What was booted, in lines of the scenario language.
  public var setup: [String]
  /// The calls up to the one in which it broke, that one included.
  public var calls: [Call]
  /// What was found.
  public var finding: StopHit.Finding
  /// The machine after the last call.
  public var machine: Machine

  /// Creates a report.
  public init(
    program: String, setup: [String], calls: [Call], finding: StopHit.Finding, machine: Machine,
  ) {
    self.program = program
    self.setup = setup
    self.calls = calls
    self.finding = finding
    self.machine = machine
  }

  /// The report as a scenario that shows the bug: what is wrong stands in comments.
  public var text: String {
    var lines = [
      "# A bug of \(program): something that must hold of every machine does not hold.",
      "# \(finding.sentence)",
      "# After \(calls.count) calls; checksum 0x\(String(machine.checksum, radix: 16)).",
      "# Please send this file: it leads to the same place.",
    ]
    lines += setup
    lines += calls.map(\.scenarioText)
    return lines.map { $0 + "\n" }.joined()
  }
}
