import Foundation

/// A script of bash in which `directmap` is the program that was built beside the tests.
public enum Shell {
  /// Runs a script in a folder, without standard input.
  ///
  /// - Returns: its status, and what it wrote to standard output and standard error.
  public static func run(_ script: String, in folder: String) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["--norc", "-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    var environment = ProcessInfo.processInfo.environment
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    environment["PATH"] = "\(try Program.url().deletingLastPathComponent().path):\(path)"
    process.environment = environment
    let pipes = (output: Pipe(), errors: Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    try process.run()
    let output = pipes.output.fileHandleForReading.readDataToEndOfFile()
    let errors = pipes.errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: output, as: UTF8.self),
      String(decoding: errors, as: UTF8.self)
    )
  }
}
