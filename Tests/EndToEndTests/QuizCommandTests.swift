import Foundation
import TestSupport
import Testing

/// `directmap quiz`, and `--predict` on the screen and in lines.
@Suite(.waitsForPrograms) struct QuizCommandTests {
  private static let file = "\(ProjectFiles.root.path)/Assets/scenarios/first-split.dmap"

  private static func sheet(_ arguments: String...) throws -> String {
    let result = try Program.run(["quiz", "--seed", "11"] + arguments)
    #expect(result.status == 0 && result.errors == "")
    return result.output
  }

  @Test func `prints a sheet, the same with its answers, and grades both`() throws {
    let blank = try Self.sheet("--count", "6")
    #expect(try Self.sheet("--count", "6") == blank)
    #expect(blank.hasPrefix("directmap quiz  version 1  seed 11  topic mixed  questions 6  sum "))
    #expect(blank.split(separator: "\n").count { $0.hasSuffix(": ?") } == 6)
    let solved = try Self.sheet("--count", "6", "--answers")
    #expect(!solved.contains(": ?"))
    let full = try Program.run(["quiz", "--grade", "-"], input: solved)
    #expect(full.status == 0 && full.errors == "")
    #expect(full.output == "6 of 6 right, 100 %: passed (pass mark 60 %)\n")
    let none = try Program.run(["quiz", "--grade", "-"], input: blank)
    #expect(none.status == 1)
    #expect(
      none.output.hasPrefix("0 of 6 right, 0 %: not passed (pass mark 60 %); 0 wrong, 6 missing"))
    let lenient = try Program.run(["quiz", "--grade", "-", "--pass", "0"], input: blank)
    #expect(lenient.status == 0)
  }

  @Test func `grades a file as JSON`() throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = try Self.sheet("--topic", "flush", "--count", "3", "--answers")
    try Data(text.replacing("\n", with: "\r\n").utf8).write(to: file)
    let result = try Program.run(["quiz", "--grade", file.path, "--json", "--pass", "100"])
    #expect(result.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(object?["right"] as? Int == 3 && object?["passed"] as? Bool == true)
    #expect((object?["answers"] as? [[String: Any]])?.count == 3)
  }

  @Test func `an exercise can be played`() throws {
    let scenario = try Self.sheet("--exercise", "1")
    let result = try Program.run(["run", "-"], input: scenario)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains(" call"))
  }

  @Test(arguments: [
    (["quiz"], "give --seed N for a sheet, or --grade FILE for a grade"),
    (["quiz", "--seed", "x"], "'x'"),
    (["quiz", "--seed", "1", "--count", "101"], "give 1 to 100"),
    (["quiz", "--seed", "1", "--topic", "flsh"], "did you mean 'flush'?"),
    (["quiz", "--seed", "1", "--topic", "music"], "zapping, arm64"),
    (["quiz", "--seed", "1", "--json"], "give --grade FILE too"),
    (["quiz", "--seed", "1", "--exercise", "99"], "there is no exercise 99"),
    (["quiz", "--grade", "x", "--answers"], "leave --answers"),
    (["quiz", "--grade", "-", "--pass", "101"], "give 0 to 100"),
    (["quiz", "--grade", "/no/such/file"], "does not exist"),
    (["quiz", "--grade", "-"], "<stdin>:1: this is no worksheet"),
    (["play", "--plain", "--all", "--predict"], "leave --predict out"),
  ])
  func `what is wrong ends with status 2 and one line`(arguments: [String], words: String) throws {
    let result = try Program.run(arguments, input: "rubbish \u{1b}[2J\n")
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count <= 4)
    #expect(!result.errors.contains("\u{1b}"))
  }

  @Test func `the seed of a sheet can be asked for`() throws {
    let solved = try Self.sheet("--answers")
    let result = try Program.run(["quiz", "--grade", "-", "--seed", "12"], input: solved)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("<stdin>:1: the sheet has another seed"))
  }

  @Test func `asks in lines, and ends with the score`() throws {
    let result = try Program.run(
      ["play", Self.file, "--plain", "--no-config", "--predict"],
      input: "step\n9\na or b\n2\nover\nskip\n")
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains("\nBefore call 1, set_memory_ro pfn:0x1403e8, a question.\n"))
    #expect(result.output.contains("\nNot done: answer with one letter, a to d, or say skip.\n"))
    #expect(result.output.contains("\nRight. The request covers 1 of 262144 pages"))
    #expect(result.output.contains("\nYour predictions: 1 of "))
  }

  @Test func `asks on the screen before each call, and leaves with the score`() throws {
    let terminal = try TerminalSession()
    try terminal.start("play \(Self.file) --predict")
    try terminal.wait(for: "before call 1 of 4")
    try terminal.press(">")
    try terminal.wait(for: "a to d answers, Esc skips")
    try terminal.press("c")
    try terminal.wait(for: "Right. The request covers")
    try terminal.press("r")
    try terminal.wait(for: "predict: 1 of 1 right")
    try terminal.press("Escape")
    try terminal.wait(for: "Skipped: it is")
    try terminal.type(":predict off\n")
    try terminal.wait(for: "No more questions: 1 of 2 right, 1 skipped.")
    try terminal.press("Q")
    try terminal.wait(for: "your predictions: 1 of 2 right, 1 skipped")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }
}
