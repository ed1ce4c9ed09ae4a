import Foundation
import TestSupport
import Testing

/// Calls that take long: what the screen does meanwhile, and how they are stopped.
@Suite(.serialized, .waitsForPrograms) struct LongWorkTests {
  /// A call that takes far longer than it takes to press some keys, with a policy that looks at every
  /// entry.
  private static let line = "set_memory_4k pfn:0x1000000 512G"
  private static let stopped = "Stopped; nothing was changed."

  private func opened(_ folder: Folder) throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("--no-config --machine giant-64t --policy aaronlu-2022")
    try terminal.wait(for: "Press first")
    return terminal
  }

  /// Begins the call, and waits until the screen says that it is running.
  private func begin(_ terminal: TerminalSession) throws {
    try terminal.type(":\(Self.line)\n")
    try terminal.wait(for: "Esc stops it")
  }

  private func save(_ terminal: TerminalSession, _ folder: Folder, _ name: String) throws -> String
  {
    try terminal.type(":save \(name)\n")
    try terminal.wait(for: "to \(name).")
    return folder.text(name)
  }

  @Test(arguments: ["Escape", "C-c"])
  func `a key stops a long call, and all is as it was`(key: String) throws {
    let folder = try Folder()
    let terminal = try opened(folder)
    for key in ["r", "u"] { try terminal.press(key) }
    let place = Self.place(in: try terminal.wait(for: "before call 1 of 1"))
    let saved = try save(terminal, folder, "a.dmap")
    // A key that says nothing leaves the screen without a word.
    for key in ["l", "h"] { try terminal.press(key) }
    let before = try terminal.wait(until: "is quiet") {
      !$0.contains("Saved") && Self.place(in: $0) == place
    }
    try begin(terminal)
    try terminal.press(key)
    try terminal.wait(for: Self.stopped)
    for key in ["l", "h"] { try terminal.press(key) }
    try terminal.wait(until: "is as it was") { $0 == before }
    #expect(try save(terminal, folder, "b.dmap") == saved)
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `what only looks works meanwhile, and all else is refused`() throws {
    let terminal = try opened(Folder())
    let page = try terminal.wait(for: "pfn  0x")
    try begin(terminal)
    try terminal.press("End")
    try terminal.wait(until: "shows another page") {
      $0.contains("512G: ") && Self.place(in: $0) != Self.place(in: page)
    }
    try terminal.press("?")
    try terminal.wait(until: "shows help over it") {
      $0.contains("Move on the map") && $0.contains("C-c stops it")
    }
    try terminal.press("Escape")
    try terminal.wait(until: "is without help") { !$0.contains("Move on the map") }
    try terminal.press("r")
    try terminal.wait(for: "busy with set_memory_4k")
    try terminal.resize(columns: 90, rows: 30)
    try terminal.wait(until: "shows it at another size") {
      $0.contains("Esc stops it") && $0.split(separator: "\n").allSatisfy { $0.count <= 90 }
    }
    try terminal.press("Escape")
    try terminal.wait(for: Self.stopped)
    try terminal.press("r")
    try terminal.wait(for: "set_memory_ro pfn:0x3fffc0")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  /// The line that names the selected page.
  private static func place(in screen: String) -> Substring? {
    screen.split(separator: "\n").first { $0.contains("pfn  0x") }
  }

  @Test(arguments: ["qy", "Q", ":q\n"])
  func `one can leave meanwhile`(keys: String) throws {
    let terminal = try opened(Folder())
    try begin(terminal)
    try terminal.type(keys)
    try terminal.wait(for: "status=0")
  }

  @Test func `a long file opens behind a screen that says so, and Escape leaves`() throws {
    let folder = try Folder()
    try folder.write("machine giant-64t\n\(Self.line)\n", "long.dmap")
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("play --no-config long.dmap")
    try terminal.wait(for: "Opening long.dmap: ")
    try terminal.press("Escape")
    try terminal.wait(for: "status=130")
    try terminal.type("clear\n")
    try terminal.start("play --no-config --demo long.dmap")
    try terminal.wait(for: "Opening long.dmap: ")
    try terminal.press("C-c")
    try terminal.wait(for: "status=130")
  }

  @Test func `what is wrong with a long file is told on the shell's screen`() throws {
    let folder = try Folder()
    try folder.write(
      "machine giant-64t\nset_memory_4k pfn:0x1000000 1G\nset_memory_ro pfn:0x7fffffffff\n",
      "wrong.dmap")
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("play --no-config wrong.dmap")
    try terminal.wait(for: "status=2")
    #expect(try terminal.screen().contains("wrong.dmap:3:"))
  }

  @Test func `a file is opened beside the screen that is there`() throws {
    let folder = try Folder()
    try folder.write("machine giant-64t\n\(Self.line)\n", "long.dmap")
    let terminal = try opened(folder)
    try terminal.type(":open long.dmap\n")
    try terminal.wait(for: "open long.dmap: ")
    try terminal.press("Escape")
    try terminal.wait(for: Self.stopped)
    try terminal.press("r")
    try terminal.wait(for: "set_memory_ro pfn:0x3fffc0")
  }

  @Test func `without a screen Ctrl-C stops the line, and then the program`() throws {
    let terminal = try TerminalSession()
    try terminal.start("play --plain --no-config --machine giant-64t")
    try terminal.wait(for: "help lists")
    // Longer than any machine needs to show that it can be stopped.
    try terminal.type("set_pages_array_wc pfn:0x1000000 512G\n")
    try terminal.wait(for: "Ctrl-C stops it")
    try terminal.press("C-c")
    try terminal.wait(for: Self.stopped)
    try terminal.type("set_memory_ro pfn:0x1000000\n")
    try terminal.wait(for: "Call 1")
    try terminal.press("C-c")
    try terminal.waitForShell()
    try terminal.type("echo ended=$?\n")
    try terminal.wait(for: "ended=130")
  }
}
