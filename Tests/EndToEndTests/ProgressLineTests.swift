import TestSupport
import Testing

/// What a command without a screen says of work that takes long.
@Suite(.serialized, .waitsForPrograms) struct ProgressLineTests {
  /// Two short calls around one of several seconds.
  private static let scenario = """
    machine giant-64t
    set_memory_ro pfn:0x1000000
    set_memory_4k pfn:0x1000000 512G
    set_memory_rw pfn:0x1000000

    """

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write(scenario, "long.dmap")
    return folder
  }

  @Test(arguments: ["run", "compare", "record --output x.txt"])
  func `a command tells how far it is, and what stops it`(command: String) throws {
    let folder = try Self.folder()
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("\(command) long.dmap")
    let screen = try terminal.wait(for: "Ctrl-C stops it")
    #expect(screen.contains("ing long.dmap: "))
    try terminal.press("C-c")
    try terminal.waitForShell()
  }

  @Test func `the line goes before anything is printed, and at the end`() throws {
    let folder = try Self.folder()
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("run long.dmap")
    try terminal.wait(for: "Ctrl-C stops it")
    try terminal.waitForStatus(0)
    let lines = try terminal.screen().split(separator: "\n")
    #expect(!lines.contains { $0.contains("Running") })
    #expect(lines.contains { $0.contains("set_memory_rw") })
  }

  @Test func `nothing of it is written where standard error is no terminal`() throws {
    let folder = try Self.folder()
    let result = try Program.run(["run", "long.dmap"], in: folder.path)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty, "\(result.errors)")
  }
}
