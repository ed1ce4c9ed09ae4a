import Foundation
import TestSupport
import Testing

/// `directmap verify` on good, wrong and broken files.
@Suite(.waitsForPrograms) struct VerifyCommandTests {
  private static let good = "Assets/recordings/linux-7.2.12/basic-1.jsonl"

  /// Runs `verify` on a changed copy of a recording.
  private static func verify(_ change: (String) -> String) throws -> Program.Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(change(try ProjectFiles.text(good)).utf8).write(to: file)
    var result = try Program.run(["verify", file.path])
    result.output = result.output.replacing(file.path, with: "FILE")
    result.errors = result.errors.replacing(file.path, with: "FILE")
    return result
  }

  @Test func `prints a line for each file and a total`() throws {
    let path = ProjectFiles.root.appending(path: Self.good).path
    let result = try Program.run(["verify", path, path])
    #expect(result.status == 0)
    #expect(
      result.output
        == "\(path) 90/90\n\(path) 90/90\n2/2 files, 180/180 steps match\n")
  }

  @Test func `reports on more files than are held come in their order`() throws {
    let long = ProjectFiles.root.appending(
      path: "Assets/recordings/grouping-2021/workload-quiet-grouped.jsonl"
    ).path
    let short = ProjectFiles.root.appending(path: Self.good).path
    let files = (0..<150).map { $0 % 70 == 0 ? long : $0 % 9 == 1 ? "/no/such-\($0)" : short }
    let result = try Program.run(["verify"] + files)
    #expect(result.status == 2)
    let names = result.output.split(separator: "\n").dropLast().map { $0.prefix { $0 != " " } }
    let readable = files.filter { !$0.hasPrefix("/no") }
    #expect(names.elementsEqual(readable) { $0 == $1 })
    #expect(
      result.output.split(separator: "\n").last?.hasPrefix("\(readable.count)/150 files") == true)
    let missing = result.errors.split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(missing.elementsEqual(files.filter { $0.hasPrefix("/no") }) { $0 == $1 })
  }

  @Test func `tells the step, the call and the first difference`() throws {
    let result = try Self.verify { $0.replacing("0x8000000000000062", with: "0x8000000000000060") }
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("FILE ") == true)
    #expect(lines.dropFirst().first?.contains("0x8000000000000060") == true)
    #expect(lines.dropFirst().first?.contains("set_memory_np") == true)
    #expect(lines.last?.hasPrefix("0/1 files") == true)
  }

  @Test(arguments: [
    (#""cpa_flush":1"#, #""cpa_flush":2"#), (#""ret":0"#, #""ret":-16"#),
    (#""flush_tlb_all":2"#, #""flush_tlb_all":1"#), (#""splits":{"2M":1"#, #""splits":{"2M":0"#),
    (#""4k":28544"#, #""4k":28548"#),
  ])
  func `notices a change of any number`(before: String, after: String) throws {
    let result = try Self.verify { $0.replacing(before, with: after, maxReplacements: 1) }
    #expect(result.status == 1)
  }

  @Test func `refuses a file that is cut off`() throws {
    let result = try Self.verify { String($0.prefix($0.count / 2)) }
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("FILE:"))
    #expect(result.errors.hasSuffix("the file may be cut off\n"))
  }

  @Test func `refuses a file that is cut off behind its header`() throws {
    let result = try Self.verify { String($0.prefix { $0 != "\n" }) }
    #expect(result.status == 2)
    #expect(
      result.errors
        == "FILE:2: no step follows the header; the file may be cut off\n")
  }

  @Test func `refuses what is no recording`() throws {
    for text in ["", "\n", "{}", "[]", "\u{0}\u{1}", #"{"format":"x","version":1}"#] {
      let result = try Self.verify { _ in text }
      #expect(result.status == 2)
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `refuses an empty folder and a file that is not there`() throws {
    let empty = try Folder()
    for path in [empty.path, "/no/such/file"] {
      let result = try Program.run(["verify", path])
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("directmap: \(path)"))
    }
  }

  @Test func `searches a folder for recordings of all kinds`() throws {
    let folder = try Folder()
    let arm = "Assets/recordings/arm64-7.0/1G-full-bbml2.txt"
    try folder.write(try ProjectFiles.text(arm), "arm.txt")
    try folder.write(try ProjectFiles.text(Self.good), "x86.jsonl")
    try folder.write("no recording", "README.txt")
    // The same recording as a folder, as it was made.
    let inside = folder.path + "/kernel/config"
    try FileManager.default.createDirectory(
      atPath: inside + "/boot", withIntermediateDirectories: true)
    for part in try ProjectFiles.text(arm).split(separator: "==> ") {
      let (name, text) = try #require(part.split(separator: " <==\n", maxSplits: 1).pair)
      try Data(text.utf8).write(to: URL(filePath: "\(inside)/\(name)"))
    }
    let result = try Program.run(["verify", folder.path])
    #expect(result.errors == "" && result.status == 0)
    #expect(
      result.output.replacing(folder.path, with: "F")
        == """
        F/arm.txt 2/2
        F/kernel/config 2/2
        F/x86.jsonl 90/90
        3/3 files, 94/94 steps match

        """)
  }

  @Test func `tells which file of a recording is wrong, and where`() throws {
    let folder = try Folder()
    try folder.write("{}", "run.json")
    let result = try Program.run(["verify", folder.path])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("directmap: \(folder.path)/run.json: expected an object"))
    let text = try ProjectFiles.text("Assets/recordings/arm64-7.0/early-4G-full.txt")
    try folder.write("", "run.json")
    let other = try Folder()
    try other.write(text.replacing("0x40200 17 2M", with: "0x40201 17 2M"), "a.txt")
    let wrong = try Program.run(["verify", other.path + "/a.txt"])
    #expect(wrong.status == 2)
    #expect(
      wrong.errors.hasPrefix(
        "directmap: \(other.path)/a.txt: early-bootmem_init/leaves.txt, line 2: expected whole"))
  }

  @Test func `tells that the output finds no room`() throws {
    let process = Process()
    process.executableURL = try Program.url()
    process.arguments = ["boot", "--machine", "teaching-4g", "--kernel", "linux-7.2"]
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(text.contains("could not be written"))
  }
}

extension Array {
  fileprivate var pair: (Element, Element)? { count == 2 ? (self[0], self[1]) : nil }
}
