import Engine
import Foundation
import KernelText
import TestSupport
import Testing

@Suite struct RecordingTests {
  static let files = ProjectFiles.list("Assets/recordings", ending: "jsonl")

  @Test(arguments: [("6.1.192", 33), ("6.12.117", 74), ("7.2.12", 74)])
  func `all recordings of a kernel are there`(version: String, count: Int) {
    #expect(Self.files.count { $0.contains("/linux-\(version)/") } == count)
  }

  @Test func `there are no recordings of other kernels`() {
    #expect(Self.files.count == 148 + 33)
  }

  @Test(arguments: files)
  func `every step of a recording matches`(file: String) throws {
    let recording = try Recording(reading: try ProjectFiles.bytes(file))
    let (matched, mismatch) = recording.check()
    #expect(mismatch == nil)
    #expect(matched == recording.steps.count)
  }

  @Test func `the recordings hold 14700 steps`() throws {
    let lines = try Self.files.reduce(0) { sum, file in
      sum + (try ProjectFiles.bytes(file).count { $0 == 0x0a }) - 1
    }
    #expect(lines == 12114 + 2586)
  }
}
