import Engine
import KernelText
import Recordings
import TestSupport
import Testing

/// A workload that was recorded on a real machine, with the recorder's figures.
struct Workload: CustomTestStringConvertible {
  let folder: String
  let kernel: KernelProfile
  var requests: Int
  var directMapCalls: Int
  var validCalls = 0
  var marks: Int
  var before: [UInt64]
  var after: [UInt64]
  var splits: [Int64]
  var modules: Int
  var removed: Int
  var programs: Int

  /// The table that came with the recordings.
  static let all = [
    Workload(
      folder: "linux-6.12.117/4g", kernel: .linux6_12, requests: 1170, directMapCalls: 6316,
      marks: 178, before: [3552, 1529, 1], after: [12256, 1512, 1], splits: [17, 0, 0],
      modules: 151, removed: 50, programs: 400),
    Workload(
      folder: "linux-7.2.12/4g", kernel: .linux7_2, requests: 2983, directMapCalls: 5336,
      marks: 168, before: [4576, 1527, 1], after: [21472, 1494, 1], splits: [33, 0, 0],
      modules: 141, removed: 34, programs: 400),
    Workload(
      folder: "linux-6.12.117/bpf", kernel: .linux6_12, requests: 84, directMapCalls: 1912,
      marks: 192, before: [3552, 1529, 1], after: [11232, 1514, 1], splits: [5, 0, 10],
      modules: 10, removed: 2, programs: 3500),
    Workload(
      folder: "linux-7.2.12/bpf", kernel: .linux7_2, requests: 159, directMapCalls: 2222,
      validCalls: 1, marks: 189, before: [4576, 1527, 1], after: [10720, 1515, 1],
      splits: [7, 1, 4], modules: 7, removed: 2, programs: 3500),
  ]

  /// The smallest one.
  static let small = all[2]

  var testDescription: String { folder }

  func text(_ file: String) throws -> String {
    try ProjectFiles.text("Assets/workloads/\(folder)/\(file)")
  }

  func trace() throws -> FtraceText {
    try FtraceText(ProjectFiles.bytes("Assets/workloads/\(folder)/workload.ftrace.txt"))
  }

  func leavesBefore() throws -> LeavesText { try LeavesText(text("leaves-before.txt")) }

  func leavesAfter() throws -> LeavesText { try LeavesText(text("leaves-after.txt")) }

  /// The report on the whole workload, or on its text with a change.
  func replayed(
    as kernel: KernelProfile? = nil, _ change: (inout [Substring]) -> Void = { _ in },
  ) throws -> ReplayReport {
    var lines = try text("workload.ftrace.txt").utf8.split(separator: 10).map { Substring($0) }
    change(&lines)
    var replay = try Replay(
      FtraceText(lines.joined(separator: "\n").utf8), from: leavesBefore(),
      kernel: kernel ?? self.kernel)
    replay.compare(with: try leavesAfter())
    return replay.report
  }
}
