import Foundation
import TestSupport
import Testing

/// `directmap play --plain` through pipes, and in a terminal.
@Suite(.waitsForPrograms) struct PlainModeTests {
  private static let file = "\(ProjectFiles.root.path)/Assets/scenarios/first-split.dmap"

  private static func play(_ arguments: [String] = [], input: String) throws -> Program.Result {
    try Program.run(["play", file, "--plain", "--no-config"] + arguments, input: input)
  }

  @Test func `answers lines and ends with the input`() throws {
    let result = try Self.play(input: "step\nnonsense\n>\nwhere")
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains("\nCall 1 of 4: set_memory_ro pfn:0x1403e8.\n"))
    #expect(result.output.contains("\nNot done: unknown word 'nonsense'"))
    #expect(result.output.contains("\nThis is after call 1 of 4: "))
    // No prompt and no escape sequence goes into a pipe.
    #expect(!result.output.contains("> ") && !result.output.contains("\u{1b}"))
  }

  @Test func `tells the whole file where nothing is said, or where that is wanted`() throws {
    let empty = try Self.play(input: "")
    #expect(empty.status == 0 && empty.errors == "")
    #expect(empty.output.hasSuffix("\nThis is the end.\n"))
    for call in 1...4 { #expect(empty.output.contains("\nCall \(call) of 4: ")) }
    let all = try Self.play(["--all"], input: "")
    #expect(all.output == empty.output && all.status == 0)
  }

  @Test func `ends with 1 where a claim did not hold, with 0 where all did`() throws {
    let good = try Self.play(input: "expect size(pfn:0x1403e8) == 1G\nquit\nexpect ret == 1\n")
    #expect(good.status == 0)
    let bad = try Self.play(input: "expect ret == 1\nwhere\n")
    #expect(bad.status == 1)
    #expect(bad.output.contains("\nThe claim does not hold: ret is 0.\n"))
    #expect(bad.output.contains("\nThe branch is main.\n"))
  }

  @Test func `takes any bytes, and lines of any length, without falling over`() throws {
    let long = String(repeating: "x", count: 100_000)
    let result = try Self.play(input: "\u{1b}]0;x\u{7}\n\0\n\(long)\nstep\r\n")
    #expect(result.status == 0)
    #expect(result.output.contains("\nNot done: a line is longer than 4096 bytes.\n"))
    #expect(result.output.contains("\nCall 1 of 4: "))
    #expect(!result.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test func `keeps to ASCII where the locale or the user wants it`() throws {
    let note = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).dmap")
    defer { try? FileManager.default.removeItem(at: note) }
    try Data("note \"caf\u{e9} \u{202e}\"\nset_memory_ro pfn:0x140000\n".utf8).write(to: note)
    let arguments = ["play", note.path, "--plain", "--all", "--no-config"]
    let ascii = try Program.run(arguments + ["--ascii"])
    #expect(ascii.output.contains("\nNote: caf? ?.\n"))
    let unicode = try Program.run(arguments + ["--unicode"])
    #expect(unicode.output.contains("\nNote: caf\u{e9} ?.\n"))
  }

  @Test func `names itself where there is no terminal for a screen, and asks for itself`() throws {
    let screen = try Program.run(["play", Self.file])
    #expect(screen.status == 2 && screen.errors.contains("play --plain needs no terminal"))
    let all = try Program.run(["play", "--all"])
    #expect(all.status == 2 && all.errors.contains("give --plain too"))
    let missing = try Program.run(["play", "no-such-file.dmap", "--plain"])
    #expect(missing.status == 2 && missing.output == "")
  }

  @Test func `ends quietly when nobody reads on`() throws {
    let program = try Program.url().path
    let file = "\(ProjectFiles.root.path)/Assets/scenarios/rox-collapse.dmap"
    for ignoring in ["", "trap '' PIPE;"] {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(filePath: "/bin/bash")
      let line =
        "\(ignoring) '\(program)' play '\(file)' --plain --all --no-config 2>&1 | head -n 1; "
        + "echo ${PIPESTATUS[0]}"
      process.arguments = ["-c", line]
      process.standardOutput = output
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let text = String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(text == "The machine teaching-4g runs linux-7.2.\n141\n")
    }
  }

  @Test func `prompts in a terminal, and leaves at Ctrl-D and Ctrl-C`() throws {
    let terminal = try TerminalSession()
    try terminal.start("play \(Self.file) --plain --no-config")
    try terminal.wait(until: "prompts") { $0.contains("help lists") && $0.contains("\n>\n") }
    try terminal.type("step\n")
    try terminal.wait(for: "Call 1 of 4: set_memory_ro pfn:0x1403e8.")
    try terminal.press("C-d")
    try terminal.wait(for: "status=0")
    try terminal.type("clear\n")
    try terminal.start("play \(Self.file) --plain --no-config")
    try terminal.wait(until: "prompts again") {
      $0.contains("help lists") && $0.contains("\n>\n") && !$0.contains("status=0")
    }
    try terminal.press("C-c")
    try terminal.waitForShell()
    try terminal.type("echo ended=$?\n")
    try terminal.wait(for: "ended=130")
  }
}
