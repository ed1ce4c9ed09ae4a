import Engine
import KernelText
import Maps
import Recordings
import TestSupport
import Testing

/// A watch of Debian's 6.1.192 in QEMU, with randomised addresses, while ten modules were loaded and two
/// removed.
@Suite struct RecordedWatchTests {
  private static func text() throws -> [UInt8] {
    Array(
      try ProjectFiles.text("Tests/KernelTextTests/Recorded/watch/linux-6.1.192.txt").utf8)
  }

  @Test func `its trace replayed on the first leaves gives the last ones`() throws {
    let bytes = try Self.text()
    let recording = try WatchRecording(BytesInMemory(bytes))
    let survey = try FtraceStream.survey(BytesInMemory(bytes))
    var replay = try Replay(
      streaming: BytesInMemory(bytes), survey,
      from: LeavesText(runs: recording.firstMap.leaves), kernel: .linux6_1,
      isIsolated: recording.isIsolated, addresses: recording.machine.addresses)
    replay.compare(with: LeavesText(runs: recording.lastLeaves))
    #expect(replay.report.isEqual)
    #expect(replay.report.requestsWithoutFrames.isEmpty)
    #expect(replay.report.modulesLoaded == 10 && replay.report.modulesRemoved == 2)
  }

  @Test func `each split has its cause`() throws {
    let recording = try WatchRecording(BytesInMemory(try Self.text()))
    let causes = recording.totals.causes
    #expect(causes.reduce(0) { $0 + $1.split2M } == 2)
    #expect(!causes.contains { $0.function == WatchCause.unseen })
    #expect(Set(causes.map(\.owner)).filter { $0.hasPrefix("module ") }.count == 10)
  }
}
