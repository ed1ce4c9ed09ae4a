import TestSupport
import Testing

/// The program in the terminals that people use, in a locale with UTF-8 and in one without.
@Suite(.serialized, .waitsForPrograms) struct TerminalTypeTests {
  static let types = ["xterm-256color", "screen-256color", "linux", "vt100"]

  @Test(arguments: types, ["C.UTF-8", "C"])
  func `starts, draws, steps, stops, goes on and leaves the terminal as it was`(
    type: String, locale: String,
  ) throws {
    let terminal = try TerminalSession(columns: 80, rows: 24, type: type, locale: locale)
    try terminal.type("set -m; stty -a > /tmp/directmap-$$-before; clear\n")
    try terminal.start("--no-config")
    try terminal.wait(for: "? help")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.press(",")
    let inside = try terminal.wait(for: "event ")
    #expect(
      inside.contains("\u{2500}") == (locale != "C"), "lines of a box where they can be shown")
    if locale == "C" { #expect(inside.utf8.allSatisfy { $0 < 128 }) }
    #expect(!inside.contains("^["), "no escape shows as text")
    try terminal.press("C-z")
    try terminal.wait(for: "Stopped")
    try terminal.type("fg\n")
    try terminal.wait(for: "? help")
    try terminal.press("Q")
    try terminal.wait(until: "shows the shell's prompt") { screen in
      screen.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }?.hasPrefix("$") ?? false
    }
    try terminal.type(
      "stty -a | cmp - /tmp/directmap-$$-before && echo sa''me; rm /tmp/directmap-$$-before\n")
    try terminal.wait(for: "same")
  }

  @Test(arguments: types)
  func `says the size it needs, and goes on when there is room`(type: String) throws {
    let terminal = try TerminalSession(columns: 30, rows: 12, type: type)
    try terminal.start("--no-config")
    try terminal.wait(for: "30x12, needs 36x21")
    for (columns, rows) in [(80, 24), (120, 40), (240, 70)] {
      try terminal.resize(columns: columns, rows: rows)
      let shown = try terminal.wait(for: "? help")
      #expect(shown.contains("directmap"))
    }
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test(arguments: ["dark", "light", "colorblind", "terminal", "monochrome"])
  func `every theme can be asked for`(theme: String) throws {
    let terminal = try TerminalSession(columns: 80, rows: 24, type: "xterm-256color")
    try terminal.start("--no-config --theme \(theme)")
    try terminal.wait(for: "? help")
    try terminal.press("Y")
    try terminal.wait(for: "theme ")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }
}
