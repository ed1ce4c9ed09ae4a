import CBaseline
import Engine
import FoundationEssentials
import KernelText
import Recordings

enum ReplayBenchmarks {
  /// Replaying the four workloads of `Assets/workloads`, files read from disk, on one core, with
  /// leaves and counters compared.
  static func replay() -> [Measurement] {
    let folders = [
      ("linux-6.12.117/4g", KernelProfile.linux6_12), ("linux-6.12.117/bpf", .linux6_12),
      ("linux-7.2.12/4g", .linux7_2), ("linux-7.2.12/bpf", .linux7_2),
    ]
    var equal = 0
    let seconds = Measurement.leastSeconds(of: 5) {
      equal = folders.count { folder, kernel in isEqual("Assets/workloads/\(folder)", kernel) }
    }
    guard equal > 0 else {
      print("     replay: run this in the project's top folder")
      return []
    }
    return [
      Measurement(
        name: "replay \(equal) of \(folders.count) workloads", value: seconds, goal: 2, unit: "s")
    ]
  }

  private static func isEqual(_ folder: String, _ kernel: KernelProfile) -> Bool {
    guard let trace = try? FtraceText(bytes(folder + "/workload.ftrace.txt")),
      let before = try? LeavesText(text(folder + "/leaves-before.txt")),
      let after = try? LeavesText(text(folder + "/leaves-after.txt")),
      var replay = try? Replay(trace, from: before, kernel: kernel)
    else { return false }
    replay.compare(with: after)
    return replay.report.isEqual
  }

  private static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path))
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }
}
