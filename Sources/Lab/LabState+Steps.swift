import Engine
import History
import Recordings

extension Call {
  /// Whether the simulation cannot tell what comes of it: which pages a module gets, what a function does.
  fileprivate var isObservedAlone: Bool {
    switch self {
    case .user, .function, .allocPages, .freePages, .freePagesAt, .drainPages, .process: true
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke,
      .vmap, .vmapPageRange, .vunmap, .policy, .linearMap, .collapse, .age, .scatter:
      false
    }
  }
}

extension LabState {
  /// The same of this kernel: only on arm64 the simulation has memory that is plugged in.
  private func isObservedAlone(_ call: Call) -> Bool {
    if case .linearMap(.addMemory) = call { return booted.architecture == .x86_64 }
    return call.isObservedAlone
  }

  /// The end of the frames that are shown: those of boot, and those that can be plugged in.
  private var framesEnd: PFN {
    let guest = calls.guest
    let pluggable = PluggableMemory(guest.options, guest.architecture)
    return max(booted.memory.end, pluggable?.frames.upperBound ?? 0)
  }

  /// What becomes of the machine's memory by a call that did what it should.
  private func memoryEvents(of call: Call, _ code: ReturnCode?, on machine: Machine) -> [Event] {
    guard case .linearMap(.addMemory(let pfn, let pages)) = call, code ?? .success == .success,
      !machine.memory.ranges.contains(where: { $0.overlaps(pfn..<(pfn + pages)) })
    else { return [] }
    return [.linearMap(.memoryAdded(pfn, pages))]
  }

  /// Makes a call and compares what it did with the simulation.
  mutating func observe(
    _ call: Call, on machine: Machine, after calls: [Call], watching wishes: WatchedKernel,
  ) throws(LabError) -> Observation {
    try bringBack(to: calls)
    try checkAreas(of: machine)
    try watch(wishes)
    let call = self.calls.resolved(call)
    if isObservedAlone(call) { return try observeAlone(call, on: machine) }
    // What changed since the last call, by itself, comes first.
    let drift = drift(from: machine)
    var before = machine
    before.apply(drift)
    let (step, made) = try step(call, on: before, after: calls)
    var observer = StepObserver(before, region)
    let observed = observer.observe(step)
    let guest = self.calls.guest
    guard !guest.moments.isEmpty else {
      guard !drift.isEmpty || observed.events != nil else { return Observation(asSimulated: made) }
      let memory = memoryEvents(of: made, observed.returned, on: before)
      let events = observed.events.map { memory + $0 } ?? Self.simulated(made, on: before)
      return Observation(
        drift + events, call: made, returned: observed.returned, difference: observed.difference)
    }
    let seen = SeenCall(before: before, functions: guest.functions, moments: guest.moments)
    let events: [Event]
    if observed.events == nil, let woven = seen.interleaved(Self.simulated(made, on: before)) {
      events = woven
    } else {
      let after = TablePicture(
        direct: step.leaves, areas: before.areas.live.map { ($0.start, guest.area($0)) })
      events = seen.observed(
        reaching: after, observed.events ?? Self.simulated(made, on: before))
    }
    var observation = Observation(
      drift + events, call: made, returned: observed.returned, difference: observed.difference)
    observation.functions = guest.functions
    return observation
  }

  /// Takes what is to be watched in the call that comes.
  private mutating func watch(_ wishes: WatchedKernel) throws(LabError) {
    watched = wishes.pages
    watchedFunctions = [:]
    for name in wishes.functions {
      let symbols = calls.guest.symbols
      let found = symbols.functions(matching: name) + symbols.functions(matching: "\(name).*")
      guard !found.isEmpty else {
        throw .notPossible(
          "this kernel has no function \(name), or its compiler has inlined it everywhere; name one of "
            + "/proc/kallsyms, or delete the stop")
      }
      for function in found { watchedFunctions[function.address] = function.name }
    }
    let unknown = watchedFunctions.keys.filter { lookedAt[$0] == nil }
    try calls.guest.sources?.read(functions: unknown.sorted())
  }

  /// The events of the simulation of a call.
  private static func simulated(_ call: Call, on machine: Machine) -> [Event] {
    var log = EventLog()
    var copy = machine
    _ = try? copy.perform(call, into: &log)
    return log.events
  }

