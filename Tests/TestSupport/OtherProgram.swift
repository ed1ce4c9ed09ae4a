import Foundation
import Testing

/// Other programs, which check the output of this one. A missing program is a failure: `.ci/install
/// test` installs them all.
public enum OtherProgram {
  /// Runs a program by its name and returns what it printed; a reported error fails the test.
  @discardableResult
  public static func run(
    _ name: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation,
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let outcome = try process.outcome()
    #expect(outcome.status == 0, "\(name) says: \(outcome.errors)", sourceLocation: sourceLocation)
    return outcome.output
  }

  /// Runs one of the tools beside the tests, with the system's Python: another one earlier in the
  /// path lacks the modules that `.ci/install test` installs.
  @discardableResult
  public static func tool(
    _ name: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation,
  ) throws -> String {
    let path = ProjectFiles.root.appending(path: "Tests/EndToEndTests/Tools/\(name).py").path
    return try run("/usr/bin/python3", ["-B", path] + arguments, sourceLocation: sourceLocation)
  }
}
