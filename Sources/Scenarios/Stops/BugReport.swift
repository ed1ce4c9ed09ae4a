public import Engine

/// What the program is called, with its version.
public enum Program {
  /// The name and the version in one.
  public static let title = "directmap 0.1.0"
}

/// A report of something that must hold of every machine and does not: enough for anyone to come to
/// the same place.
public struct BugReport: Sendable {
  /// What was found.
  public var finding: StopHit.Finding
  /// How many calls were made on the way there.
  public var calls: Int
  /// The machine there.
  public var machine: Machine
  /// A scenario or session that leads there.
  public var way: String

  /// Creates a report.
  public init(_ finding: StopHit.Finding, after calls: Int, on machine: Machine, way: String) {
    self.finding = finding
    self.calls = calls
    self.machine = machine
    self.way = way
  }

  /// The report: a scenario with what is wrong in comments.
  public var text: String {
    """
    # A bug of \(Program.title): something that must hold of every machine does not.
    # \(finding.sentence)
    # After \(calls) calls; checksum 0x\(String(machine.checksum, radix: 16)).
    # Please send this file: played, it leads to the same place.
    \(way)
    """
  }
}
