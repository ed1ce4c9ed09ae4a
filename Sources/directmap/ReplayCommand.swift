import ArgumentParser
import Engine
import FoundationEssentials
import KernelText
import Language
import Maps
import Recordings
import Screen

/// `directmap replay`: applies the trace of a real machine to its direct map as it was before.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay a trace of a real workload on the direct map it began with.",
    discussion: """
      The trace is a recording of directmap watch, which has all that is needed, or what \
      /sys/kernel/tracing/trace shows, with the events that docs/capture.md lists. \
      Ends with status 0; 1 if leaves or counters differ from the recorded ones; 2 if the trace \
      cannot be replayed.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: ArgumentHelp("The trace as text.", valueName: "trace"), completion: .file())
  var trace: String

  @Option(
    help: ArgumentHelp("All leaves before the trace.", valueName: "file"), completion: .file())
  var leavesBefore: String?

  @Option(
    help: ArgumentHelp("All leaves after it, to compare with.", valueName: "file"),
    completion: .file())
  var leavesAfter: String?

  @Option(
    help: ArgumentHelp("The kernel; by default that of the trace.", valueName: "kernel")
  )
  var kernel: String?

  @Option(
    help: ArgumentHelp("The address of frame 0 in the direct map.", valueName: "address"))
  var pageOffset: String?

  @Option(help: ArgumentHelp("The address of the first page descriptor.", valueName: "address"))
  var vmemmap: String?

  @Flag(help: "The machine ran with page-table isolation.")
  var pti = false

  @Flag(help: "Print the workload as a scenario instead.")
  var asScenario = false

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  func run() throws {
    // What is short and may be wrong is read before what is long.
    var before = asScenario ? nil : try leavesBefore.map(leaves)
    var after = asScenario ? nil : try leavesAfter.map(leaves)
    let file = try RereadFile(trace)
    let watch = asScenario ? nil : try watch(file)
    before = before ?? watch.map { LeavesText(runs: $0.firstMap.leaves) }
    after = after ?? watch.map { LeavesText(runs: $0.lastLeaves) }
    if before == nil, !asScenario {
      throw UserError(
        "\(trace) needs --leaves-before; docs/capture.md says how to record a trace that has all")
    }
    let survey = try reading { try FtraceStream.survey(try file.open()) }
    let profile = try chosenKernel(survey)
    if asScenario {
      let name = trace.split(separator: "/").suffix(3).joined(separator: "/")
      try reading {
        try TraceScenario.write(
          { try file.open() }, survey, kernel: profile, source: name.visibleLine
        ) { CommandLine.say($0) }
      }
      return
    }
    guard let before else { return }
    let addresses = try addresses(watch?.machine.addresses ?? TraceAddresses())
    let isIsolated = pti || watch?.isIsolated == true
    var replay = try reading {
      try Replay(
        streaming: try file.open(), survey, from: before, kernel: profile, isIsolated: isIsolated,
        addresses: addresses)
    }
    if let after { replay.compare(with: after) }
    switch format {
    case .text: CommandLine.say(replay.report.text(after: leavesAfter ?? trace))
    case .json: CommandLine.say(json: replay.report.json)
    }
    if !replay.report.isEqual { throw ExitCode(1) }
  }
}

// MARK: - Reading

extension ReplayCommand {
  /// Reads the trace, with its name in what is wrong with it.
  private func reading<Value>(_ read: () throws -> Value) throws -> Value {
    do {
      return try ProgressLine.during("Reading \(trace)") { _ in try read() }
    } catch {
      throw UserError(reading: trace, error)
    }
  }

  private func read<Value>(
    _ path: String, _ parse: (Data) throws(KernelTextError) -> Value,
  ) throws(UserError) -> Value {
    let bytes = try CommandLine.bytes(ofFile: path, .fileOrPipe)
    do throws(KernelTextError) {
      return try parse(bytes)
    } catch {
      throw UserError(inFile: path, error)
    }
  }

  private func leaves(_ path: String) throws(UserError) -> LeavesText {
    try read(path) { bytes throws(KernelTextError) in
      try LeavesText(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The recording of a watch, if it is one.
  private func watch(_ file: RereadFile) throws -> WatchRecording? {
    try reading {
      var lines = LineStream(try file.open())
      guard WatchRecording.isOne(beginning: try lines.beginning(64)) else { return nil }
      let recording = try WatchRecording(try file.open())
      guard recording.machine.architecture == .x86_64 else {
        throw UserError("\(trace) is of another architecture than x86-64; directmap open shows it")
      }
      return recording
    }
  }

  private func addresses(_ known: TraceAddresses) throws(UserError) -> TraceAddresses {
    var addresses = known
    if let pageOffset {
      addresses.pageOffset = try VirtualAddress(kernelAddress: pageOffset, of: "--page-offset")
    }
    if let vmemmap {
      addresses.vmemmap = try VirtualAddress(kernelAddress: vmemmap, of: "--vmemmap")
    }
    return addresses
  }

  /// The kernel that is asked for, or the one that the trace, a file `version.txt` beside it or a
  /// folder above it tells of.
  private func chosenKernel(_ survey: FtraceSurvey) throws(UserError) -> KernelProfile {
    let names = KernelProfile.x86.map(\.name).joined(separator: ", ")
    if let kernel {
      if let profile = KernelProfile(version: kernel), profile.architecture == .x86_64 {
        return profile
      }
      do {
        return try Choice.named(kernel, in: KernelProfile.x86, by: \.name, what: "kernel")
      } catch {
        throw UserError("\(error)")
      }
    }
    guard let version = survey.kernelVersion ?? CommandLine.kernelVersion(beside: trace) else {
      throw UserError(
        "\(trace) does not tell the kernel; give --kernel with one of \(names)")
    }
    guard let profile = KernelProfile(version: version) else {
      throw UserError(
        "the kernel \(version) has no profile here; give --kernel with the nearest of \(names)")
    }
    return profile
  }
}
