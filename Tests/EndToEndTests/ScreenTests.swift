import Foundation
import TestSupport
import Testing

/// The real program in a real terminal.
@Suite(.serialized, .waitsForPrograms) struct ScreenTests {
  @Test func `explains itself, splits at a key and quits`() throws {
    let terminal = try TerminalSession()
    try terminal.start()
    try terminal.wait(for: "Press first")
    let first = try terminal.wait(for: "? help")
    #expect(first.contains("1G  slots 0-511"))
    #expect(first.contains("2M  in 1G slot"))
    #expect(first.contains("no calls yet"))
    #expect(first.contains("█"))
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.wait(for: "splits 1 x 1G, 1 x 2M")
    let split = try terminal.wait(for: "should_split_large_page")
    #expect(split.contains("4K  in 2M slot"))
    try terminal.press("u")
    try terminal.wait(for: "splits 0 x 1G, 0 x 2M")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `steps through the events of a call, forwards and backwards`() throws {
    let terminal = try TerminalSession()
    try terminal.start()
    try terminal.wait(for: "Press first")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.press(",")
    try terminal.wait(for: "event ")
    try terminal.press("<")
    try terminal.wait(for: "splits 0 x 1G")
    for _ in 0..<3 { try terminal.press(".") }
    try terminal.wait(for: "event 5 of ")
    try terminal.press(">")
    try terminal.wait(for: "splits 1 x 1G")
  }

  @Test func `takes the scenario language at its prompt and names the nearest word`() throws {
    let terminal = try TerminalSession()
    try terminal.start("--kernel linux-6.12")
    try terminal.wait(for: "Press first")
    try terminal.type(":set_memroy_ro pfn:0x140000\n")
    try terminal.wait(for: "did you mean 'set_memory_ro'")
    try terminal.press("Escape")
    try terminal.type(":set_memory_ro pfn:0x140000 33\n")
    try terminal.wait(for: "call 1 of 1")
  }

  @Test func `compares a recording step by step`() throws {
    let terminal = try TerminalSession()
    let root = ProjectFiles.root.path
    try terminal.start("play \(root)/Assets/recordings/linux-7.2.12/rox-1.jsonl")
    try terminal.wait(for: "rox-1")
    try terminal.press(">")
    try terminal.wait(for: "equal to Linux 7.2.12")
    try terminal.type("g50\n")
    try terminal.wait(for: "call 50 of ")
    try terminal.wait(for: "equal to Linux 7.2.12")
  }

  @Test func `shows two variants side by side, and a kernel that stopped beside one that did not`()
    throws
  {
    let terminal = try TerminalSession()
    let file = "\(ProjectFiles.root.path)/Assets/scenarios/merge-bug.dmap"
    try terminal.start("play \(file) --variant plain=policy:none --variant count=")
    try terminal.wait(for: "plain: linux-6.1 | count: linux-6.1 + hyeyoo-count-2022")
    try terminal.press("$")
    try terminal.wait(for: "count: KERNEL STOPPED, u goes back. BUG: the table at")
    try terminal.press("e")
    try terminal.press("r")
    try terminal.wait(for: "the kernel has stopped and makes no call")
    try terminal.press("u")
    try terminal.wait(until: "goes back before the BUG") { !$0.contains("KERNEL STOPPED") }
    try terminal.type(":compare off\n")
    try terminal.wait(until: "shows one machine") { $0.contains("1G  slots 0-511") }
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `shows three variants side by side, and two of them where there is less room`() throws
  {
    let terminal = try TerminalSession(columns: 200, rows: 50)
    let file = "\(ProjectFiles.root.path)/Assets/scenarios/merge-ro-rw.dmap"
    try terminal.start(
      "play --no-config \(file) --variant plain=policy:none --variant merge=policy:aaronlu-2022 "
        + "--variant count=policy:hyeyoo-count-2022")
    try terminal.wait(for: "count: 4K  in 2M slot")
    try terminal.press("e")
    try terminal.wait(for: "The focus is on merge: ")
    try terminal.resize(columns: 120, rows: 40)
    try terminal.wait(for: "side by side, 2-3 of 3")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `keeps its feet at every size`() throws {
    let terminal = try TerminalSession()
    try terminal.start()
    try terminal.wait(for: "Press first")
    for (columns, rows) in [(1, 1), (10, 3), (79, 24), (300, 100), (40, 90), (200, 2), (80, 24)] {
      try terminal.resize(columns: columns, rows: rows)
      try terminal.press("r")
    }
    try terminal.wait(for: "call 7 of 7")
    try terminal.resize(columns: 30, rows: 10)
    try terminal.wait(for: "30x10, needs 36x21")
    try terminal.resize(columns: 120, rows: 40)
    try terminal.wait(for: "4K  in 2M slot")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test(arguments: [("TERM", 143), ("INT", 130), ("HUP", 129), ("SEGV", 139), ("ABRT", 134)])
  func `restores the terminal and ends as a signal demands`(name: String, status: Int) throws {
    let terminal = try TerminalSession()
    try terminal.type("stty -a > /tmp/directmap-$$-before\n")
    try terminal.start()
    try terminal.wait(for: "Press first")
    try terminal.signal(name)
    // A shell that sees its child end by SIGINT drops the rest of the line.
    if name != "INT" { try terminal.wait(for: "status=\(status)") }
    try terminal.wait(until: "is the shell's again") { !$0.contains("Press first") }
    // What is typed before the shell reads is lost with the program's input.
    try terminal.waitForShell()
    try terminal.type(
      "\nstty -a | cmp - /tmp/directmap-$$-before && echo same; rm /tmp/directmap-$$-before\n")
    try terminal.wait(until: "says that the terminal is as before") {
      $0.split(separator: "\n").contains { $0 == "same" || $0 == "$ same" }
    }
  }

  @Test func `stops at Ctrl-Z and comes back with fg`() throws {
    let terminal = try TerminalSession()
    try terminal.type("set -m\n")
    try terminal.start()
    try terminal.wait(for: "Press first")
    try terminal.press("C-z")
    try terminal.wait(for: "Stopped")
    try terminal.type("fg\n")
    try terminal.wait(for: "Press first")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
  }

  @Test(arguments: ["vt100", "linux", "xterm-256color", "screen"])
  func `draws on other terminals, in plain ASCII where the locale has no more`(
    type: String
  ) throws {
    let terminal = try TerminalSession(columns: 80, rows: 24, type: type, locale: "C")
    try terminal.start()
    try terminal.wait(for: "directmap")
    try terminal.press("r")
    try terminal.wait(for: "call 1")
    let shown = try terminal.wait(for: "? help")
    #expect(shown.utf8.allSatisfy { $0 < 128 })
  }

  @Test func `refuses to draw where there is no terminal`() throws {
    let result = try Program.run([])
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("directmap: "))
    #expect(!result.errors.contains("\u{1b}"))
  }
}
