import Engine
@unsafe @preconcurrency import Glibc
import KernelText
import Maps

/// Looks at the running kernel again and again: its page tables in `/proc/kcore`, its counters, and a trace
/// of who asks for what. It only reads, but for its own tracing instance.
///
/// For one thread at a time.
nonisolated final class Watcher {
  /// Where to look, and what to use.
  struct Options: Sendable {
    /// Where procfs is mounted.
    var proc = "/proc"
    /// Where tracefs is; `nil` for the usual places.
    var tracing: String?
    /// Whether to trace who asks.
    var traces = true
    /// The size of the trace's buffer, in MiB.
    var mebibytes = 64
    /// The time between two looks, in milliseconds.
    var interval = 1000
    /// The part of one CPU that looking may cost, in percent, more than 0 to 100.
    var percent = 1.0
  }

  /// What a look showed that is not as before.
  struct Step: Sendable {
    /// The reading, with what changed.
    var reading: WatchReading
    /// What was split and merged.
    var slots: SplitSlots
    /// How the counters moved.
    var counterWords: [String]
  }

  private let options: Options
  /// What cannot be told, and why.
  private(set) var lacks: [String] = []
  /// The machine.
  let machine: WatchedMachine
  private var tables: LiveTables?
  private var instance: TracingInstance?
  private var reader = TraceEntryReader()
  private var finder: CauseFinder
  /// The leaves of the last look.
  private(set) var leaves: [LeafRun] = []
  /// The counters of the last look.
  private(set) var counters = WatchCounters()
  /// Who asked for what, over all looks.
  private(set) var totals = WatchTotals()
  /// Lines of the trace that are not in the recording yet.
  private var lines: [String] = []
  private var file: WatchFile?
  private var hasBegun = false
  /// What the last look cost this thread, in microseconds of CPU time.
  private(set) var cost: UInt64 = 0
  /// The same over the last looks, the latest of which counts most.
  private var meanCost: UInt64 = 0

  /// Prepares everything; what is not allowed or not there is noted in ``lacks``.
  init(_ options: Options, recordingTo file: WatchFile?) {
    self.options = options
    self.file = file
    let release = (try? CommandLine.text(ofFile: "\(options.proc)/sys/kernel/osrelease")) ?? ""
    let (ram, isHidden) = Self.ram(options.proc)
    var lacks: [String] = []
    var tables: LiveTables?
    do {
      tables = try LiveTables(FileAtOffsets("\(options.proc)/kcore"), ram: ram)
    } catch {
      lacks.append(Self.kcoreLack(error))
    }
    if isHidden, tables != nil {
      lacks.append(
        "\(options.proc)/iomem hides its addresses: tables are read in the frames of kcore")
    }
    let architecture = tables?.architecture ?? .x86_64
    let usual = tables.map { AddressLayout.x86(having: $0.pageOffset) } ?? .x86
    let addresses = TraceAddresses(
      pageOffset: tables?.pageOffset ?? AddressLayout(architecture).pageOffset,
      vmemmap: tables?.vmemmap ?? usual.vmemmap)
    machine = WatchedMachine(
      release: release.split(separator: "\n").first.map(String.init) ?? "",
      architecture: architecture, addresses: addresses, ram: ram)
    finder = CauseFinder(addresses, on: architecture)
    self.tables = tables
    self.lacks = lacks
    if options.traces { trace(architecture) }
  }

  /// The frames that iomem calls System RAM, and whether it hides its addresses.
  private static func ram(_ proc: String) -> (ram: [Range<PFN>], isHidden: Bool) {
    guard let text = try? CommandLine.text(ofFile: "\(proc)/iomem"),
      let iomem = try? IomemText(text)
    else { return ([], true) }
    let ram = iomem.resources.filter { $0.depth == 0 && $0.name == "System RAM" }.map {
      PFN($0.range.lowerBound.rawValue >> 12)..<PFN(($0.range.upperBound.rawValue + 4095) >> 12)
    }
    return (ram, ram.isEmpty)
  }

  private static func kcoreLack(_ error: any Error) -> String {
    let lockdown = (try? CommandLine.text(ofFile: "/sys/kernel/security/lockdown")) ?? ""
    if lockdown.contains("[confidentiality]") {
      return
        "no map: the kernel is locked down ([confidentiality]), and shows /proc/kcore to nobody"
    }
    if geteuid() != 0 { return "no map: /proc/kcore is for root only; run this as root" }
    if error is KernelTextError { return "no map: /proc/kcore: \(error)" }
    return "no map: this kernel has no /proc/kcore (CONFIG_PROC_KCORE) that can be read"
  }

  private func trace(_ architecture: Architecture) {
    do throws(TracingLack) {
      instance = try TracingInstance(
        options.tracing, TraceProbe.all(architecture), mebibytes: options.mebibytes)
    } catch {
      // The list of all names is long: it is read only where the usual one does not do.
      if architecture == .x86_64, let name = Self.copiedRequest(options.proc),
        let instance = try? TracingInstance(
          options.tracing, TraceProbe.all(architecture, request: name),
          mebibytes: options.mebibytes)
      {
        self.instance = instance
      } else {
        lacks.append(error.description)
      }
    }
  }

  /// The copy that a compiler made of the function that all requests go through, such as
  /// `change_page_attr_set_clr.isra.0`.
  private static func copiedRequest(_ proc: String) -> String? {
    guard let symbols = try? CommandLine.text(ofFile: "\(proc)/kallsyms"),
      let place = symbols.firstRange(of: " change_page_attr_set_clr.")
    else { return nil }
    return String(symbols[place.lowerBound...].dropFirst().prefix { $0 != "\n" && $0 != "\t" })
  }

  /// Whether there is a map.
  var hasMap: Bool { tables != nil }
  /// Whether it is told who changes what.
  var tellsCauses: Bool { instance != nil }
  /// How many lines of the trace looked like an event and could not be read.
  var unreadableLines: Int { reader.unreadable }
  /// How many tables could not be read when they were read last.
  var unreadTables: Int { tables?.unreadCount ?? 0 }
  /// How many tables there are.
  var tableCount: Int { tables?.tableCount ?? 0 }

  // MARK: - Looking

  /// Looks for the first time, when nobody changes anything.
  func begin() throws {
    _ = lookAtTrace()
    take(reader.take(mappingText.utf8))
    for _ in 0..<5 {
      try readTables()
      // What changed while the tables were read may be in them or not.
      if !lookAtTrace() { break }
    }
    counters = readCounters()
    instance?.mark("kernel \(machine.release)")
    instance?.mark("start \(counters.noteText)")
    _ = lookAtTrace()
    try record(whole())
    hasBegun = true
  }

  /// What is mapped in the module area now, as the trace would have shown it.
  private var mappingText: String {
    let range = AddressLayout.modulesStart..<AddressLayout.modulesEnd
    let vmemmap = machine.addresses.vmemmap.rawValue
    var text = ""
    for (start, frames) in tables?.mappings(in: range) ?? [] {
      let end = VirtualAddress(start.rawValue + UInt64(frames.count) << 12)
      for first in stride(from: 0, to: frames.count, by: 128) {
        let descriptors = frames[first..<min(first + 128, frames.count)].map {
          "0x" + String(vmemmap &+ $0.rawValue &* 64, radix: 16)
        }
        text += Self.traceLine("vmap_pages_\(first): (watch) addr=\(start.hex) end=\(end.hex) ")
        text += "a={\(descriptors.joined(separator: ","))}\n"
      }
    }
    return text
  }

  /// The beginning of a line that stands in a recording as if the trace had it.
  private static func traceLine(_ event: String) -> String {
    "       directmap-\(getpid())     [000] .....     "
      + WatchReading.seconds(monotonicMicroseconds) + ": " + event
  }

  /// Looks again.
  ///
  /// - Returns: what is not as before; `nil` if nothing changed.
  func look() throws -> Step? {
    let start = Self.threadMicroseconds
    defer {
      cost = Self.threadMicroseconds - start
      meanCost = meanCost == 0 ? cost : (7 * meanCost + cost) / 8
    }
    let old = (leaves: leaves, counters: counters)
    let hasChanged = try readTables()
    _ = lookAtTrace()
    counters = readCounters()
    let slots =
      hasChanged ? SplitSlots(from: old.leaves, to: leaves) : SplitSlots(from: [], to: [])
    let causes = finder.causes(of: slots)
    totals.add(causes)
    let changes = hasChanged ? old.leaves.changes(to: leaves, machine.architecture) : []
    var reading = WatchReading(at: Self.monotonicMicroseconds, isWhole: false, changes, counters)
    reading.causes = causes
    let words = counters.words(since: old.counters)
    if changes.isEmpty, causes.isEmpty, words.isEmpty {
      if !lines.isEmpty || file?.isNew == true { try record(nil) }
      return nil
    }
    try record(reading)
    return Step(reading: reading, slots: slots, counterWords: words)
  }

  /// Looks for the last time, and takes away what it made in the kernel.
  func end() {
    instance?.mark("end \(readCounters().noteText)")
    _ = try? look()
    instance?.remove()
    instance = nil
    file?.close()
    file = nil
  }

  /// Goes on in a file of the same name, after it was renamed.
  func reopen() throws(UserError) { try file?.reopen() }

  /// How long to wait for the next look, in milliseconds: so long that looking costs no more than
  /// ``Options/percent`` of a CPU, over some looks together.
  var wait: Int { max(options.interval, Int(Double(meanCost) / 10 / options.percent)) }

  @discardableResult
  private func readTables() throws -> Bool {
    guard var tables else { return false }
    self.tables = nil
    defer { self.tables = tables }
    guard try tables.refresh() else { return false }
    leaves = tables.leaves
    return true
  }

  /// Takes what was traced; whether anybody asked for a change of attributes.
  private func lookAtTrace() -> Bool {
    guard let instance else { return false }
    return take(reader.take(instance.drain()))
  }

  @discardableResult
  private func take(_ read: (entries: [TraceEntry], lines: [String])) -> Bool {
    if file != nil { lines += read.lines }
    var asks = false
    let tables = tables
    for entry in read.entries {
      finder.take(entry) { tables?.frame(of: $0) }
      switch entry.event.kind {
      case .request, .setDirectMap, .setDirectMapValid: asks = true
      case .setMemory, .frames, .mapped, .execmemAlloc, .execmemAllocReturned, .execmemFree,
        .moduleLoad, .moduleFree, .note:
        break
      }
    }
    return asks
  }

  private func readCounters() -> WatchCounters {
    WatchCounters(
      meminfo: (try? CommandLine.text(ofFile: "\(options.proc)/meminfo")) ?? "",
      vmstat: (try? CommandLine.text(ofFile: "\(options.proc)/vmstat")) ?? "")
  }

  private func whole() -> WatchReading {
    WatchReading(at: Self.monotonicMicroseconds, isWhole: true, leaves, counters)
  }

  // MARK: - Recording

  /// Writes what was traced, and a reading; a new file begins with the machine and all leaves.
  private func record(_ reading: WatchReading?) throws {
    guard let file else { return }
    try file.turnIfFull()
    var text = ""
    let isContinued = file.isNew && hasBegun
    if file.isNew { text += WatchText.head(machine) }
    if isContinued { text += mappingText }
    for line in lines { text += line + "\n" }
    lines = []
    if isContinued {
      // What stands before it is in the leaves that follow already.
      text += Self.traceLine("tracing_mark_write: start \(counters.noteText)\n")
    }
    if var reading {
      if file.isNew, !reading.isWhole {
        let causes = reading.causes
        reading = whole()
        reading.causes = causes
      }
      text += WatchText.text(reading)
    } else if file.isNew {
      text += WatchText.text(whole())
    }
    try file.write(text)
  }

  // MARK: - Clocks

  private static var monotonicMicroseconds: UInt64 { microseconds(CLOCK_MONOTONIC) }
  private static var threadMicroseconds: UInt64 { microseconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func microseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}
