import Foundation
import TestSupport
import Testing

/// Sessions through the real program.
@Suite(.serialized, .waitsForPrograms) struct SessionTests {
  @Test func `saves branches and marks, and comes back to them`() throws {
    let folder = try Folder()
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path)\n")
    try terminal.start()
    try terminal.wait(for: "Press first")
    for key in ["r", "m", "a", "w", "u", "s"] { try terminal.press(key) }
    try terminal.wait(for: "this is branch b1")
    try terminal.type(":mark tip\n")
    try terminal.wait(for: "Mark tip: after call 2, branch b1.")
    try terminal.type(":save x.dmap\n")
    try terminal.wait(for: "Saved 3 calls, 2 branches, 2 marks to x.dmap.")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
    #expect(try folder.names == ["x.dmap"])
    #expect(folder.text("x.dmap").hasSuffix("cursor main 1\ncursor b1 2\nend 3\n"))

    try terminal.type("clear\n")
    try terminal.start("play x.dmap")
    try terminal.wait(for: "call 2 of 2")
    try terminal.type("'a")
    try terminal.wait(for: "call 1 of 2")
    try terminal.type(":branch switch main\n")
    try terminal.wait(for: "Branch main")
    try terminal.type(":goto tip\n")
    try terminal.wait(for: "Mark tip: branch b1 from here on.")
    try terminal.type(":save\n")
    try terminal.wait(for: "Saved 3 calls, 2 branches, 2 marks to x.dmap.")
    try terminal.type(":open nosuch.dmap\n")
    try terminal.wait(for: "nosuch.dmap does not exist; check the name")
    try terminal.type(":open x.dmap\n")
    try terminal.wait(for: "Opened x.dmap: 2 calls on this branch.")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `leaves what is there alone, and goes on where it cannot save`() throws {
    let folder = try Folder()
    try folder.write("precious\n", "notes.txt")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/sub", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link", withDestinationPath: "notes.txt")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/nowhere", withDestinationPath: "gone")
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path)\n")
    try terminal.start()
    try terminal.wait(for: "Press first")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    let refusals = [
      ("save notes.txt", "notes.txt exists; save! notes.txt replaces it"),
      ("save! sub", "sub is a directory; give the name of a file"),
      ("save! /dev/null", "/dev/null is no ordinary file; give another name"),
      ("save! nowhere", "nowhere is a symbolic link, and nothing is written through one"),
      ("save! link", "give the name of the file itself: notes.txt"),
      ("save no/such/x", "no/such/x lies in no directory"),
      ("save! /dev/full", "/dev/full is no ordinary file"),
    ]
    for (line, answer) in refusals {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: answer)
    }
    #expect(folder.text("notes.txt") == "precious\n")
    try terminal.type(":save! notes.txt\n")
    try terminal.wait(for: "Saved 1 call, 1 branch, 0 marks to notes.txt.")
    #expect(folder.text("notes.txt").hasSuffix("end 1\n"))
    #expect(try folder.names == ["link", "notes.txt", "nowhere", "sub"])
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `keeps the permissions of a file`() throws {
    let folder = try Folder()
    let file = "\(folder.path)/x.dmap"
    try folder.write("session 1\nend 0\n", "x.dmap")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    let terminal = try TerminalSession()
    try terminal.start("play \(file)")
    try terminal.wait(for: "? help")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.type(":save\n")
    try terminal.wait(for: "Saved 1 call")
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func `is killed while it saves and leaves a whole file`() throws {
    let folder = try Folder()
    // Long enough that writing takes more than one step.
    try folder.write(Self.text(calls: 2000), "x.dmap")
    var random = SeededGenerator(seed: 1)
    var versions: Set<Int> = []
    for round in 0..<12 {
      let terminal = try TerminalSession(columns: 80, rows: 24)
      try terminal.type("cd \(folder.path)\n")
      try terminal.start("play x.dmap")
      try terminal.wait(for: "? help")
      // Each saves one call more than the previous one; the kill comes at any of them.
      try terminal.type("s:save\n" + String(repeating: "w:save\ns:save\n", count: 2))
      for _ in 0..<random.next(below: 4) { _ = try terminal.screen() }
      try terminal.signal("KILL")
      try terminal.waitForStatus(137)
      let text = folder.text("x.dmap")
      let result = try Program.run(["run", "\(folder.path)/x.dmap", "--to", "0"])
      #expect(result.status == 0, "round \(round): \(result.errors)")
      let count = text.split(separator: "\n").last.flatMap { Int($0.dropFirst("end ".count)) }
      versions.insert(try #require(count, "round \(round) left \(text.suffix(200))"))
    }
    #expect(versions.allSatisfy { $0 >= 2000 })
  }

  /// A session with this number of calls, each of which saves a line.
  private static func text(calls count: Int) -> String {
    let calls = (0..<count).map { "set_memory_ro pfn:0x\(String(0x140000 + $0, radix: 16))\n" }
    return "session 1\n" + calls.joined() + "cursor main \(count)\nend \(count)\n"
  }

  @Test func `fails in the middle of writing and leaves the old file`() throws {
    let folder = try Folder()
    let start = Self.text(calls: 1000)
    try folder.write(start, "x.dmap")
    // A limit on the size of files: where the program may ask for it, it is no end either.
    for shell in ["", "trap '' XFSZ;"] {
      let terminal = try TerminalSession()
      try terminal.type("cd \(folder.path); \(shell) ulimit -f 8\n")
      try terminal.start("play x.dmap")
      try terminal.wait(for: "? help")
      try terminal.type("s:save\n")
      try terminal.wait(for: "x.dmap is not saved: it is larger than files may be here")
      #expect(folder.text("x.dmap") == start)
      #expect(try folder.names == ["x.dmap"])
    }
  }

  @Test func `runs and compares the first branch, and says what it leaves out`() throws {
    let text = """
      session 1
      kernel linux-6.12
      set_memory_ro pfn:0x140000
      mark a
      branch b1 from main 0
      set_memory_rw pfn:0x140000
      cursor b1 1
      end 2
      """
    let line = "<stdin>: 1 branch is left out; directmap play shows it\n"
    let run = try Program.run(["run", "-"], input: text)
    #expect(run.status == 0 && run.errors == line)
    #expect(run.output.hasSuffix("1 call, 0 expects, 0 failed\n"))
    let compared = try Program.run(["compare", "-"], input: text)
    #expect(compared.status == 0 && compared.errors == line)
    let cut = try Program.run(["run", "-"], input: text.replacing("end 2", with: ""))
    #expect(cut.status == 2 && cut.output == "")
    #expect(cut.errors.hasPrefix("<stdin>:8:1: the file is cut"))
  }

  @Test func `opens a damaged session and tells what is wrong with it`() throws {
    let folder = try Folder()
    try folder.write(
      """
      session 1
      set_memory_ro pfn:0x140000
      mark a
      set_memroy_rw pfn:0x140000
      mark b 7
      branch b1 from nosuch 1
      set_memory_rw pfn:0x140000
      """, "x.dmap")
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path)\n")
    try terminal.start("play x.dmap")
    try terminal.wait(for: "x.dmap:4:1: unknown command 'set_memroy_rw'")
    try terminal.wait(for: "(and 3 problems more)")
    try terminal.type("'a")
    try terminal.wait(for: "call 1 of 1")
    try terminal.press("Q")
    // The shell's screen has every line of them.
    let shown = try terminal.wait(for: "status=0")
    for line in ["x.dmap:5:1: mark b is gone", "x.dmap:6:1: there is no branch nosuch"] {
      #expect(shown.contains(line))
    }
    #expect(shown.contains("x.dmap:8:1: the file is cut"))
  }
}
