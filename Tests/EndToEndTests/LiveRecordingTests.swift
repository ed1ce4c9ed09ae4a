import Foundation
import TestSupport
import Testing

/// Recording while the program is used.
@Suite(.serialized, .waitsForPrograms) struct LiveRecordingTests {
  /// The program, recording into a folder.
  private func started(
    _ folder: Folder, _ arguments: String, before: String = "",
  ) throws -> TerminalSession {
    let terminal = try TerminalSession(columns: 100, rows: 30)
    try terminal.type("cd \(folder.path); \(before) clear\n")
    try terminal.start("--no-config \(arguments)")
    try terminal.wait(for: "╭ welcome")
    return terminal
  }

  @Test func `what was shown is in the cast, other sizes too`() throws {
    let folder = try Folder()
    let terminal = try started(folder, "--record a.cast")
    try terminal.wait(for: "Recording to a.cast; C-t ends it.")
    #expect(try terminal.screen().hasPrefix("●directmap"))
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.resize(columns: 90, rows: 25)
    try terminal.press("<")
    try terminal.wait(for: "before call 1 of 1")
    try terminal.press(".")
    try terminal.wait(for: "event 2/43")
    // A change flashes for a moment; what is left is on the screen and in the file.
    try terminal.press("L")
    try terminal.wait(for: "permissions show as letters")
    try folder.write(try terminal.styledScreen(), "live")
    try terminal.signal("KILL")
    try terminal.wait(for: "status=137")
    try OtherProgram.tool("check_cast", ["2", "\(folder.path)/a.cast"])
    #expect(folder.text("a.cast").contains("\"r\", \"90x25\"]"))
    let live = try OtherProgram.rows(["\(folder.path)/live", "90x25"])
    #expect(live.count == 25)
    #expect(try OtherProgram.rows(["\(folder.path)/a.cast"]) == live)
  }

  @Test func `a key begins and ends, with a free name`() throws {
    let folder = try Folder()
    try folder.write("mine", "directmap-1.cast")
    let terminal = try started(folder, "")
    try terminal.press("C-t")
    try terminal.wait(for: "Recording to directmap-2.cast; C-t ends it.")
    try terminal.type(":record other.cast\n")
    try terminal.wait(for: "is recorded to directmap-2.cast already; record off ends that")
    try terminal.press("Escape")
    try terminal.press("C-t")
    try terminal.wait(for: "Recorded to directmap-2.cast.")
    try terminal.wait(until: "has no sign") { $0.hasPrefix(" directmap") }
    try terminal.type(":record directmap-1.cast\n")
    try terminal.wait(for: "directmap-1.cast exists, and directmap record did not make it;")
    try terminal.type(":record film.gif\n")
    try terminal.wait(for: "film.gif does not end in .html, .svg, .cast, .txt or .dmap")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
    try OtherProgram.tool("check_cast", ["2", "\(folder.path)/directmap-2.cast"])
    #expect(folder.text("directmap-1.cast") == "mine")
    #expect(try folder.names == ["directmap-1.cast", "directmap-2.cast"])
  }

  @Test func `a recording made live goes by force only`() throws {
    let folder = try Folder()
    try folder.write("mine", "a.cast")
    let refused = try TerminalSession(columns: 100, rows: 30)
    try refused.type("cd \(folder.path); clear\n")
    try refused.start("--no-config --record a.cast")
    try refused.wait(for: "a.cast exists, and directmap record did not make it; --force")
    try refused.wait(for: "status=2")
    #expect(folder.text("a.cast") == "mine")
    for _ in 0..<2 {
      let terminal = try started(folder, "--record a.cast --force")
      try terminal.wait(for: "Recording to a.cast; C-t ends it.")
      try terminal.press("r")
      try terminal.wait(for: "call 1 of 1")
      try terminal.press("Q")
      try terminal.wait(for: "status=0")
      try OtherProgram.tool("check_cast", ["2", "\(folder.path)/a.cast"])
      #expect(try folder.names == ["a.cast"])
    }
    // A live recording cannot be made again.
    try folder.write("set_memory_ro pfn:0x140000", "demo.dmap")
    let batch = try Program.run(["record", "demo.dmap", "-o", "a.cast"], in: folder.path)
    #expect(batch.status == 2 && batch.errors.contains("directmap record did not make it"))
  }

