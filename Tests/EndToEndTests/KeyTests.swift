import Keys
import Screen
import TestSupport
import Testing

/// Every key, pressed in the real program.
@Suite(.serialized, .waitsForPrograms) struct KeyTests {
  private func opened(_ lines: [String] = []) throws -> TerminalSession {
    let terminal = try TerminalSession()
    // One key makes a file in the current folder.
    try terminal.type("cd $(mktemp -d)\n")
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for (index, line) in lines.enumerated() {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: "call \(index + 1) of \(index + 1)")
    }
    return terminal
  }

  @Test func `no key is left out`() {
    let bound = Set(Keymap.standard.bindings.flatMap(\.inputs).map(\.name))
    #expect(bound.subtracting(KeyTable.keys).sorted() == [], "add these to KeyTable")
    let digit: Set = ["5"]
    #expect(KeyTable.keys.subtracting(bound).subtracting(digit).sorted() == [], "no such keys")
  }

  @Test func `keys of the map`() throws {
    let terminal = try opened(["set_memory_ro pfn:0x140005", "set_memory_ro pfn:0x140000"])
    for press in KeyTable.moving { try press.press(in: terminal) }
  }

  @Test func `keys of calls`() throws {
    let terminal = try opened()
    for press in KeyTable.calls { try press.press(in: terminal) }
  }

  @Test func `keys of time`() throws {
    let terminal = try opened(["set_memory_ro pfn:0x140000", "set_memory_rw pfn:0x140000"])
    for press in KeyTable.time { try press.press(in: terminal) }
  }

  @Test func `keys of the screen`() throws {
    let terminal = try opened(["set_memory_ro pfn:0x140000"])
    for press in KeyTable.view { try press.press(in: terminal) }
  }

  @Test func `Ctrl-L paints again what another program wrote over, in every layer`() throws {
    let terminal = try opened()
    for (key, isOpen) in [("?", true), ("Escape", false)] {
      try terminal.press(key)
      // A pending Escape would take the next key with it.
      try terminal.wait(until: "\(isOpen ? "opens" : "closes") the help") {
        $0.contains("help, lines 1-") == isOpen
      }
      try terminal.overwrite("rubbish from elsewhere")
      try terminal.wait(for: "rubbish from elsewhere")
      try terminal.press("C-l")
      try terminal.wait(until: "is painted again") { !$0.contains("rubbish from elsewhere") }
    }
  }

  @Test(arguments: [("Q", 0), ("C-c", 130), ("q", 0)])
  func `keys that leave`(key: String, status: Int) throws {
    let terminal = try opened()
    try terminal.press(key)
    if key != "Q" {
      try terminal.wait(for: "any other key stays")
      try terminal.press(key)
    }
    try terminal.wait(for: "status=\(status)")
  }
}
