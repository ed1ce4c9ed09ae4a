import Engine
import Foundation
import Recordings
import TestSupport
import Testing

@Suite struct RecordingTests {
  /// Recordings of grouping and of merging on free have their own formats.
  static let files = ProjectFiles.list("Assets/recordings", ending: "jsonl")
    .filter { !$0.contains("/grouping-2021/") && !$0.contains("/merge-on-free-2022/") }

  @Test(arguments: [
    ("linux-6.1.192", 33), ("linux-6.12.117", 74), ("linux-7.2.12", 74), ("merge-rfc-2022", 38),
    ("merge-mapping-2022", 21), ("linux-6.18.15", 7), ("linux-7.0.13", 7), ("linux-7.1.13", 7),
    ("linux-7.2.6", 7), ("linux-7.3.4", 7),
  ])
  func `all recordings of a kernel are there`(folder: String, count: Int) {
    #expect(Self.files.count { $0.contains("/\(folder)/") } == count)
  }

  @Test func `there are no recordings of other kernels`() {
    #expect(Self.files.count == 148 + 33 + 59 + 35)
  }

  @Test(arguments: files)
  func `every step of a recording matches`(file: String) throws {
    let recording = try Recording(reading: try ProjectFiles.bytes(file))
    let (matched, mismatch) = recording.check()
    #expect(mismatch == nil)
    #expect(matched == recording.steps.count)
  }

  @Test func `the recordings hold 19786 steps`() throws {
    let lines = try Self.files.reduce(0) { sum, file in
      sum + (try ProjectFiles.bytes(file).count { $0 == 0x0a }) - 1
    }
    #expect(lines == 12114 + 2586 + 3876 + 1210)
  }

  /// The error for a header with changes.
  private static func error(changing changes: [(String, String)]) throws -> String {
    var text = try #require(
      ProjectFiles.text("Assets/recordings/linux-7.2.12/alias-1.jsonl")
        .split(separator: "\n").first.map(String.init))
    for (old, new) in changes {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let error = #expect(throws: RecordingError.self) { try Recording(reading: text.utf8) }
    return try #require(error).description
  }

  @Test func `refuses leaves whose page tables would not fit into memory`() throws {
    let error = try Self.error(changing: [
      (#""first_pfn":1572864,"pages":524288"#, #""first_pfn":0,"pages":17179869184"#),
      (#"[0,524288,"1G""#, #"[0,17179869184,"4K""#),
    ])
    #expect(
      error == "line 1: the leaves take 131072 MiB of page tables; the limit is 1 GiB")
  }

  @Test func `names the value that is wrong`() throws {
    #expect(
      try Self.error(changing: [(#""first_pfn":1572864"#, #""first_pfn":18446744073709551616"#)])
        == "line 1: no JSON object, or one with a number that does not fit into 64 bits")
    #expect(
      try Self.error(changing: [(#""1G","0x80000000000001e3""#, #""1G",5"#)])
        == "line 1: the value of \"initial.leaves[0][3]\" has the wrong type")
  }

  @Test(arguments: ["{}", " \n{ \"version\": 1 }"])
  func `recognises a recording by its brace`(text: String) {
    #expect(Recording.recognizes(text.utf8))
  }

  @Test(arguments: ["", "note \"{\"", "# {"])
  func `recognises no scenario as a recording`(text: String) {
    #expect(!Recording.recognizes(text.utf8))
  }
}