  @Test func `a recording whose file is moved away ends, and touches nothing`() throws {
    let folder = try Folder()
    let terminal = try started(folder, "--record a.cast")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/a.cast", toPath: "\(folder.path)/b.cast")
    try folder.write("mine", "a.cast")
    try terminal.press("w")
    try terminal.wait(for: "a.cast was moved or replaced while it was recorded")
    #expect(folder.text("a.cast") == "mine")
    try OtherProgram.tool("check_cast", ["2", "\(folder.path)/b.cast"])
    #expect(try folder.names == ["a.cast", "b.cast"])
  }

  @Test(arguments: ["cast", "svg", "txt"])
  func `where there is no room for the first picture, there is no file`(format: String) throws {
    let folder = try Folder()
    let terminal = try started(folder, "--record a.\(format)", before: "ulimit -f 0;")
    try terminal.wait(for: "a.\(format) is not saved: it is larger than files may be here")
    #expect(try folder.names == [])
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
  }

  @Test(arguments: ["KILL", "TERM", "HUP"])
  func `a recording that is cut short is whole up to there`(signal: String) throws {
    let folder = try Folder()
    for format in ["cast", "svg", "html", "txt"] {
      let terminal = try started(folder, "--record a.\(format)")
      // As many keys as arrive before the end.
      try terminal.type("r,,,.....w<<>>?")
      try terminal.signal(signal)
      try terminal.waitForStatus()
    }
    try OtherProgram.tool("check_cast", ["2", "\(folder.path)/a.cast"])
    try OtherProgram.run("xmllint", ["--noout", "\(folder.path)/a.svg"])
    try OtherProgram.tool("check_svg", ["\(folder.path)/a.svg"])
    #expect(folder.text("a.html").hasSuffix("</body>\n</html>\n"))
    #expect(folder.text("a.txt").split(separator: "\n").last?.hasPrefix("--- end") ?? false)
  }

  @Test(arguments: ["cast", "svg", "txt"])
  func `where there is no room, recording ends and the program goes on`(format: String) throws {
    let folder = try Folder()
    // In blocks of 512 bytes: the first picture fits, the second does not.
    let blocks = ["cast": 23, "svg": 56, "txt": 14][format] ?? 0
    let terminal = try started(folder, "--record a.\(format)", before: "ulimit -f \(blocks);")
    try terminal.press("r")
    try terminal.wait(for: "a limit on the size of files is reached; a.\(format) has all up to")
    #expect(try terminal.screen().hasPrefix(" directmap"))
    try terminal.press("w")
    try terminal.wait(for: "call 2 of 2")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
    let text = folder.text("a.\(format)")
    #expect(text.utf8.count > 4000 && text.utf8.count <= blocks * 512)
    switch format {
    case "cast": try OtherProgram.tool("check_cast", ["2", "\(folder.path)/a.cast"])
    case "svg": try OtherProgram.tool("check_svg", ["\(folder.path)/a.svg"])
    default: #expect(text.split(separator: "\n").last?.hasPrefix("--- end") ?? false)
    }
  }

  @Test func `keys that were recorded lead to the same screen again`() throws {
    let folder = try Folder()
    let terminal = try started(folder, "--record keys.dmap")
    for key in ["4", "r", "l", "w", "u", "<", ".", "Tab"] { try terminal.press(key) }
    try terminal.type(":why pfn:0x140000 2M\n")
    try terminal.press("L")
    try terminal.wait(for: "permissions show as letters")
    try folder.write(try terminal.styledScreen(), "live")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
    let check = try Program.run(["validate", "\(folder.path)/keys.dmap"])
    #expect(check.status == 0, "\(check.errors)")
    let result = try Program.run([
      "record", "\(folder.path)/keys.dmap", "-o", "\(folder.path)/keys.cast", "--no-config",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let live = try OtherProgram.rows(["\(folder.path)/live", "100x30"])
    let again = try OtherProgram.rows(["\(folder.path)/keys.cast"])
    // The first row names the file, and has the sign of recording.
    #expect(live.count == 30)
    for (y, row) in live.enumerated().dropFirst() where row != again[y] {
      Issue.record("row \(y) is\n\(row) live, and again\n\(again[y])")
    }
  }
}
