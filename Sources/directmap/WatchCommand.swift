import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Maps

/// `directmap watch`: the direct map of the running kernel, as it changes.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Watch the direct map of the running kernel.",
    discussion: """
      Reads the kernel's page tables in /proc/kcore, its counters, and a trace of who asks for changes. \
      It only reads, but for a tracing instance of its own, instances/directmap, which goes when the \
      watch ends; one that was killed leaves it to the next one. On a terminal the map is shown on the \
      screen; elsewhere each change is a line. Without root, or on a kernel that is locked down, it says what is \
      missing, and continues with the rest. docs/own-machine.md has the details.
      """)

  @Option(
    help: ArgumentHelp("Seconds between two looks, from 0.05 to 3600.", valueName: "seconds"))
  var interval = 1.0

  @Option(
    help: ArgumentHelp(
      "The percentage of one CPU that looking may cost, from 0.1 to 100; looks that cost more come later.",
      valueName: "percent"))
  var cost = 1.0

  @Option(
    help: ArgumentHelp(
      "Record all that is seen to a file, which open and replay read.", valueName: "file"),
    completion: .file())
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Begin a new file when the recording has this many bytes, such as 100M; the last one is kept as FILE.1.",
      valueName: "size"))
  var limit: String?

  @Flag(help: "Show nothing; for a service. SIGHUP opens the file again.")
  var headless = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("End after this many seconds.", valueName: "seconds"))
  var duration: Double?

  @Flag(inversion: .prefixedNo, help: "Trace who asks for changes.")
  var trace = true

  @Option(help: ArgumentHelp("The size of the trace's buffer, in MiB.", valueName: "mebibytes"))
  var buffer = 64

  @Option(
    help: ArgumentHelp(
      "Write a note with the kernel's counters into the trace of the watch that is under way, and end.",
      valueName: "name"))
  var mark: String?

  @Option(help: ArgumentHelp("Where procfs is mounted.", valueName: "folder"))
  var proc = "/proc"

  @Option(help: ArgumentHelp("Where tracefs is mounted.", valueName: "folder"))
  var tracing: String?

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard (0.05...3600).contains(interval) else {
      throw ValidationError("--interval must be from 0.05 to 3600 seconds")
    }
    guard (0.1...100).contains(cost) else {
      throw ValidationError("--cost must be from 0.1 to 100 percent of a CPU")
    }
    if let duration, !(0...1e9).contains(duration) {
      throw ValidationError("--for must be from 0 to 1000000000 seconds")
    }
    guard (1...4096).contains(buffer) else {
      throw ValidationError("--buffer must be from 1 to 4096 MiB")
    }
    if headless, record == nil {
      throw ValidationError("--headless shows nothing; give --record with the file to write")
    }
    if limit != nil, record == nil { throw ValidationError("--limit is for --record") }
    if let mark {
      let isWord = mark.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0))
      }
      guard isWord, (1...64).contains(mark.count) else {
        throw ValidationError("--mark takes a word of letters, digits, _, . and -")
      }
    }
  }

  @MainActor
  func run() async throws {
    if let mark { return try note(mark) }
    var options = Watcher.Options()
    options.proc = proc
    options.tracing = tracing
    options.traces = trace
    options.mebibytes = buffer
    options.interval = Int(interval * 1000)
    options.percent = cost
    let bytes = try limit.map { try Self.bytes($0) } ?? 0
    let (path, wait) = (record, duration.map { Int($0 * 1000) })
    let signals = WatchRun.catchSignals()
    let begin: @Sendable () throws -> WatchRun = { [options] in
      try WatchRun(options, path, limit: bytes, signals: signals, milliseconds: wait)
    }
    if !headless, CommandLine.isRead {
      try show(begin)
    } else {
      let run = try begin()
      CommandLine.tell(problems: run.lacks)
      try run.run { [headless] step in
        guard !headless else { return }
        for line in step.lines { CommandLine.say(line: line) }
        try? CommandLine.finishPrinting()
      }
      if !headless { for line in run.closingLines { CommandLine.say(line: line) } }
    }
  }

  /// The screen, or without a map lines.
  @MainActor
  private func show(_ begin: @escaping @Sendable () throws -> WatchRun) throws {
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    var opened = try Opened("/proc/kcore", configuration) { _ in
      let run = try begin()
      return (run, try run.model())
    }
    let (run, model) = opened.value
    guard let model else {
      opened.terminal = nil
      CommandLine.tell(problems: run.lacks)
      return try run.run { step in
        for line in step.lines { CommandLine.say(line: line) }
        try? CommandLine.finishPrinting()
      }
    }
    if !run.lacks.isEmpty { opened.terminal = nil }
    CommandLine.tell(problems: run.lacks)
    let feed = WatchFeed(run)
    let notice = Configuration.notice(problems) ?? run.lacks.first
    let status = try ScreenLoop.run(
      model, configuration, notice, on: opened.terminal.take(), watching: feed)
    feed.stop()
    for line in run.closingLines { CommandLine.say(line: line) }
    if status != 0 { throw ExitCode(status) }
  }

  private func note(_ mark: String) throws {
    func text(_ name: String) -> String { (try? CommandLine.text(ofFile: "\(proc)/\(name)")) ?? "" }
    let counters = WatchCounters(meminfo: text("meminfo"), vmstat: text("vmstat"))
    do throws(TracingLack) {
      try TracingInstance.mark("\(mark) \(counters.noteText)", tracing)
    } catch {
      throw UserError(error.description)
    }
  }

  /// A number of bytes, with K, M or G behind it or without.
  private static func bytes(_ text: String) throws(UserError) -> UInt64 {
    let units: [(String, UInt64)] = [("K", 10), ("M", 20), ("G", 30)]
    for (unit, shift) in units where text.uppercased().hasSuffix(unit) {
      if let number = UInt64(text.dropLast()), number > 0, number < 1 << 30 {
        return number << shift
      }
    }
    if let number = UInt64(text), number > 0 { return number }
    throw UserError("--limit \(text) is no size; give one such as 100M")
  }
}
