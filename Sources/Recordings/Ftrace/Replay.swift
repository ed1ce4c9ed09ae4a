public import Engine
import KernelText

/// A trace of a real machine, applied event by event to a machine with the same initial state.
///
/// Requests through vmalloc and module addresses are applied to the frames that the trace gives for
/// them, requests in the direct map and the `set_direct_map_*` calls at their own addresses. After
/// each note of the recorder that holds counters, the machine's are compared with them.
public struct Replay: Sendable {
  /// The current machine.
  public private(set) var machine: Machine
  /// The results so far.
  public private(set) var report: ReplayReport

  let addresses: TraceAddresses
  /// The machine's growth counters when the first counters were read, and those counters.
  private var base: (counters: Counters, note: FtraceNote)?
  /// Requests whose frames have not all arrived, by task.
  private var pending: [UInt64: Pending] = [:]
  /// The function that each task entered last, and for which address.
  private var entered: [UInt64: (name: String, address: VirtualAddress)] = [:]
  /// The calls with their events, where they are kept.
  public private(set) var steps: [ReplayStep]?
  /// The last change of each page.
  private(set) var changes = LastChanges()
  private var phaseStart: Int64 = 0
  /// The number of events left before the note `start`.
  private var eventsToLeaveOut: Int
  /// Whether the trace gives the frames of each request; if not, they follow from the mappings in
  /// it.
  private let givesFrames: Bool
  /// The frames behind mapped pages, as far as the trace shows.
  private var mappings = TracedMappings()

  /// A request that waits for its frames.
  private struct Pending {
    var request: FtraceRequest
    var line: Int
    var call: String?
    var frames: [Range<PFN>] = []
    var pages: PageCount = 0

    /// The call in words.
    var what: String {
      call
        ?? "change_page_attr_set_clr set=0x\(String(request.set.rawValue, radix: 16)) "
        + "clr=0x\(String(request.clear.rawValue, radix: 16))"
    }
  }

  /// Replays a whole trace.
  ///
  /// - Parameters:
  ///   - trace: the trace; if it has a note `start`, what is before it is left out.
  ///   - before: all leaves of the direct map at its beginning.
  ///   - isIsolated: whether the machine runs with page-table isolation.
  public init(
    _ trace: FtraceText, from before: LeavesText, kernel: KernelProfile, isIsolated: Bool = false,
    addresses: TraceAddresses = TraceAddresses(),
  ) throws(KernelTextError) {
    try self.init(
      trace.survey, from: before, kernel: kernel, isIsolated: isIsolated, addresses: addresses)
    for event in trace.events { try take(event) }
    finish()
  }

  /// Replays a trace while reading it; it may have any length.
  ///
  /// - Parameters:
  ///   - trace: the bytes of the trace, from its beginning.
  ///   - survey: what it says as a whole, from an earlier reading; if it has a note `start`, what is
  ///     before it is left out.
  ///   - before: all leaves of the direct map at its beginning.
  ///   - isIsolated: whether the machine runs with page-table isolation.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(
    streaming trace: any ByteSource, _ survey: FtraceSurvey, from before: LeavesText,
    kernel: KernelProfile, isIsolated: Bool = false,
    addresses: TraceAddresses = TraceAddresses(),
  ) throws {
    try self.init(
      survey, from: before, kernel: kernel, isIsolated: isIsolated, addresses: addresses)
    var stream = FtraceStream(trace)
    while let event = try stream.next() { try take(event) }
    finish()
  }

  /// Replays a trace on a machine while reading it, and keeps the events of each call.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(
    streaming trace: any ByteSource, _ survey: FtraceSurvey, on machine: Machine,
    addresses: TraceAddresses = TraceAddresses(),
  ) throws {
    self.init(survey, on: machine, addresses: addresses)
    steps = []
    var stream = FtraceStream(trace)
    while let event = try stream.next() { try take(event) }
    finish()
  }

  private init(
    _ survey: FtraceSurvey, from before: LeavesText, kernel: KernelProfile, isIsolated: Bool,
    addresses: TraceAddresses,
  ) throws(KernelTextError) {
    self.init(
      survey,
      on: try Self.machine(
        before, kernel, isIsolated, hasFiveLevels: addresses.pageOffset.needsFiveLevels),
      addresses: addresses)
  }

  private init(_ survey: FtraceSurvey, on machine: Machine, addresses: TraceAddresses) {
    self.addresses = addresses
    givesFrames = survey.givesFrames
    self.machine = machine
    report = ReplayReport(kernel: machine.kernel.name, survey, machine)
    eventsToLeaveOut = report.eventsBeforeStart
  }

  /// Takes the next event of the trace.
  private mutating func take(_ event: FtraceEvent) throws(KernelTextError) {
    guard eventsToLeaveOut > 0 else { return try apply(event) }
    eventsToLeaveOut -= 1
    // Earlier mappings still exist.
    if case .mapped = event.kind { try apply(event) }
  }

  /// Completes the report after the last event.
  private mutating func finish() {
    for waiting in pending.values.sorted(by: { $0.line < $1.line }) { giveUp(waiting) }
    endPhase(.end)
    report.finish(machine)
  }

  /// The most memory that the page tables of the first leaves may take, in tables: 1 GiB.
  private static let tableLimit: UInt64 = 1 << 18

  private static func machine(
    _ before: LeavesText, _ kernel: KernelProfile, _ isIsolated: Bool, hasFiveLevels: Bool,
  ) throws(KernelTextError) -> Machine {
    let tables = before.runs.reduce(0) { $0 + $1.tables }
    guard tables <= tableLimit else {
      throw .tooLarge("the leaves take \(tables / 256) MiB of page tables; the limit is 1 GiB")
    }
    var cpu = CPUFeatures()
    cpu[.pti] = isIsolated
    cpu[.la57] = hasFiveLevels
    var leaves = before.runs
    if hasFiveLevels { leaves.move(to: .x86FiveLevels) }
    let mapped = before.runs.compactMap { run -> Range<PFN>? in
      guard run.size != nil, let pfn = AddressLayout.directMapFrame(of: run.start) else {
        return nil
      }
      return pfn..<(pfn + run.pages)
    }
    if mapped.isEmpty { throw .missing("leaf that maps anything") }
    // Until a note tells what the kernel counted, its leaves count: at 0 no split would be counted.
    var kilobytes: [LeafSize: Int64] = [:]
    for run in before.runs {
      if let size = run.size { kilobytes[size, default: 0] += Int64(run.pages.kilobytes) }
    }
    return Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap(mapped), leaves: leaves,
      directMapKilobytes: kilobytes)
  }
}

