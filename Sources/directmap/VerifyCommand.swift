import ArgumentParser
import Engine
@unsafe @preconcurrency import Glibc
import Narration
import Recordings

/// `directmap verify`: replays recordings of real kernels and compares after every step.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Replay recordings of real kernels and compare after every step.",
    discussion: """
      Compared are all leaves with all flag bits, return values, splits, collapses, the DirectMap \
      counters and the flush calls; of arm64 the leaves, the tables and the TLB invalidations of each \
      step; of zaps, vmalloc, calls that fail and boots what a probe counted and saw. What a timer or \
      another process decides is told as indeterminate, with its reason. A folder is searched for the \
      recordings in it. Status 0 only if every step of every file matches.
      """)

  @Argument(help: "Recordings, or folders of them, as in Assets/recordings.", completion: .file())
  var files: [String]

  @Flag(name: .shortAndLong, help: "Print only mismatches and the total.")
  var quiet = false

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp(
      "Replay under the rules of a file in the place of the policies that a recording names.",
      valueName: "file"), completion: .file())
  var ruleFiles: [String] = []

  func run() async throws {
    var matched = 0
    var total = 0
    var complete = 0
    var unreadable = false
    let files = try CommandLine.recordings(under: files)
    let policies =
      ruleFiles.isEmpty ? nil : try RuleFile.adding(ruleFiles, to: PolicySet.none)
    await ProgressLine.during("Verifying \(files.count) recordings") { progress in
      await Self.check(files, policies, progress) { report in
        switch report.outcome {
        case .checked(let steps, let good, let mismatch):
          total += steps
          matched += good
          if mismatch == nil { complete += 1 }
          if mismatch != nil || !quiet {
            CommandLine.say(line: "\(report.name) \(good)/\(steps)")
          }
          if let mismatch { CommandLine.say(line: "  \(mismatch)") }
        case .compared(let check):
          total += check.steps
          matched += check.matched
          if check.mismatches.isEmpty { complete += 1 }
          if !check.mismatches.isEmpty || !quiet { Self.tell(check, of: report.name) }
        case .unreadable(let error):
          unreadable = true
          CommandLine.tell(error)
        }
      }
    }
    CommandLine.say("\(complete)/\(files.count) files, \(matched)/\(total) steps match")
    if unreadable { throw ExitCode(2) }
    if complete < files.count { throw ExitCode(1) }
  }

  private struct Report: Sendable {
    enum Outcome: Sendable {
      case checked(steps: Int, matched: Int, mismatch: String?)
      case compared(RecordingCheck)
      case unreadable(UserError)
    }
    var name: String
    var outcome: Outcome
  }

  /// How a recording compares of which each step stands by itself.
  private static func tell(_ check: RecordingCheck, of name: String) {
    let doubts = check.indeterminate
    let words = doubts.isEmpty ? "" : ", of them \(doubts.count) indeterminate"
    CommandLine.say(line: "\(name) \(check.matched)/\(check.steps)\(words)")
    for mismatch in check.mismatches {
      CommandLine.say(line: "  \(mismatch.step): \(mismatch.words)")
    }
    for note in doubts {
      CommandLine.say(line: "  \(note.step): indeterminate: \(note.words)")
    }
  }

  /// How many files may have been checked, or be under way, before the report of the first of them is
  /// out: enough that a large one holds up no core, and no more than keeps memory flat.
  private static let window = 64

  /// Checks the files, as many at a time as there are cores, and hands out the reports as they come, in
  /// the order of the files.
  private static func check(
    _ files: [FoundRecording], _ policies: PolicySet?, _ progress: WorkProgress?,
    _ take: (Report) -> Void,
  ) async {
    await withTaskGroup(of: (Int, Report).self) { group in
      var waiting: [Int: Report] = [:]
      var started = 0
      var underWay = 0
      var taken = 0
      let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      while taken < files.count {
        while started < files.count, underWay < cores, started < taken + window {
          let index = started
          group.addTask { (index, report(on: files[index], policies)) }
          started += 1
          underWay += 1
        }
        guard let (index, report) = await group.next() else { return }
        underWay -= 1
        waiting[index] = report
        while let next = waiting.removeValue(forKey: taken) {
          take(next)
          taken += 1
          progress?.report(UInt64(taken), of: UInt64(files.count))
        }
      }
    }
  }

  private nonisolated static func report(
    on found: FoundRecording, _ policies: PolicySet?,
  ) -> Report {
    if policies != nil {
      guard case .file(let path) = found else {
        let words = "--rule is for recordings of set_memory calls, one file each"
        return Report(name: found.path, outcome: .unreadable(UserError("\(found.path): \(words)")))
      }
      return report(onStream: path, policies)
    }
    switch found {
    case .folder(let path):
      return armReport(on: path, inOneText: false) { RecordedFolder(path: path) }
    case .packed(let path): return report(onPacked: path)
    case .boot(let path):
      return x86Report(on: path) {
        try BootRecording(named: path, from: RecordedFolder(path: path)).check()
      }
    case .text(let path):
      return x86Report(on: path) {
        try X86Recording(try CommandLine.text(ofFile: path)).check()
      }
    case .zapLines(let path):
      return x86Report(on: path) {
        try X86Recording(
          zapLines: try CommandLine.text(ofFile: path),
          release: CommandLine.release(besideZaps: path)
        ).check()
      }
    case .file(let path): return report(onStream: path, nil)
    }
  }

  /// Checks a recording whose files stand in one text.
  private nonisolated static func report(onPacked path: String) -> Report {
    do {
      let files = try FilesInOneText(try CommandLine.text(ofFile: path))
      if files.text("leaves.txt") != nil, files.text("run.json") == nil {
        return x86Report(on: path) { try BootRecording(named: path, from: files).check() }
      }
      return armReport(on: path, inOneText: true) { files }
    } catch {
      return Report(name: path, outcome: .unreadable(UserError(reading: path, error)))
    }
  }

  /// Checks a recording of an x86-64 kernel.
  private nonisolated static func x86Report(
    on path: String, _ check: () throws -> RecordingCheck,
  ) -> Report {
    do {
      return Report(name: path, outcome: .compared(try check()))
    } catch let error as X86RecordingError {
      let user =
        error.line.map { UserError(inFile: path, line: $0, error.reason) }
        ?? UserError("\(path): \(error.reason)")
      return Report(name: path, outcome: .unreadable(user))
    } catch {
      return Report(name: path, outcome: .unreadable(UserError(reading: path, error)))
    }
  }

  /// Checks a recording of an arm64 machine.
  private nonisolated static func armReport(
    on path: String, inOneText: Bool, _ files: () throws -> some RecordedFiles,
  ) -> Report {
    do {
      let (parts, mismatches) = try ArmRecording(named: path, from: files()).check()
      let words = mismatches.map { "\($0.part): \($0.difference)" }.first
      return Report(
        name: path,
        outcome: .checked(steps: parts, matched: parts - mismatches.count, mismatch: words))
    } catch let error as ArmRecordingError {
      return Report(
        name: path, outcome: .unreadable(UserError(inRecording: path, error, inOneText: inOneText)))
    } catch {
      return Report(name: path, outcome: .unreadable(UserError(reading: path, error)))
    }
  }

  private nonisolated static func report(
    onStream file: String, _ policies: PolicySet?,
  ) -> Report {
    do {
      switch try AnyRecordingStream(FileBytes(file, .fileOrPipe)) {
      case .kernel(var recording):
        let (steps, matched, mismatch) = try recording.check(under: policies)
        let words = mismatch.map { "step \($0.step) \($0.call.scenarioText): \($0.difference)" }
        return Report(
          name: file, outcome: .checked(steps: steps, matched: matched, mismatch: words))
      case .grouping(var recording):
        if policies != nil {
          let words = "--rule is for recordings of set_memory calls"
          return Report(name: file, outcome: .unreadable(UserError("\(file): \(words)")))
        }
        let (steps, matched, mismatch) = try recording.check()
        let words = mismatch.map { "step \($0.step) \($0.operation): \($0.difference)" }
        return Report(
          name: file, outcome: .checked(steps: steps, matched: matched, mismatch: words))
      case .mergeOnFree(let recording):
        return Report(name: file, outcome: .compared(recording.check()))
      }
    } catch {
      return Report(name: file, outcome: .unreadable(UserError(reading: file, error)))
    }
  }
}
