import CLinux
import Engine
@unsafe @preconcurrency import Glibc
import History
import Interface
import KernelText
import Lanes
import Maps

/// A watch from its beginning to its end, on one thread at a time.
nonisolated final class WatchRun: @unchecked Sendable {
  private let watcher: Watcher
  /// What cannot be told, and why, in a line each.
  let lacks: [String]
  private let signals: Int32
  private let clock = ContinuousClock()
  private let deadline: ContinuousClock.Instant?
  /// The machine as the screen has it.
  private var machine: Machine?
  private var looks: UInt64 = 0
  private var cost: UInt64 = 0
  private var slowest: UInt64 = 0
  private var problem: String?

  /// What a look showed, in words.
  struct Told: Sendable {
    /// The lines.
    var lines: [String]
    /// For the screen.
    var sighting: Sighting?
  }

  /// Begins: makes the file, the tracing instance, and looks for the first time.
  ///
  /// - Parameters:
  ///   - signals: what ``catchSignals()`` gave.
  ///   - milliseconds: after how long it ends; `nil` for never.
  init(
    _ options: Watcher.Options, _ path: String?, limit: UInt64, signals: Int32, milliseconds: Int?,
  ) throws {
    let file = try path.map { try WatchFile($0, limit: limit) }
    let watcher = Watcher(options, recordingTo: file)
    let start = ContinuousClock().now
    self.signals = signals
    self.watcher = watcher
    lacks = watcher.lacks
    deadline = milliseconds.map { start.advanced(by: .milliseconds($0)) }
    do {
      try watcher.begin()
    } catch {
      watcher.end()
      throw error
    }
  }

  /// Holds back the signals that end the program, which then takes away first what it made in the kernel. To
  /// be called on the first thread, before there are others.
  ///
  /// - Returns: the descriptor on which they come.
  static func catchSignals() -> Int32 {
    let wanted = [SIGHUP, SIGINT, SIGTERM]
    return unsafe signals_open(wanted, wanted.count)
  }

  // MARK: - Going on

  /// Looks until a signal comes, the time is over, or the caller says stop.
  ///
  /// - Parameters:
  ///   - stop: a descriptor that is readable when it is to end; -1 for none.
  ///   - tell: is told what changed.
  func run(stopAt stop: Int32 = -1, _ tell: (Told) -> Void) throws {
    defer { watcher.end() }
    while true {
      switch wait(stop) {
      case .end: return
      case .reopen: try watcher.reopen()
      case .look: break
      }
      let step: Watcher.Step?
      do {
        step = try watcher.look()
        problem = nil
      } catch {
        // A full disk, or memory that was plugged: told once, and tried again.
        if problem == nil { tell(Told(lines: ["\(error)"])) }
        problem = "\(error)"
        continue
      }
      looks += 1
      cost += watcher.cost
      slowest = max(slowest, watcher.cost)
      if let step { tell(told(step)) }
    }
  }

  private enum Wake { case look, reopen, end }

  private func wait(_ stop: Int32) -> Wake {
    var left = watcher.wait
    if let deadline {
      let rest = clock.now.duration(to: deadline).milliseconds
      if rest <= 0 { return .end }
      left = min(left, rest)
    }
    var sources = [signals, stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = unsafe poll(&sources, nfds_t(sources.count), Int32(clamping: left))
    if sources[1].revents != 0 { return .end }
    switch signals >= 0 ? signals_next(signals) : 0 {
    case 0: return .look
    case SIGHUP where stop < 0: return .reopen
    default: return .end
    }
  }

  // MARK: - Words

  private func told(_ step: Watcher.Step) -> Told {
    var parts: [String] = []
    let slots = step.slots
    func add(_ count: UInt64, _ words: String) {
      if count > 0 { parts.append("\(count) \(words)") }
    }
    add(UInt64(slots.of1G.count), "of 1G split")
    add(UInt64(slots.of2M.count), "of 2M split")
    add(slots.merged1G, "merged to 1G")
    add(slots.merged2M, "merged to 2M")
    if parts.isEmpty, !step.reading.leaves.isEmpty { parts.append("permissions changed") }
    if !watcher.hasMap { parts += step.counterWords }
    let causes = step.reading.causes.map { cause in
      var words = "  \(cause.words): \(cause.pages) pages"
      if cause.split1G + cause.split2M > 0 {
        words += ", split \(cause.split1G) of 1G and \(cause.split2M) of 2M"
      }
      return words
    }
    let title =
      "\(step.reading.seconds) s  " + (parts.isEmpty ? "asked for" : parts.joined(separator: ", "))
    return Told(lines: [title] + causes, sighting: sighting(step, parts))
  }

  /// The step for the screen, if anything on it changes.
  private func sighting(_ step: Watcher.Step, _ parts: [String]) -> Sighting? {
    guard var machine else { return nil }
    var observation = step.reading.observation(on: machine)
    guard case .events(let events) = observation.content else { return nil }
    machine.apply(events)
    self.machine = machine
    let cause = step.reading.causes.first.map { ": \($0.words)" } ?? ""
    observation.title = "\(step.reading.seconds) s\(cause)"
    return Sighting(
      number: looks, observation: events.isEmpty ? nil : observation,
      causes: watcher.totals.sentences)
  }

  /// What is to be said at the end: who it was, and what looking cost.
  var closingLines: [String] {
    var lines: [String] = []
    if watcher.tellsCauses || !watcher.totals.causes.isEmpty { lines += watcher.totals.lines }
    if watcher.unreadableLines > 0 {
      lines.append("\(watcher.unreadableLines) lines of the trace could not be read")
    }
    if watcher.unreadTables > 0 {
      lines.append("\(watcher.unreadTables) tables could not be read, as they lie outside of RAM")
    }
    guard looks > 0 else { return lines }
    let mean = cost / looks
    lines.append(
      "\(looks) looks at \(watcher.tableCount) tables: \(mean) us of CPU time each, \(slowest) us at most"
    )
    return lines
  }

  /// The screen on the map as it was seen first; `nil` without a map.
  func model() throws -> Model? {
    guard watcher.hasMap else { return nil }
    let kernel =
      KernelVersion(watcher.machine.release).map {
        KernelProfile.nearest(to: $0, on: watcher.machine.architecture)
      } ?? .standard(for: watcher.machine.architecture)
    var map = ReadMap(.tables, watcher.machine.architecture)
    map.leaves = watcher.leaves
    map.base = watcher.machine.addresses.pageOffset.rawValue
    let machine: Machine
    do throws(KernelTextError) {
      let kilobytes = watcher.counters.kilobytes
      machine = try map.machine(kernel: kernel, kilobytes: kilobytes.isEmpty ? nil : kilobytes)
    } catch {
      throw UserError("/proc/kcore: \(error)")
    }
    var counted = machine
    counted.apply(watcher.counters.events(on: machine))
    self.machine = counted
    let split = MapCensus(counted.directMapLeaves).brokenBlocks
    let reading = MapReading(
      name: "/proc/kcore",
      summary: ["\(split) blocks of 2M are split", "changes show as they happen"])
    return Model(reading, [], on: counted)
  }
}
