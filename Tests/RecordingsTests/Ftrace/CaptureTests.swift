import Engine
import Foundation
import KernelText
import Recordings
import TestSupport
import Testing

/// Traces recorded on stock kernels with randomised addresses, with the probes of `directmap watch`: nothing but
/// tracefs, the leaves read through /proc/kcore. The events that show no page of a mapping are left
/// out of the files.
@Suite struct CaptureTests {
  struct Capture: CustomTestStringConvertible {
    let folder: String
    let kernel: KernelProfile
    let addresses: TraceAddresses
    let requests: Int
    let splits: Int64
    var testDescription: String { folder }

    func text(_ file: String) throws -> String {
      try ProjectFiles.text("Tests/KernelTextTests/Recorded/captures/\(folder)/\(file)")
    }
  }

  static let all = [
    Capture(
      folder: "linux-6.1.176", kernel: .linux6_1,
      addresses: TraceAddresses(pageOffset: 0xffff_8e71_4000_0000, vmemmap: 0xffff_f76e_c000_0000),
      requests: 112, splits: 1),
    Capture(
      folder: "linux-6.12.117", kernel: .linux6_12,
      addresses: TraceAddresses(pageOffset: 0xffff_8bf0_0000_0000, vmemmap: 0xffff_f27c_0000_0000),
      requests: 54, splits: 2),
  ]

  @Test(arguments: all)
  func `a trace without frames is replayed by its mappings`(_ capture: Capture) throws {
    let trace = try FtraceText(capture.text("trace.txt").utf8)
    #expect(!trace.survey.givesFrames)
    #expect(KernelProfile(version: try #require(trace.survey.kernelVersion)) == capture.kernel)
    var replay = try Replay(
      trace, from: LeavesText(capture.text("leaves-before.txt")), kernel: capture.kernel,
      addresses: capture.addresses)
    replay.compare(with: try LeavesText(capture.text("leaves-after.txt")))
    let report = replay.report
    #expect(report.differences == [])
    #expect(report.marks.map(\.name) == ["loaded", "rmmod_half", "end"])
    #expect(report.equalMarks == 3)
    #expect(report.requests == capture.requests)
    #expect(report.requestsWithoutFrames == [])
    #expect(report.splits.total == capture.splits)
    #expect(report.modulesLoaded == 7)
    #expect(report.modulesRemoved == 3)
  }

  @Test func `a mapping that the trace does not show is missed`() throws {
    let capture = Self.all[1]
    let lines = try capture.text("trace.txt").split(separator: "\n")
    let first = lines.firstIndex { $0.contains(": vmap_pages_0: ") }
    let text = lines.indices.filter { $0 != first }.map { lines[$0] }.joined(separator: "\n")
    let replay = try Replay(
      FtraceText(text.utf8), from: LeavesText(capture.text("leaves-before.txt")),
      kernel: capture.kernel, addresses: capture.addresses)
    #expect(!replay.report.requestsWithoutFrames.isEmpty)
  }

  @Test func `a list of pages is cut to the mapping`() throws {
    let start = " a-1 [000] ..... 1.0: vmap_pages_"
    let trace = try FtraceText(
      """
      \(start)0: (f) addr=0xffffffffc0001000 end=0xffffffffc0004000 a={0x40,0x80} b={0xc0,0x100}
      \(start)128: (f) addr=0xffffffffc0001000 end=0xffffffffc0004000 a={0x40,0x80} b={0xc0}
      \(start)2: (f) addr=0xffffffffc0001000 end=0xffffffffc0005000 a={(fault)} b={0x40}
      \(start)x: (f) addr=0xffffffffc0001000
      """.utf8)
    #expect(
      trace.events.map(\.kind) == [
        .mapped(0xffff_ffff_c000_1000, descriptors: [0x40, 0x80, 0xc0]),
        .mapped(0xffff_ffff_c000_3000, descriptors: [0, 0x40]),
      ])
    for wrong in [
      "0: (f) addr=0xffffffffc0001000 end=0xffffffffc0003000 a={0x40,0x8",
      "0: (f) addr=0xffffffffc0001000", "0: (f) addr=0x1001 end=0x3000 a={}",
      "0: (f) addr=0x3000 end=0x3000 a={}",
    ] {
      #expect(throws: KernelTextError.self) { try FtraceText((start + wrong).utf8) }
    }
  }
}
