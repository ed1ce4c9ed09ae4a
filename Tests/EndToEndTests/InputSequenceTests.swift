import TestSupport
import Testing

/// What a terminal sends that is no key: answers, reports, keys with Alt, and pasted text.
@Suite(.serialized, .waitsForPrograms) struct InputSequenceTests {
  private func opened() throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    return terminal
  }

  /// Each holds characters that are keys: calls, steps, themes, a way out.
  @Test(arguments: [
    "\u{1b}]11;rgb:1111/rrrr/wwww\u{7}", "\u{1b}]10;rgb:xxxx/rrrr/wwww\u{1b}\\", "\u{1b}[I",
    "\u{1b}[O", "\u{1b}x", "\u{1b}r", "\u{1b}[1;5C", "\u{1b}[?62;4;22c", "\u{1b}[27;5;114~",
    "\u{1b}P1$r0 q\u{1b}\\", "\u{1b}_Gi=31;OK\u{1b}\\", "\u{1b}[200~rwxQ\rq\u{1b}[201~",
    "\u{1b}[24;80R",
  ]) func `a sequence without a meaning here does nothing`(sequence: String) throws {
    let terminal = try opened()
    try terminal.type(sequence)
    try terminal.press("r")
    let screen = try terminal.wait(for: "call 1 of 1")
    #expect(screen.contains("set_memory_ro"))
    #expect(screen.contains("pfn  0x140000"))
  }

  @Test(arguments: [
    ("\u{1b}[F", "\u{1b}[H"), ("\u{1b}[4~", "\u{1b}[1~"), ("\u{1b}OF", "\u{1b}OH"),
    ("\u{1b}[8~", "\u{1b}[7~"),
  ]) func `keys that the terminal's description does not have are known`(
    end: String, home: String,
  ) throws {
    let terminal = try opened()
    let first = Self.place(try terminal.screen())
    try terminal.type(end)
    try terminal.wait(until: "shows the last slot") { Self.place($0) != first }
    try terminal.type(home)
    try terminal.wait(until: "shows the first slot") { Self.place($0) == first }
  }

  private static func place(_ screen: String) -> Substring? {
    screen.split(separator: "\n").first { $0.contains("pfn  0x") }
  }

  @Test func `a paste goes into an open line, and does not end it`() throws {
    let terminal = try opened()
    try terminal.press(":")
    try terminal.wait(until: "has an open line") { !$0.contains("? help") }
    try terminal.type("\u{1b}[200~set_memory_ro\rpfn:0x140003\r\u{1b}[201~")
    let screen = try terminal.wait(for: ":set_memory_ro pfn:0x140003")
    #expect(!screen.contains("call 1 of 1"))
    try terminal.press("Enter")
    try terminal.wait(for: "call 1 of 1")
  }
}