  /// What is looked at inside the call that comes.
  private mutating func lookInside(from machine: Machine) {
    let guest = calls.guest
    guest.functions = []
    guest.moments = []
    guest.handDepth = 0
    guest.inside.watched = watched
    guest.inside.functions = lookedAt.merging(watchedFunctions) { name, _ in name }
    guest.inside.lines = lookedAtLines
    guest.inside.pages = framesEnd - 0
    guest.inside.areas = machine.areas.live.map { ($0.start, $0.pages) }
  }

  /// Makes a call whose pages nobody can know before, such as those of a module: it is observed, and not
  /// compared.
  private mutating func observeAlone(
    _ call: Call, on machine: Machine,
  ) throws(LabError) -> Observation {
    lookInside(from: machine)
    let result = try calls.make(call)
    made.append(call)
    try keepIfDue()
    let memory = memoryEvents(of: call, result.returned, on: machine)
    var grown = machine
    grown.apply(memory)
    let events = memory + drift(from: grown)
    let areas = areaEvents(of: result.call, on: machine)
    let guest = calls.guest
    guard !guest.moments.isEmpty else {
      return Observation(events + areas, call: call, returned: result.returned)
    }
    let seen = SeenCall(before: machine, functions: guest.functions, moments: guest.moments)
    let after = TablePicture(
      direct: leaves(), areas: machine.areas.live.map { ($0.start, guest.area($0)) })
    var observation = Observation(
      seen.observed(reaching: after, events) + areas, call: call, returned: result.returned)
    observation.functions = guest.functions
    return observation
  }

  /// Makes a call and reads what the kernel shows after it.
  mutating func step(
    _ call: Call, on machine: Machine, after past: [Call],
  ) throws(LabError) -> (step: Recording.Step, call: Call) {
    try bringBack(to: past)
    try checkAccess(call, on: machine)
    lookInside(from: machine)
    let earlier = counters.read()
    let (result, flushes) = try countingFlushes { state throws(LabError) in
      try state.calls.make(call)
    }
    made.append(result.call)
    try keepIfDue()
    var after = machine
    _ = try? after.perform(result.call)
    let step = Recording.Step(
      call: result.call, returned: result.returned, leaves: leaves(), aliasLeaves: areas(of: after),
      counters: Self.growth(from: earlier, to: counters.read()) + flushes)
    lastStep = step
    return (step, result.call)
  }

  /// Makes a call and counts its flushes, if they are counted.
  private mutating func countingFlushes(
    _ make: (inout Self) throws(LabError) -> GuestCalls.Result,
  ) throws(LabError) -> (GuestCalls.Result, [Recording.Expected]) {
    guard countsFlushes else { return (try make(&self), []) }
    let guest = calls.guest
    // What each CPU does for itself is only counted where there is one.
    let counted = Self.flushes.filter { guest.facts.cpu.cpus == 1 || !$0.isOfEachCPU }
    let functions = counted.map { CountedFunction($0.name) }
    let (result, counts) = try guest.counting(functions) { () throws(LabError) in
      try make(&self)
    }
    return (
      result,
      counted.compactMap { flush in
        counts.calls[flush.name].map {
          Recording.Expected(name: flush.name, source: flush.source, value: Int64(clamping: $0))
        }
      }
    )
  }

  /// The functions that flush, as recordings have them.
  private static let flushes:
    [(name: String, source: Recording.Expected.Source, isOfEachCPU: Bool)] = [
      ("flush_tlb_all", .growth(.flushTLBAll), false),
      ("cpa_flush", .growth(.cpaFlush), false),
      ("__cpa_flush_tlb", .growth(.cpaFlushTLB), true),
      ("flush_tlb_one_kernel", .growth(.flushTLBOneKernel), true),
      ("flush_tlb_kernel_range", .growth(.flushTLBKernelRange), false),
    ]

  /// An access that faults would stop the kernel.
  private func checkAccess(_ call: Call, on machine: Machine) throws(LabError) {
    guard case .touch = call else { return }
    var copy = machine
    do throws(CallError) {
      try copy.perform(call)
    } catch {
      throw .notPossible(error.description)
    }
  }

