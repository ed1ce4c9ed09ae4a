import Foundation
import Testing

/// The program as a user runs it: the executable that was built beside the tests.
public enum Program {
  /// The executable.
  public static func url() throws -> URL {
    let bundle = try #require(
      CommandLine.arguments.first { $0.contains(".xctest") }, "the tests run in no bundle")
    let folder = URL(filePath: bundle.components(separatedBy: ".xctest")[0])
      .deletingLastPathComponent()
    return folder.appending(path: "directmap")
  }

  /// The result of a run.
  public struct Result {
    /// The exit status.
    public var status: Int32
    /// What it wrote to standard output.
    public var output: String
    /// What it wrote to standard error.
    public var errors: String
  }

  /// Runs the program with arguments and a text on standard input, without a terminal.
  ///
  /// - Parameter folder: the working folder; nil for that of the tests.
  public static func run(
    _ arguments: [String], input: String = "", in folder: String? = nil,
  ) throws -> Result {
    let process = Process()
    process.executableURL = try url()
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    return try process.outcome(input: input)
  }
}
