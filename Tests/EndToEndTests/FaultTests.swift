import Foundation
import TestSupport
import Testing

/// What a fault of the program, and Ctrl-\\, leave on a user's terminal: no debugger prompt, a
/// restored terminal, one line that says what to report, and the status of the signal.
@Suite(.serialized, .waitsForPrograms) struct FaultTests {
  private static let faults = [
    ("SEGV", 139), ("ILL", 132), ("TRAP", 133), ("ABRT", 134), ("BUS", 135), ("FPE", 136),
  ]

  /// A shell without variables about backtraces, like a user's.
  private func shell() throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.type("unset SWIFT_BACKTRACE; ulimit -c 0; clear\n")
    try terminal.waitForShell()
    return terminal
  }

  private func expectSane(_ terminal: TerminalSession, _ saved: String) throws {
    try terminal.type("\nstty -a | cmp - \(saved) && echo sa''me\n")
    let screen = try terminal.wait(until: "has the modes of before") {
      $0.split(separator: "\n").contains { $0 == "same" || $0 == "$ same" }
    }
    #expect(!screen.contains("Press first"), "the second screen is left")
    for word in ["backtrace", "Backtrace", "Press space", "debugger"] {
      #expect(!screen.contains(word), "\(screen)")
    }
  }

  @Test(arguments: faults)
  func `a fault gives the screen back, says what to report, and ends by its signal`(
    name: String, status: Int,
  ) throws {
    let folder = try Folder()
    let terminal = try shell()
    try terminal.type("stty -a > \(folder.path)/modes\n")
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    try terminal.press("C-o")
    try terminal.wait(forMouse: true)
    try terminal.signal(name)
    let screen = try terminal.wait(for: "status=\(status)")
    #expect(
      screen.contains("directmap 0.1.0: ended by SIG\(name), a fault of the program; please report")
    )
    try terminal.wait(forMouse: false)
    try expectSane(terminal, "\(folder.path)/modes")
  }

  @Test func `SIGQUIT ends the screen without a question`() throws {
    let folder = try Folder()
    let terminal = try shell()
    try terminal.type("stty -a > \(folder.path)/modes\n")
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    try terminal.signal("QUIT")
    let screen = try terminal.wait(for: "status=131")
    #expect(screen.contains("directmap 0.1.0: ended by SIGQUIT; if it hung, please report it"))
    try expectSane(terminal, "\(folder.path)/modes")
  }

  @Test(arguments: ["play --plain --no-config", "run -"])
  func `SIGQUIT from the keyboard ends what draws no screen without a question`(arguments: String)
    throws
  {
    let terminal = try shell()
    try terminal.start(arguments)
    if arguments.hasPrefix("play") {
      try terminal.wait(for: "The word help lists")
    } else {
      try terminal.wait(until: "runs") { $0.contains("run -; echo") }
    }
    try terminal.press("C-\\")
    try terminal.wait(for: "status=131")
  }

  @Test func `what a user asks of the Swift runtime is done`() throws {
    let terminal = try shell()
    try terminal.type("export SWIFT_BACKTRACE=enable=yes,interactive=no,color=no,threads=crashed\n")
    try terminal.start("play --plain --no-config")
    try terminal.wait(for: "The word help lists")
    try terminal.signal("ABRT")
    // Its report is longer than the screen, so that the line before it has scrolled away.
    let screen = try terminal.wait(for: "status=134")
    #expect(screen.contains("rflags") && screen.contains("libswiftCore"), "\(screen)")
  }
}