  private static func growth(
    from earlier: [Counter: Int64], to later: [Counter: Int64],
  ) -> [Recording.Expected] {
    let names: [(Counter, String, LeafSize?)] = [
      (.level2Splits, "splits 2M", nil), (.level3Splits, "splits 1G", nil),
      (.level2Collapses, "collapses 2M", nil), (.level3Collapses, "collapses 1G", nil),
      (.directMap4K, "DirectMap4k", .size4K), (.directMap2M, "DirectMap2M", .size2M),
      (.directMap1G, "DirectMap1G", .size1G),
    ]
    return names.compactMap { counter, name, size in
      guard let value = later[counter] else { return nil }
      if let size {
        return Recording.Expected(
          name: name, source: .kilobytes(size), value: value * Int64(size.pages.kilobytes))
      }
      let growth = value - (earlier[counter] ?? 0)
      return Recording.Expected(name: name, source: .growth(counter), value: growth)
    }
  }

  // MARK: - Reading

  /// All frames of the direct map.
  private var region: Range<PFN> { 0..<framesEnd }

  func leaves() -> [LeafRun] {
    calls.guest.directMap(pages: framesEnd - 0)
  }

  /// The leaves of the areas that a machine has, each counted from 0.
  private func areas(of machine: Machine) -> [(area: Name, leaves: [LeafRun])] {
    machine.areas.live.map { area in
      (area.name, calls.guest.area(area.start, pages: area.pages))
    }
  }

  /// The events that lead from a machine to what the guest's tables show now: bits that its CPU set, and
  /// what the kernel did by itself.
  private func drift(from machine: Machine) -> [Event] {
    var events = machine.events(reaching: leaves())
    let values = counters.read().sorted { $0.key.rawValue < $1.key.rawValue }
    events += machine.events(reaching: values.map { ($0.key, $0.value) })
    return events
  }

  mutating func takeRegion() throws(LabError) -> Range<PFN>? {
    var found: Range<PFN>?
    for run in leaves().reversed() where run.size == .size1G && found == nil {
      for leaf in (0..<run.leafCount).reversed() {
        guard let first = AddressLayout.directMapFrame(of: run.start) else { continue }
        let start = first + PageCount(leaf << 18)
        guard (try? calls.take(start, PageCount(1 << 18))) != nil else { continue }
        found = start..<start + PageCount(1 << 18)
        break
      }
    }
    if found == nil { found = takeBlocks() }
    if found != nil {
      // What was taken stays so when the guest is brought back to its beginning.
      for snapshot in snapshots { calls.guest.forget(snapshot.guest) }
      snapshots = []
      try keep()
    }
    return found
  }

  /// The longest row of blocks of 2M that can be taken, of 1 GiB at most.
  private mutating func takeBlocks() -> Range<PFN>? {
    var best: Range<PFN>?
    for run in leaves() where run.size == .size2M {
      guard let first = AddressLayout.directMapFrame(of: run.start) else { continue }
      var start: PFN?
      for block in 0..<run.leafCount {
        let pfn = first + PageCount(block << 9)
        guard (try? calls.take(pfn, 512)) != nil else {
          start = nil
          continue
        }
        let row = (start ?? pfn)..<pfn + 512
        start = row.lowerBound
        let pages = (row.upperBound - row.lowerBound).rawValue
        if pages > best.map({ ($0.upperBound - $0.lowerBound).rawValue }) ?? 0 { best = row }
        if pages >= 1 << 18 { return row }
      }
    }
    return best
  }

  /// The first page of a free block in the middle of the largest leaf that boot left whole.
  mutating func firstPage() -> PFN? {
    let runs = leaves().filter { $0.size != nil }
    guard
      let largest = runs.max(by: { ($0.size ?? .size4K, $0.pages) < ($1.size ?? .size4K, $1.pages) }
      ),
      let first = AddressLayout.directMapFrame(of: largest.start)
    else { return nil }
    let blocks = largest.pages.rawValue >> 9
    for block in (0..<min(blocks, 64)).map({ (blocks / 2 + $0) % max(blocks, 1) }) {
      let pfn = first + PageCount(block << 9)
      if (try? calls.take(pfn, 512)) != nil { return pfn }
    }
    return nil
  }
}
