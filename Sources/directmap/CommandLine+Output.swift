@unsafe @preconcurrency import Glibc
import Screen
import SystemPackage

// The one door by which text leaves the program, besides the screen, whose cells hold only characters
// that can be shown. What comes from files, names and arguments may hold orders to a terminal: here they
// become visible, `\u{1b}` for Escape, whatever the text was made of.

extension CommandLine {
  /// Prints a text of one line or several on standard output, and a line feed behind it.
  nonisolated static func say(_ text: String) { put(text + "\n") }

  /// Prints a line that somebody waits for, at once, also into a pipe.
  nonisolated static func sayNow(_ text: String) {
    say(text)
    _ = unsafe fflush(stdout)
  }

  /// Prints one line on standard output: a line feed in it is made visible too.
  nonisolated static func say(line: String) { put(line.visibleLine + "\n") }

  /// Prints a text on standard output as it ends.
  nonisolated static func put(_ text: String) {
    ProgressLine.erase()
    print(text.visibleText, terminator: "")
  }

  /// Prints a JSON document on standard output, and a line feed behind it.
  nonisolated static func say(json: String) { print(json.visibleJSON) }

  /// Prints the bytes of a film on standard output. They are orders to a terminal, made by the room
  /// Casting of canvases.
  nonisolated static func put(film: String) { print(film, terminator: "") }

  /// Writes a line to standard error, without the program's name: the form that editors follow where it
  /// begins with a place in a file.
  nonisolated static func tell(_ line: String) { writeToStandardError(line.visibleLine + "\n") }

  /// Writes an error's line to standard error; the program's name stands before one that has no place in
  /// a file.
  nonisolated static func tell(_ error: UserError) {
    tell(error.place == nil ? "directmap: \(error.description)" : error.description)
  }

  /// Writes what is wrong with a file to standard error, a line each: the first twenty, and how many more
  /// there are. A wrong file may have a million wrong lines, and the first of them tell why.
  nonisolated static func tell(problems: some Collection<some CustomStringConvertible>) {
    for problem in problems.prefix(problemsTold) { tell(problem.description) }
    let more = problems.count - problemsTold
    if more > 0 { tell("\(more) more \(more == 1 ? "problem is" : "problems are") not listed") }
  }

  /// How many problems with a file are told one by one.
  nonisolated static var problemsTold: Int { 20 }

  /// Writes several lines to standard error.
  nonisolated static func tell(text: String) { writeToStandardError(text.visibleText + "\n") }

  /// Shows how far a command is, in a line that is not ended.
  ///
  /// - Returns: the columns that it takes.
  nonisolated static func showProgress(_ line: String) -> Int {
    let line = line.visibleLine
    _ = try? FileDescriptor.standardError.writeAll(line.utf8)
    return TextWidth.columns(line)
  }

  /// Takes away a line of that many columns.
  nonisolated static func eraseProgress(_ columns: Int) {
    let blanks = String(repeating: " ", count: columns)
    _ = try? FileDescriptor.standardError.writeAll("\r\(blanks)\r".utf8)
  }

  private nonisolated static func writeToStandardError(_ text: String) {
    ProgressLine.erase()
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }

  /// Writes text to standard output at once, as a conversation needs; whether anybody still reads it.
  static func converse(_ text: String) throws(UserError) -> Bool {
    do {
      try FileDescriptor.standardOutput.writeAll(text.visibleText.utf8)
      return true
    } catch Errno.brokenPipe {
      return false
    } catch {
      throw Self.outputIsCut
    }
  }

  /// Whether standard output is a terminal, so that somebody reads what is written as it comes.
  static var isRead: Bool { isatty(STDOUT_FILENO) > 0 }

  /// Whether standard error is a terminal, so that somebody reads what is told as it comes.
  nonisolated static var isTold: Bool { isatty(STDERR_FILENO) > 0 }

  /// Writes out what was printed; throws if some of it found no room, as on a full disk.
  static func finishPrinting() throws(UserError) {
    let isWritten = unsafe fflush(stdout) == 0 && ferror(stdout) == 0
    guard isWritten else { throw Self.outputIsCut }
  }

  private static var outputIsCut: UserError {
    UserError("the output could not be written whole; is the disk full?")
  }
}
