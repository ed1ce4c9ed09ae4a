import Engine
import Foundation
import Recordings
import TestSupport
import Testing

@Suite struct GroupingRecordingTests {
  static let files = ProjectFiles.list("Assets/recordings/grouping-2021", ending: "jsonl")

  @Test func `all recordings of the grouping cache are there`() {
    #expect(Self.files.count { $0.contains("/workload-") } == 9)
    #expect(Self.files.count { !$0.contains("/workload-") } == 27)
  }

  @Test(arguments: files)
  func `every step of a recording of the grouping cache matches`(file: String) throws {
    let recording = try GroupingRecording(reading: try ProjectFiles.bytes(file))
    let (matched, mismatch) = recording.check()
    #expect(mismatch == nil)
    #expect(matched == recording.count)
  }

  @Test func `the recordings hold 1193 steps`() throws {
    let steps = try Self.files.filter { !$0.contains("/workload-") }.reduce(0) { sum, file in
      sum + (try ProjectFiles.bytes(file).count { $0 == 0x0a }) - 1
    }
    #expect(steps == 1193)
  }

  /// A recording with one text replaced by another, once.
  private func altered(_ file: String, _ old: String, _ new: String) throws -> GroupingRecording {
    var text = try ProjectFiles.text("Assets/recordings/grouping-2021/\(file).jsonl")
    let range = try #require(text.range(of: old))
    text.replaceSubrange(range, with: new)
    return try GroupingRecording(reading: text.utf8)
  }

  @Test(arguments: [
    (
      "fresh-order", "\"frames\":[[1536,1,1]", "\"frames\":[[1537,1,1]",
      "page 0 is frame 1537, here 1536"
    ),
    ("fresh-order", "\"self_links\":0", "\"self_links\":1", "1 page from the cache, here 0"),
    ("round-robin", "\"round_robin\":1", "\"round_robin\":2", "round robin"),
    ("shrinker", "\"ret\":511", "\"ret\":510", "returned 510, here 511"),
    ("shrinker", "[[1546,10,-1]]", "[[1537,10,1]]", "reclaimed 10 frames, here 10, and number 0"),
    ("perms", "\"splits\":{\"2M\":1,", "\"splits\":{\"2M\":2,", "splits of 2M"),
    ("gfp", "\"0x2dc2\"", "\"0x2cc2\"", "refused"),
  ])
  func `a recording that says something else does not match`(
    file: String, old: String, new: String, words: String,
  ) throws {
    let mismatch = try #require(try altered(file, old, new).check().mismatch)
    #expect(mismatch.difference.contains(words))
  }

  @Test func `the page supply of the wrong order is refused by no crash`() throws {
    let recording = try altered("fresh-order", "\"refill\":[1536]", "\"refill\":[]")
    #expect(try #require(recording.check().mismatch).difference.contains("returned ok"))
  }

  @Test(arguments: ["", "{", "{\"format\":\"grouping-recording\"}", "[]", "\u{0}\u{1}"])
  func `rubbish is an error with a line`(text: String) {
    #expect(throws: RecordingError.self) { try GroupingRecording(reading: text.utf8) }
  }

  @Test func `a header with absurd numbers is an error`() throws {
    for (old, new) in [
      ("\"nodes\":1", "\"nodes\":9999999"), ("[[1,262112]]", "[[9,1]]"),
      ("[[1,262112]]", "[[1,18446744073709551615]]"), ("[0,153,", "[5,153,"),
      ("\"version\":1", "\"version\":7"), ("6.1.192", "9.9"),
    ] {
      #expect(throws: RecordingError.self) { try altered("fresh-order", old, new) }
    }
  }
}
