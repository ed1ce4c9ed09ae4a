import CBaseline
import FoundationEssentials
@unsafe @preconcurrency import Glibc
import KernelText
import Recordings

enum VerifyBenchmarks {
  /// Replaying every recording of calls in `Assets/recordings`, on all cores, files read from disk; compared
  /// with a loop in C that reads the same files, on as many cores, and turns every number in them
  /// into a word.
  static func verify() async -> [Measurement] {
    let root = "Assets/recordings"
    let manager = FileManager.default
    // The goal is about calls of CPA, the cache and merging on change.
    let folders = (try? manager.contentsOfDirectory(atPath: root))?.sorted()
      .filter { $0 != "merge-on-free-2022" }
    let files = folders?.flatMap { folder in
      (try? manager.contentsOfDirectory(atPath: "\(root)/\(folder)"))?.sorted()
        .filter { $0.hasSuffix(".jsonl") }.map { "\(root)/\(folder)/\($0)" } ?? []
    }
    guard let files, !files.isEmpty else {
      print("     verify: run this in the project's top folder")
      return []
    }
    let clock = ContinuousClock()
    var complete = 0
    var least = (own: Double.infinity, inC: Double.infinity)
    var elapsed = Double.infinity
    for _ in 0..<5 {
      var start = baseline_cpu_seconds()
      let duration = await clock.measure { complete = await count(files, matches) }
      elapsed = min(elapsed, duration / .seconds(1))
      least.own = min(least.own, baseline_cpu_seconds() - start)
      start = baseline_cpu_seconds()
      _ = await count(files) { file in
        var sum: UInt64 = 0
        return unsafe baseline_numbers(file, &sum) == 0 && sum > 0
      }
      least.inC = min(least.inC, baseline_cpu_seconds() - start)
    }
    return [
      Measurement(
        name: "verify \(complete) of \(files.count) recordings, to C", value: least.own / least.inC,
        goal: 8,
        detail: "\(Measurement.text(least.own)) s of CPU, \(Measurement.text(elapsed)) s, "
          + "C \(Measurement.text(least.inC)) s")
    ]
  }

  /// The number of files for which a test holds, on all cores.
  private static func count(
    _ files: [String], _ test: @escaping @Sendable (String) -> Bool,
  ) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for file in files { group.addTask { test(file) } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  @Sendable private static func matches(_ file: String) -> Bool {
    guard let bytes = FileBytes(file) else { return false }
    switch try? AnyRecordingStream(bytes) {
    case .kernel(var recording): return (try? recording.check())?.mismatch == nil
    case .grouping(var recording): return (try? recording.check())?.mismatch == nil
    case .mergeOnFree(let recording): return recording.check().mismatches.isEmpty
    case nil: return false
    }
  }
}

/// The bytes of a file, piece by piece.
private final class FileBytes: ByteSource {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  func read(into buffer: inout [UInt8], from offset: Int) throws -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
      return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
    }
    if count < 0 { throw CancellationError() }
    return count
  }
}
