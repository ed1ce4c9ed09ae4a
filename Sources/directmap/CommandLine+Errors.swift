import ArgumentParser
import KernelText
import Language
import Recordings
import Scenarios

/// What a user got wrong, in one line with the way out.
nonisolated struct UserError: Error, CustomStringConvertible {
  /// The line, without the program's name.
  let description: String

  /// Where in a file it is, and what; nil where it is in no text.
  private(set) var place: (line: Int, column: Int?, reason: String)?

  /// Creates an error from its line.
  init(_ description: String) { self.description = description }

  /// The line for an error in a file's text, which begins with the place, as editors follow it.
  init(inFile path: String, line: Int, column: Int? = nil, _ reason: String) {
    place = (line, column, reason)
    description = "\(path):\(line)\(column.map { ":\($0)" } ?? ""): \(reason)"
  }

  /// The line for an error in a kernel's text.
  init(inFile path: String, _ error: KernelTextError) {
    guard let line = error.line else {
      self.init("\(path): \(error.reason)")
      return
    }
    self.init(inFile: path, line: line, error.reason)
  }

  /// The line for a line that is too long to be read.
  init(inFile path: String, _ error: LineTooLong) {
    self.init(inFile: path, line: error.line, error.reason)
  }

  /// The line for an error in a file of a recording.
  ///
  /// - Parameter inOneText: whether all its files stand in one; lines are counted in the part.
  init(inRecording path: String, _ error: ArmRecordingError, inOneText: Bool) {
    if inOneText {
      let line = error.line.map { ", line \($0)" } ?? ""
      self.init("\(path): \(error.file)\(line): \(error.reason)")
    } else if let line = error.line {
      self.init(inFile: "\(path)/\(error.file)", line: line, error.reason)
    } else {
      self.init("\(path)/\(error.file): \(error.reason)")
    }
  }

  /// The line for an error in a recording.
  init(inFile path: String, _ error: RecordingError) {
    self.init(inFile: path, line: error.line, error.reason)
  }

  /// The line for whatever went wrong while a file was read.
  init(reading path: String, _ error: any Error) {
    switch error {
    case let error as UserError: self = error
    case let error as KernelTextError: self.init(inFile: path, error)
    case let error as RecordingError: self.init(inFile: path, error)
    case let error as LineTooLong: self.init(inFile: path, error)
    default: self.init("\(error)")
    }
  }
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
    if let error = error as? UserError {
      tell(error)
      Directmap.exit(withError: userErrorStatus)
    }
    let message = Directmap.message(for: error)
    if Directmap.exitCode(for: error).isSuccess {
      say(message)
      do {
        try finishPrinting()
        Directmap.exit()
      } catch {
        exit(reporting: error)
      }
    }
    tell(text: "directmap: \(message)")
    Directmap.exit(withError: userErrorStatus)
  }
}
