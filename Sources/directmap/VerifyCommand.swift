import ArgumentParser
import KernelText
import Scenarios

/// `directmap verify`: replays recordings of real kernels and compares after every step.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Replay recordings of real kernels and compare after every step.",
    discussion: """
      Compared are all leaves with all flag bits, return values, splits, collapses, the DirectMap \
      counters and the flush calls. Status 0 only if every step of every file matches.
      """)

  @Argument(help: "Recordings, as in Assets/recordings.", completion: .file(extensions: ["jsonl"]))
  var files: [String]

  @Flag(name: .shortAndLong, help: "Print only mismatches and the total.")
  var quiet = false

  func run() async throws {
    var matched = 0
    var total = 0
    var complete = 0
    var unreadable = false
    for report in await Self.reports(on: files) {
      switch report.outcome {
      case .checked(let steps, let good, let mismatch):
        total += steps
        matched += good
        if mismatch == nil { complete += 1 }
        if mismatch != nil || !quiet { print("\(report.name) \(good)/\(steps)") }
        if let mismatch { print("  \(mismatch)") }
      case .unreadable(let reason):
        unreadable = true
        CommandLine.writeToStandardError("directmap: \(reason)\n")
      }
    }
    print("\(complete)/\(files.count) files, \(matched)/\(total) steps match")
    if unreadable { throw ExitCode(2) }
    if complete < files.count { throw ExitCode(1) }
  }

  private struct Report: Sendable {
    enum Outcome: Sendable {
      case checked(steps: Int, matched: Int, mismatch: String?)
      case unreadable(String)
    }
    var name: String
    var outcome: Outcome
  }

  /// Checks the files on all cores; the reports come in the order of the files.
  private static func reports(on files: [String]) async -> [Report] {
    await withTaskGroup(of: (Int, Report).self) { group in
      for (index, file) in files.enumerated() {
        group.addTask { (index, check(file)) }
      }
      var reports: [(Int, Report)] = []
      for await report in group { reports.append(report) }
      return reports.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private nonisolated static func check(_ file: String) -> Report {
    do {
      let bytes = try CommandLine.bytes(ofFile: file, .fileOrPipe)
      if GroupingRecording.recognizes(bytes) { return try checkGrouping(file, bytes) }
      let recording = try Recording(reading: bytes)
      let (matched, mismatch) = recording.check()
      let words = mismatch.map { "step \($0.step) \($0.call.scenarioText): \($0.difference)" }
      let steps = recording.steps.count
      return Report(
        name: file, outcome: .checked(steps: steps, matched: matched, mismatch: words))
    } catch let error as RecordingError {
      return Report(name: file, outcome: .unreadable("\(file): \(error)"))
    } catch {
      return Report(name: file, outcome: .unreadable("\(error)"))
    }
  }

  private nonisolated static func checkGrouping(
    _ file: String, _ bytes: some Collection<UInt8>,
  ) throws -> Report {
    let recording = try GroupingRecording(reading: bytes)
    let (matched, mismatch) = recording.check()
    let words = mismatch.map { "step \($0.step) \($0.operation): \($0.difference)" }
    return Report(
      name: file, outcome: .checked(steps: recording.count, matched: matched, mismatch: words))
  }
}
