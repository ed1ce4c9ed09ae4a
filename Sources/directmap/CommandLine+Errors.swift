import ArgumentParser
@unsafe @preconcurrency import Glibc
import Scenarios
import SystemPackage

/// What a user got wrong, in one line with the way out.
nonisolated struct UserError: Error, CustomStringConvertible {
  /// The line, without the program's name.
  let description: String

  /// Creates an error from its line.
  init(_ description: String) { self.description = description }

  /// The line for an error in a file's text.
  init(inFile path: String, _ error: some Error) { description = "\(path): \(error)" }
}

extension CommandLine {
  /// The exit status for everything that a user can put right: options, files, their contents.
  nonisolated static var userErrorStatus: ExitCode { ExitCode(2) }

  /// Ends the program as an error demands: help and version on standard output with status 0, an
  /// exit code as it is, what is wrong in a file with its place, all else as one line on standard error with status 2.
  static func exit(reporting error: any Error) -> Never {
    if let code = error as? ExitCode { Directmap.exit(withError: code) }
    // What begins with a place in a file is told as it is.
    if let line = (error as? ParseError)?.description ?? (error as? RunError)?.description {
      tell(line)
      Directmap.exit(withError: userErrorStatus)
    }
    let message = Directmap.message(for: error)
    if Directmap.exitCode(for: error).isSuccess {
      print(message)
      do {
        try finishPrinting()
        Directmap.exit()
      } catch {
        exit(reporting: error)
      }
    }
    writeToStandardError("directmap: \(message)\n")
    Directmap.exit(withError: userErrorStatus)
  }

  /// Writes a line that begins with a place in a file, without the program's name: the form that
  /// editors follow.
  nonisolated static func tell(_ line: String) { writeToStandardError(line + "\n") }

  /// Writes text to standard error.
  nonisolated static func writeToStandardError(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }

  /// Writes out what was printed; throws if some of it found no room, as on a full disk.
  static func finishPrinting() throws(UserError) {
    let isWritten = unsafe fflush(stdout) == 0 && ferror(stdout) == 0
    guard isWritten else {
      throw UserError("the output could not be written whole; is the disk full?")
    }
  }
}