/// A call of a trace with what it did.
public struct ReplayStep: Sendable {
  /// The function, and the line that shows it.
  public var title: String
  /// What it did.
  public var events: [Event]
  /// What it returned, by the rules of the kernel.
  public var returned: ReturnCode

  init(_ name: String, _ line: Int, _ events: [Event], _ returned: ReturnCode) {
    title = "\(name), line \(line)"
    self.events = events
    self.returned = returned
  }
}

// MARK: - Events

extension Replay {
  private mutating func apply(_ event: FtraceEvent) throws(KernelTextError) {
    switch event.kind {
    case .setMemory(let name, let address, _): entered[event.task] = (name, address)
    case .request(let request): try begin(request, event)
    case .frames(let address, let runs): try add(runs, at: address, event)
    case .mapped(let start, let descriptors):
      mappings.add(descriptors.map { addresses.frame(ofDescriptor: $0) }, from: start)
    case .setDirectMap(let operation, let page):
      report.invalidAndDefaultCalls += 1
      let pfn = try frame(ofDescriptor: page, event)
      try perform(.setDirectMap(operation, pfn, 1), pfn, 1, operation.name, event)
    case .setDirectMapValid(let page, let pages, let isValid):
      report.validCalls += 1
      let pfn = try frame(ofDescriptor: page, event)
      let name = "set_direct_map_valid_noflush"
      guard machine.kernel.hasDirectMapValid else {
        throw unexpected(event, name, "a call that \(machine.kernel.name) has; check --kernel")
      }
      try perform(.setDirectMapValid(pfn, pages, isValid), pfn, pages, name, event)
    case .note(let note): read(note, event)
    case .moduleLoad: report.modulesLoaded += 1
    case .moduleFree: report.modulesRemoved += 1
    case .execmemAlloc, .execmemAllocReturned, .execmemFree: break
    }
  }

  private mutating func perform(
    _ call: Call, _ pfn: PFN, _ pages: PageCount, _ name: String, _ event: FtraceEvent,
  ) throws(KernelTextError) {
    do {
      if steps == nil {
        try machine.perform(call)
      } else {
        var log = EventLog()
        let returned = try machine.perform(call, into: &log)
        steps?.append(ReplayStep(name, event.line, log.events, returned))
      }
    } catch {
      throw unexpected(event, "\(name) of pfn \(pfn.hex)", "frames of leaves-before; \(error)")
    }
    changes.note(name, line: event.line, [pfn..<(pfn + pages)])
  }

  private func frame(
    ofDescriptor address: UInt64, _ event: FtraceEvent,
  ) throws(KernelTextError) -> PFN {
    guard let pfn = addresses.frame(ofDescriptor: address) else {
      throw unexpected(
        event, "page=\(VirtualAddress(address).hex)",
        "a page descriptor in steps of 64 from \(addresses.vmemmap.hex) on; if the machine "
          + "randomises addresses, give --vmemmap")
    }
    return pfn
  }

  private func unexpected(
    _ event: FtraceEvent, _ found: String, _ expected: String,
  ) -> KernelTextError {
    .unexpected(line: event.line, found: found, expected: expected)
  }
}

// MARK: - Requests

