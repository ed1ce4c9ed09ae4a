import CBaseline
import FoundationEssentials
import KernelText

enum VerifyBenchmarks {
  /// Replaying every recording of `Assets/recordings`, on all cores, files read from disk.
  static func verify() async -> [Measurement] {
    let root = "Assets/recordings"
    let manager = FileManager.default
    let files = (try? manager.contentsOfDirectory(atPath: root))?.sorted().flatMap { folder in
      (try? manager.contentsOfDirectory(atPath: "\(root)/\(folder)"))?.sorted()
        .map { "\(root)/\(folder)/\($0)" } ?? []
    }
    guard let files, !files.isEmpty else {
      print("     verify: run this in the project's top folder")
      return []
    }
    let clock = ContinuousClock()
    var complete = 0
    let cpuStart = baseline_cpu_seconds()
    let elapsed = await clock.measure { complete = await countMatching(files) }
    let seconds = elapsed / .seconds(1)
    return [
      Measurement(
        name: "verify \(complete) of \(files.count) recordings", value: seconds, goal: 2,
        unit: "s", detail: "\(Measurement.text(baseline_cpu_seconds() - cpuStart)) s of CPU")
    ]
  }

  private static func countMatching(_ files: [String]) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for file in files {
        group.addTask {
          guard let data = try? Data(contentsOf: URL(filePath: file)) else { return false }
          if GroupingRecording.recognizes(data) {
            return (try? GroupingRecording(reading: data))?.check().mismatch == nil
          }
          return (try? Recording(reading: data))?.check().mismatch == nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }
}
