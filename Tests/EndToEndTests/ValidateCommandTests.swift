import Foundation
import TestSupport
import Testing

/// `directmap validate`: what is wrong with files, without running them.
@Suite(.waitsForPrograms) struct ValidateCommandTests {
  @Test func `finds nothing wrong with the project's own files, a line each`() throws {
    let root = ProjectFiles.root.path
    let files = ProjectFiles.list("Assets/scenarios", ending: "dmap").map { "\(root)/\($0)" }
    let result = try Program.run(["validate"] + files)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == files.count)
    #expect(result.output.contains("first-split.dmap: a scenario, "))
  }

  @Test func `tells all that is wrong, not only the first`() throws {
    let text = "foo\nset_memory_ro pfn:0x140000\nkernel linux-6.12\ntouch pfn:1 x\n"
    let result = try Program.run(["validate", "-"], input: text)
    #expect(result.status == 2 && result.output == "")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 3)
    for (line, start) in zip(lines, ["<stdin>:1:1: unknown", "<stdin>:3:1: ", "<stdin>:4:13: "]) {
      #expect(line.hasPrefix(start), "\(line)")
    }
  }

  @Test(arguments: [["validate"], ["validate", "--json"], ["run"], ["play", "--plain", "--all"]])
  func `of very many wrong lines the first are told, and how many more there are`(
    command: [String],
  ) throws {
    let folder = try Folder()
    let text = (1...20_000).map { "nonsense\($0) here" }.joined(separator: "\n")
    try folder.write((command[0] == "play" ? "session 1\n" : "") + text, "a.dmap")
    let result = try Program.run(command + ["a.dmap"], in: folder.path)
    let told = command.contains("--json") ? result.output : result.errors
    #expect(told.utf8.count < 40_000, "\(told.utf8.count)")
    switch command {
    case ["validate"]:
      let lines = told.split(separator: "\n")
      #expect(lines.count == 21 && lines[0].hasPrefix("a.dmap:1:1: unknown command 'nonsense1'"))
      #expect(lines.last == "a.dmap: 19980 more problems are not listed")
    case ["validate", "--json"]: #expect(told.contains("\"problemsLeftOut\" : 19980"))
    case ["run"]: #expect(told.split(separator: "\n").count == 1)
    default: #expect(told.hasSuffix("more problems are not listed\n"))
    }
  }

  @Test func `knows demos, lessons and sessions, and prints JSON`() throws {
    let folder = try Folder()
    try folder.write("key \"r\"\nwait 1s", "demo.dmap")
    try folder.write("session 1\nset_memory_ro pfn:0x140000\nend 1", "session.dmap")
    try folder.write("part \"Nothing\"", "lesson.dmap")
    let names = ["demo", "session", "lesson", "missing"].map { "\(folder.path)/\($0).dmap" }
    let result = try Program.run(["validate", "--json"] + names)
    #expect(result.status == 2 && result.errors == "")
    for text in [
      "\"kind\" : \"demo\"", "\"kind\" : \"session\"", "\"kind\" : \"lesson\"",
      "the lesson has no title", "\"reason\" : \"it does not exist; check the name\"",
    ] {
      #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
  }
}