extension Replay {
  private mutating func begin(
    _ request: FtraceRequest, _ event: FtraceEvent,
  ) throws(KernelTextError) {
    report.requests += 1
    if let earlier = pending.removeValue(forKey: event.task) { giveUp(earlier) }
    let call = entered[event.task].flatMap { $0.address == request.address ? $0.name : nil }
    report.requestsByCall[call ?? "other", default: 0] += 1
    if request.pages == 0 { return }
    let waiting = Pending(request: request, line: event.line, call: call)
    if !request.isArray, let address = request.address,
      let pfn = addresses.directMapFrame(of: address)
    {
      guard pfn < machine.memory.end, request.pages <= machine.memory.end - pfn else {
        throw unexpected(
          event, "addr=\(address.hex) numpages=\(request.pages.rawValue)",
          "addresses of RAM that leaves-before maps")
      }
      try perform(waiting, [pfn..<(pfn + request.pages)], .directMap, event)
    } else if !givesFrames, !request.isArray, let address = request.address,
      let frames = mappings.frames(from: address, request.pages)
    {
      try perform(waiting, frames, .mapping(address), event)
    } else {
      pending[event.task] = waiting
    }
  }

  /// Takes frames for the request of the same task; frames without a request are counted.
  private mutating func add(
    _ runs: [Range<PFN>], at address: VirtualAddress, _ event: FtraceEvent,
  ) throws(KernelTextError) {
    guard var waiting = pending[event.task], waiting.request.address ?? address == address else {
      report.framesWithoutRequest.append(event.line)
      return
    }
    for run in runs {
      waiting.frames.append(run)
      waiting.pages += run.upperBound - run.lowerBound
    }
    guard waiting.pages <= waiting.request.pages else {
      throw unexpected(
        event, "\(counted(waiting.pages.rawValue, "frame"))",
        "as many frames as the request in line \(waiting.line) has pages, "
          + "\(waiting.request.pages.rawValue)")
    }
    pending[event.task] = waiting
    guard waiting.pages == waiting.request.pages else { return }
    pending[event.task] = nil
    let start = waiting.request.address ?? address
    try perform(
      waiting, waiting.frames, waiting.request.isArray ? .pages : .mapping(start), event)
  }

  private mutating func perform(
    _ waiting: Pending, _ frames: [Range<PFN>], _ reach: TracedRequest.Reach,
    _ event: FtraceEvent,
  ) throws(KernelTextError) {
    let request = waiting.request
    if request.skipsAliases, case .mapping = reach { return }
    let traced = TracedRequest(
      reach, frames: frames, set: request.set, clear: request.clear,
      forcesSplit: request.forcesSplit, collapses: request.collapses)
    do {
      if steps == nil {
        try machine.perform(traced)
      } else {
        var log = EventLog()
        let returned = try machine.perform(traced, into: &log)
        steps?.append(ReplayStep(waiting.what, waiting.line, log.events, returned))
      }
    } catch {
      throw unexpected(event, "frames of \(waiting.what)", "frames of leaves-before; \(error)")
    }
    changes.note(waiting.what, line: waiting.line, frames)
  }

  /// A request whose frames did not arrive. That is harmless if it could not reach the direct map.
  private mutating func giveUp(_ waiting: Pending) {
    let masks = waiting.request.set.union(waiting.request.clear)
    // NX never reaches the direct map: it is left out there, or the direct map is not looked at.
    let isHarmless =
      waiting.request.skipsAliases && !waiting.request.isArray
      || masks.isSubset(of: .nx) && !waiting.request.forcesSplit
    if !isHarmless { report.requestsWithoutFrames.append(waiting.line) }
  }
}

// MARK: - Notes

extension Replay {
  private mutating func read(_ note: FtraceNote, _ event: FtraceEvent) {
    if note.name == "bpf_prog_load" { report.bpfLoaded += 1 }
    if note.name == "bpf_prog_close" { report.bpfClosed += 1 }
    if note.name == "loaded" { endPhase(.loading) }
    if note.name == "rmmod_half" { endPhase(.removing) }
    guard note["DirectMap4k"] != nil || note["direct_map_level2_splits"] != nil else { return }
    guard let base else {
      machine.setDirectMapCounters(from: note)
      self.base = (machine.counters, note)
      return
    }
    var differences: [ReplayReport.Mark.Difference] = []
    for (key, recorded) in note.values {
      guard let own = machine.value(of: key, since: base) else { continue }
      if own != recorded {
        differences.append(.init(name: key, recorded: recorded, here: own))
      }
    }
    report.add(.init(line: event.line, name: note.name, differences: differences))
  }

  mutating func setDifferences(_ differences: [LeafDifference]) {
    report.differences = differences
  }

  private mutating func endPhase(_ phase: ReplayReport.Phase) {
    let splits = machine.counters[.level2Splits] + machine.counters[.level3Splits]
    report.end(phase, splits: splits - phaseStart)
    phaseStart = splits
  }
}
