import Foundation

/// A script of bash in which `directmap` is the program that was built beside the tests.
public enum Shell {
  /// Runs a script in a folder, with an empty standard input.
  public static func run(_ script: String, in folder: String) throws -> Program.Result {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["--norc", "-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    var environment = ProcessInfo.processInfo.environment
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    environment["PATH"] = "\(try Program.url().deletingLastPathComponent().path):\(path)"
    process.environment = environment
    return try process.outcome()
  }
}
