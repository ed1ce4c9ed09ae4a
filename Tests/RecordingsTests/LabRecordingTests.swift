import Engine
import Recordings
import TestSupport
import Testing

/// Recordings that `directmap lab record` made of kernels of Debian: each of a kind that has a form of its
/// own, and one of calls whose flushes were counted by breakpoints.
@Suite struct LabRecordingTests {
  private static let folder = "Tests/KernelTextTests/Recorded/lab"

  @Test(arguments: [("vmalloc-6.12.117", 20), ("vmalloc-7.2.13", 20), ("zap-6.1.192", 25)])
  func `zaps and areas match`(name: String, steps: Int) throws {
    let check = try X86Recording(try ProjectFiles.text("\(Self.folder)/\(name).txt")).check()
    #expect(check.steps == steps)
    #expect(check.mismatches == [])
  }

  @Test func `the linear map of arm64 matches`() throws {
    let text = try ProjectFiles.text("\(Self.folder)/arm64-6.12.117.txt")
    let (parts, mismatches) = try ArmRecording(named: "lab", from: FilesInOneText(text)).check()
    #expect(parts == 5)
    #expect(mismatches == [])
  }

  @Test func `calls match, with the flushes that breakpoints counted`() throws {
    let bytes = try ProjectFiles.bytes("\(Self.folder)/basic-6.12.117.jsonl")
    let recording = try Recording(reading: bytes)
    let (matched, mismatch) = recording.check()
    #expect(mismatch == nil && matched == 20)
    let flushes = recording.steps.map { step in
      step.counters.first { $0.name == "flush_tlb_all" }?.value ?? 0
    }
    #expect(flushes.contains { $0 > 0 })
  }
}
