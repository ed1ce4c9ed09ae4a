import Foundation
import KernelText
import Recordings
import TestSupport
import Testing

/// Recordings of the type Unmapped of January 2022 and of its merge on free.
@Suite struct MergeOnFreeRecordingTests {
  static let folder = "Assets/recordings/merge-on-free-2022"
  static let files = ProjectFiles.list(folder, ending: "jsonl")

  private struct AnotherKind: Error {}

  private static func recording(_ text: String) throws -> MergeOnFreeRecording {
    guard case .mergeOnFree(let recording) = try AnyRecordingStream(BytesInMemory(text.utf8)) else {
      throw AnotherKind()
    }
    return recording
  }

  @Test func `all recordings are there`() { #expect(Self.files.count == 81) }

  @Test(arguments: files)
  func `all that the input determines matches`(file: String) throws {
    let check = try Self.recording(try ProjectFiles.text(file)).check()
    #expect(check.steps > 0)
    #expect(check.mismatches == [])
  }

  @Test(arguments: [
    ("one-page-repaired", #""merges":1"#, #""merges":2"#, "merges 2, here 1"),
    ("one-page-posted", #""marked":1"#, #""marked":3"#, "marked 3, here 1"),
    ("stolen-posted", "kernel stopped", "kernel ran", "here BUG"),
    ("one-page-posted", #""not_present":1,"#, #""not_present":2,"#, "not present 2"),
  ])
  func `tells how a step differs`(
    file: String, recorded: String, changed: String, words: String,
  ) throws {
    let text = try ProjectFiles.text("\(Self.folder)/\(file).jsonl")
    let place = try #require(text.range(of: recorded))
    let check = try Self.recording(text.replacingCharacters(in: place, with: changed)).check()
    let mismatch = try #require(check.mismatches.first)
    #expect(mismatch.words.contains(words), "\(mismatch)")
  }

  @Test(arguments: [
    ("\"variant\":\"posted\"", "\"variant\":\"new\"", "variant \"new\""),
    ("\"version\":1", "\"version\":2", "version 2"),
    ("Linux version 6.1.192", "Linux version 6.2.0", "has no profile here"),
  ])
  func `a header that is not known is an error with a reason`(
    found: String, changed: String, words: String,
  ) throws {
    let text = try ProjectFiles.text("\(Self.folder)/one-page-posted.jsonl")
    let place = try #require(text.range(of: found))
    let error = #expect(throws: RecordingError.self) {
      try Self.recording(text.replacingCharacters(in: place, with: changed))
    }
    #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
  }
}
