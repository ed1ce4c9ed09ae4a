import Foundation

extension Process {
  /// Runs it with a text on standard input, without a terminal, and waits for its end.
  func outcome(input: String = "") throws -> Program.Result {
    let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
    standardInput = pipes.input
    standardOutput = pipes.output
    standardError = pipes.errors
    try run()
    pipes.input.fileHandleForWriting.write(Data(input.utf8))
    try pipes.input.fileHandleForWriting.close()
    let output = pipes.output.fileHandleForReading.readDataToEndOfFile()
    let errors = pipes.errors.fileHandleForReading.readDataToEndOfFile()
    waitUntilExit()
    return Program.Result(
      status: terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }
}
