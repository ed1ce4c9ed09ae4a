import Engine
import Foundation
import KernelText
import TestSupport
import Testing

@Suite struct RecordingTests {
  static let files = ProjectFiles.list("Assets/recordings", ending: "jsonl")

  @Test func `all 148 recordings are there`() {
    #expect(Self.files.count == 148)
  }

  @Test(arguments: files)
  func `every step of a recording matches`(file: String) throws {
    let recording = try Recording(reading: try ProjectFiles.bytes(file))
    let (matched, mismatch) = recording.check()
    #expect(mismatch == nil)
    #expect(matched == recording.steps.count)
  }

  @Test func `the recordings hold 12114 steps`() throws {
    let lines = try Self.files.reduce(0) { sum, file in
      sum + (try ProjectFiles.bytes(file).count { $0 == 0x0a }) - 1
    }
    #expect(lines == 12114)
  }
}
