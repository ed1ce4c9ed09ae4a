import TestSupport
import Testing

/// The mouse of a real terminal, and that it is off unless the user asks for it.
@Suite(.serialized, .waitsForPrograms) struct MouseTests {
  private func opened(_ type: String, _ options: String = "") throws -> TerminalSession {
    let terminal = try TerminalSession(type: type)
    try terminal.start("--no-config \(options)")
    try terminal.wait(for: "Press first")
    #expect(try !terminal.mouseIsOn())
    try terminal.press("C-o")
    try terminal.wait(for: "the mouse is on")
    try terminal.wait(forMouse: true)
    return terminal
  }

  @Test(arguments: ["xterm-256color", "screen-256color"])
  func `clicks and the wheel arrive`(type: String) throws {
    let terminal = try opened(type)
    let escape = "\u{1b}["
    // Columns and rows from 1: the first cell of the first panel is 2, 5.
    func click(_ button: Int, _ x: Int, _ y: Int) throws {
      if type.hasPrefix("xterm") {
        try terminal.type("\(escape)<\(button);\(x);\(y)M\(escape)<\(button);\(x);\(y)m")
      } else {
        let codes = [button + 32, x + 32, y + 32].compactMap { Unicode.Scalar($0) }
        try terminal.type("\(escape)M" + String(String.UnicodeScalarView(codes)))
      }
    }
    try click(0, 3, 5)
    try terminal.wait(for: "pfn  0x40000 ")
    try terminal.wait(for: "2M  in 1G slot 1")
    try click(65, 3, 5)
    try terminal.wait(for: "1G  slots 0-511")
    try terminal.press("C-o")
    try terminal.wait(for: "the mouse is off")
    try terminal.wait(forMouse: false)
  }

  @Test(arguments: ["xterm-256color", "screen-256color", "linux"])
  func `the mouse is off when the program stops, and on again when it goes on`(type: String) throws
  {
    let terminal = try TerminalSession(type: type)
    try terminal.type("set -m\n")
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    try terminal.press("C-o")
    try terminal.wait(forMouse: true)
    try terminal.press("C-z")
    try terminal.wait(for: "Stopped")
    #expect(try !terminal.mouseIsOn())
    try terminal.type("fg\n")
    try terminal.wait(forMouse: true)
    try terminal.press("Q")
    try terminal.wait(until: "shows the shell's prompt") { screen in
      screen.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }?.hasPrefix("$") ?? false
    }
    #expect(try !terminal.mouseIsOn())
  }

  @Test(arguments: [("TERM", 143), ("HUP", 129), ("SEGV", 139), ("ABRT", 134)])
  func `the mouse is off when a signal ends the program`(name: String, status: Int) throws {
    let terminal = try opened("xterm-256color")
    try terminal.signal(name)
    try terminal.wait(for: "status=\(status)")
    #expect(try !terminal.mouseIsOn())
  }

  @Test func `a terminal without a mouse is told of`() throws {
    let terminal = try TerminalSession(type: "vt100")
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    try terminal.press("C-o")
    try terminal.wait(for: "this terminal has no mouse")
  }
}
