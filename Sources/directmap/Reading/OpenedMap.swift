import Engine
import History
import Interface
import KernelText
import Lanes
import Maps
import Recordings

/// What `directmap open` shows: a machine as it was read, and what came later.
nonisolated struct OpenedMap: Sendable {
  /// What was read.
  let seen: SeenMachine
  /// What came later: further maps, or the calls of a trace.
  private(set) var later: [Observation] = []
  /// What the trace comes to, in lines.
  private(set) var traceLines: [String] = []
  /// The machine after all of it.
  private var last: Machine?

  /// Reads what came later.
  init(
    _ seen: SeenMachine, pageOffset: VirtualAddress?, vmemmap: VirtualAddress?,
  ) throws {
    self.seen = seen
    guard var machine = seen.machine ?? seen.booted else {
      guard let trace = seen.traces.first else { return }
      throw UserError(
        "\(trace) is a trace, which shows changes only; give --leaves-before with the leaves before it"
      )
    }
    for map in seen.evidence.maps {
      defer { observe(watchNamed: map.name, &machine) }
      guard map.name != seen.map?.name else { continue }
      guard map.map.architecture == machine.architecture else {
        throw UserError("\(map.name) is of another architecture than \(seen.map?.name ?? "")")
      }
      observe(map, &machine)
    }
    if !seen.traces.isEmpty, seen.map == nil {
      throw UserError(
        "\(seen.traces[0]) needs the leaves before it: give --leaves-before, or a map beside it")
    }
    for trace in seen.traces {
      try observe(trace: trace, pageOffset, vmemmap, &machine)
    }
    last = machine
  }

  /// A later map, as the events that lead to it.
  private mutating func observe(_ map: MachineEvidence.NamedMap, _ machine: inout Machine) {
    let goal = map.map.leaves.fillingHoles(machine.layout, upTo: machine.memory.end)
    let events = machine.events(reaching: goal)
    machine.apply(events)
    later.append(Observation(events, title: map.name.lastPathComponent))
  }

  /// What a watch saw behind its first reading, step by step.
  private mutating func observe(watchNamed name: String, _ machine: inout Machine) {
    guard let recording = seen.watches.first(where: { $0.name == name })?.recording else { return }
    for reading in recording.readings.dropFirst() {
      let observation = reading.observation(on: machine)
      if case .events(let events) = observation.content { machine.apply(events) }
      later.append(observation)
    }
    let totals = recording.totals
    if !totals.causes.isEmpty { traceLines += ["who changed attributes:"] + totals.lines }
  }

  /// A trace, call by call.
  private mutating func observe(
    trace: String, _ pageOffset: VirtualAddress?, _ vmemmap: VirtualAddress?,
    _ machine: inout Machine,
  ) throws {
    var addresses = TraceAddresses(machine.layout)
    if let pageOffset { addresses.pageOffset = pageOffset }
    if let vmemmap { addresses.vmemmap = vmemmap }
    do {
      let file = try RereadFile(trace)
      let survey = try FtraceStream.survey(try file.open())
      let replay = try Replay(
        streaming: try file.open(), survey, on: machine, addresses: addresses)
      later += (replay.steps ?? []).map {
        Observation($0.events, title: $0.title, returned: $0.returned)
      }
      machine = replay.machine
      traceLines += replay.report.text(after: "").split(separator: "\n").map(String.init)
    } catch {
      throw UserError(reading: trace, error)
    }
  }

  /// The machine after all that was read.
  func lastMachine() throws(UserError) -> Machine {
    guard let last else {
      throw UserError(
        "nothing that was given shows a map or the memory; give a page-table dump, leaves, iomem or a log"
      )
    }
    return last
  }

  /// The screen on it, and what is to be told beside it.
  static func model(of opened: OpenedMap) throws -> (model: Model, notes: [String]) {
    let seen = opened.seen
    if let map = seen.map, let machine = seen.machine {
      let reading = MapReading(
        name: map.name.lastPathComponent, summary: seen.report.headline)
      return (Model(reading, opened.later, on: machine), seen.report.notes)
    }
    guard let booted = seen.booted, let reading = seen.reading else {
      throw UserError(
        "nothing that was given shows a map or the memory; --format summary prints what there is")
    }
    return (
      Model(booted, setup: BootSetup(reading.description, kernel: seen.kernel)), seen.report.notes
    )
  }
}

extension WatchReading {
  /// What a reading shows otherwise than the machine before it, as events.
  nonisolated func observation(on machine: Machine) -> Observation {
    var runs = leaves
    if isWhole { runs = leaves.fillingHoles(machine.layout, upTo: machine.memory.end) }
    runs.move(to: machine.layout)
    let events = machine.events(reaching: runs) + counters.events(on: machine)
    let who = causes.first.map { ": \($0.words)" } ?? ""
    return Observation(events, title: "\(seconds) s\(who)")
  }
}

extension WatchCounters {
  /// The events that move a machine's counters to these.
  nonisolated func events(on machine: Machine) -> [Event] {
    var goal: [(Counter, Int64)] = []
    for (size, value) in kilobytes {
      goal.append((.directMap(size), value / Int64(size.pages.kilobytes)))
    }
    let names: [(String, Counter)] = [
      ("direct_map_level2_splits", .level2Splits), ("direct_map_level3_splits", .level3Splits),
      ("direct_map_level2_collapses", .level2Collapses),
      ("direct_map_level3_collapses", .level3Collapses),
    ]
    for (name, counter) in names {
      if let value = self[name] { goal.append((counter, Int64(clamping: value))) }
    }
    return machine.events(reaching: goal.sorted { $0.0.rawValue < $1.0.rawValue })
  }
}

extension LeafRun {
  /// The run as a line: `pfn 0x200-0x1000  14M  2M  RW NX G A D`.
  nonisolated var line: String {
    guard let size else { return "pfn \(frameText)  nothing" }
    return "pfn \(frameText)  \(size.name)  \(flags.words(size))"
  }

  private nonisolated var frameText: String {
    let first = AddressLayout.directMapFrame(of: start) ?? 0
    return "\(first.hex)-\((first + pages).hex)"
  }
}

extension EntryFlags {
  /// The flags by their names, of a leaf of a size.
  fileprivate nonisolated func words(_ size: LeafSize) -> String {
    if !contains(.present) { return "not present" }
    var words = [contains(.writable) ? "RW" : "ro", contains(.nx) ? "NX" : "x"]
    let isArm = contains(.normalMemory)
    let cache: EntryFlags = size == .size4K || isArm ? self : largeTo4K
    let names: [(EntryFlags, String)] = [
      (.global, "G"), (.accessed, "A"), (.dirty, "D"), (.user, "US"), (.kernel4K, "4K"),
      (.encryption, "C"), (.contiguous, "CONT"),
    ]
    words += names.filter { contains($0.0) && (isArm || $0.0 != .contiguous) }.map(\.1)
    if cache.contains(.pwt) { words.append("PWT") }
    if cache.contains(.pcd) { words.append("PCD") }
    if cache.contains(.pat), !isArm { words.append("PAT") }
    return words.joined(separator: " ")
  }
}
