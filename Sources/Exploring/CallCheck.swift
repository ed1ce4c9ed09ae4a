import Engine
import Narration

/// Asks of one call whether it breaks a property.
struct CallCheck: Sendable {
  let properties: PropertySet
  /// The stretches of the direct map in which the two machines are alike at the beginning.
  private let alike: [Range<VirtualAddress>]

  init(_ properties: [Property], from start: Machine, beside rival: Machine?) {
    self.properties = PropertySet(properties)
    alike = rival.map { RunPairs(Self.map(of: start), Self.map(of: $0)).alike() } ?? []
  }

  private static func map(of machine: Machine) -> [LeafRun] {
    let map = machine.directMapRange
    return machine.tables.runs(from: map.lowerBound, pages: map.upperBound - map.lowerBound)
  }

  /// A call that was made.
  struct Made {
    var before: Machine
    var after: Machine
    var call: Call
    var returned: ReturnCode
    /// The machine when the opposite of the call was made behind it; `nil` where the alphabet has none.
    var undone: Machine?
    /// The other machine, before and after, and what it returned.
    var rival: (before: Machine, after: Machine, returned: ReturnCode)?
  }

  /// What the call breaks; each sign once.
  ///
  /// - Parameter buffers: storage, and the events of the call.
  func findings(of made: Made, _ buffers: inout Buffers) -> [Finding] {
    var findings: [Finding] = []
    let events = buffers.log.events
    readEvents(made, events, &findings)
    if properties.contains(.bug), made.after.stopped != nil, made.before.stopped == nil {
      findings.append(Finding(.bug))
    }
    if properties.contains(.release), made.call.givesBack { checkRelease(made, events, &findings) }
    if properties.contains(.merge) { checkMerges(made, events, &findings) }
    if properties.contains(.counters) { checkCounters(made, events, &buffers, &findings) }
    if properties.contains(.atomic), made.returned != .success {
      checkFlags(made.before, made.after, .atomic, &buffers, &findings)
    }
    if properties.contains(.inverse) { checkInverse(made, &buffers, &findings) }
    if properties.contains(.cacheTypes), let address = Self.conflict(in: made.after),
      Self.conflict(in: made.before) == nil
    {
      findings.append(Finding(.cacheTypes, at: address))
    }
    if properties.contains(.drift), let slot = Self.drift(of: made.after),
      Self.drift(of: made.before) == nil
    {
      findings.append(Finding(.drift, at: slot))
    }
    checkRival(made, &buffers, &findings)
    return findings
  }

  private static func drift(of machine: Machine) -> VirtualAddress? {
    machine.tracksTables ? machine.drift(in: machine.directMapRange).first?.slot : nil
  }

  /// Storage that is used again.
  struct Buffers {
    var runs: [LeafRun] = []
    var otherRuns: [LeafRun] = []
    /// The events of the call.
    var log = EventLog()
  }

  // MARK: - Between events

  private func readEvents(_ made: Made, _ events: [Event], _ findings: inout [Finding]) {
    let checksFlush = properties.contains(.flush)
    let checksWX = properties.contains(.wx)
    guard checksFlush || checksWX else { return }
    var owed = OwedFlushes(cpus: made.after.cpu.cpus)
    var isWarned = false
    var unsafe: VirtualAddress?
    for event in events {
      if checksFlush { owed.follow(event) }
      if case .decided(.writableAndExecutable) = event { isWarned = true }
      if checksWX, unsafe == nil, let address = event.writableAndExecutable,
        AddressRegion(of: address) != .user
      {
        unsafe = address
      }
    }
    if let unsafe {
      findings.append(Finding(.wx, isWarned ? 0 : Finding.withoutWarning, at: unsafe))
    }
    for (region, address) in owed.rest {
      findings.append(Finding(.flush, UInt64(region.rawValue), at: address))
    }
  }

  private func checkRelease(_ made: Made, _ events: [Event], _ findings: inout [Finding]) {
    let map = made.after.directMapRange
    for event in events {
      guard let resized = event.facts.resized, resized.change == .split,
        map.contains(resized.start)
      else { continue }
      findings.append(Finding(.release, at: resized.start))
      return
    }
  }

  /// The entries of a table as they are right before a leaf takes its place.
  private func checkMerges(_ made: Made, _ events: [Event], _ findings: inout [Finding]) {
    guard events.contains(where: \.freesTable) else { return }
    var machine = made.before
    var applied = 0
    for (index, event) in events.enumerated() {
      guard case .tableFreed(let address, let size, let leaf) = event else { continue }
      machine.apply(events[applied..<index])
      applied = index
      let flags = leaf.flags(size)
      for run in machine.tables.runs(from: address, pages: size.pages)
      where run.flags.contains(.present) {
        var gained: EntryFlags = []
        if flags.contains(.writable), !run.flags.contains(.writable) { gained.insert(.writable) }
        if !flags.contains(.nx), run.flags.contains(.nx) { gained.insert(.nx) }
        if gained.isEmpty { continue }
        findings.append(Finding(.merge, gained.rawValue, at: address))
        return
      }
    }
  }

  // MARK: - Behind the call

  /// A wrong count is reported at the call that causes it, not at every later call.
  private func checkCounters(
    _ made: Made, _ events: [Event], _ buffers: inout Buffers, _ findings: inout [Finding],
  ) {
    guard events.contains(where: \.movesLeaves) else { return }
    // Leaves come and go only where events say so; there they are counted before and after.
    var growth: [Int64] = [0, 0, 0, 0]
    for range in Self.resized(events, in: made.after.directMapRange) {
      let old = leaves(of: made.before, in: range, &buffers)
      let new = leaves(of: made.after, in: range, &buffers)
      for size in growth.indices { growth[size] += new[size] - old[size] }
    }
    for size in LeafSize.allCases {
      let counter = Counter.directMap(size)
      let moved = made.after.counters[counter] - made.before.counters[counter]
      if moved != growth[Int(size.rawValue)] {
        findings.append(Finding(.counters, UInt64(size.rawValue)))
      }
    }
  }

  /// Where events make leaves or take them away, by rising address and apart from each other.
  private static func resized(
    _ events: [Event], in map: Range<VirtualAddress>,
  ) -> [Range<VirtualAddress>] {
    var ranges: [Range<VirtualAddress>] = []
    for event in events {
      if case .linearMap = event { return [map] }
      guard let range = event.resizedRange, map.contains(range.lowerBound) else { continue }
      // A slot may also be around the one before it: then it begins where that begins.
      if let last = ranges.last, last.lowerBound <= range.lowerBound,
        range.upperBound <= last.upperBound
      {
        continue
      }
      ranges.append(range)
    }
    guard ranges.count > 1 else { return ranges }
    // A slot may be within one that was split before it; no two overlap otherwise.
    ranges.sort { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    return ranges.reduce(into: []) { apart, range in
      if apart.last.map({ $0.contains(range.lowerBound) }) != true { apart.append(range) }
    }
  }

  /// The leaves of the direct map by the raw value of their size.
  private func leaves(
    of machine: Machine, in range: Range<VirtualAddress>, _ buffers: inout Buffers,
  ) -> [Int64] {
    buffers.runs.removeAll(keepingCapacity: true)
    machine.tables.readRuns(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound, into: &buffers.runs)
    var counts: [Int64] = [0, 0, 0, 0]
    for run in buffers.runs {
      if let size = run.size { counts[Int(size.rawValue)] += Int64(run.leafCount) }
    }
    return counts
  }

  private func readMap(_ machine: Machine, into runs: inout [LeafRun]) {
    runs.removeAll(keepingCapacity: true)
    let map = machine.directMapRange
    machine.tables.readRuns(
      from: map.lowerBound, pages: map.upperBound - map.lowerBound, into: &runs)
  }

  /// Whether flags of pages differ between two machines.
  private func checkFlags(
    _ before: Machine, _ after: Machine, _ property: Property, _ buffers: inout Buffers,
    _ findings: inout [Finding],
  ) {
    readMap(before, into: &buffers.runs)
    readMap(after, into: &buffers.otherRuns)
    if let (flags, address) = RunPairs(buffers.runs, buffers.otherRuns).firstDifference() {
      findings.append(Finding(property, flags.rawValue, at: address))
    }
  }

  /// Of pages on which the call changed the flag that it is about, what its opposite does not put back.
  private func checkInverse(
    _ made: Made, _ buffers: inout Buffers, _ findings: inout [Finding],
  ) {
    guard let inverse = made.call.inverse, let undone = made.undone, made.returned == .success,
      let start = made.call.start(on: made.before)
    else { return }
    let pages = min(made.call.pages.rawValue, 512)
    buffers.runs.removeAll(keepingCapacity: true)
    buffers.otherRuns.removeAll(keepingCapacity: true)
    made.before.tables.readRuns(from: start, pages: PageCount(pages), into: &buffers.runs)
    undone.tables.readRuns(from: start, pages: PageCount(pages), into: &buffers.otherRuns)
    if RunPairs(buffers.runs, buffers.otherRuns).firstDifference() == nil { return }
    for index in 0..<pages {
      let address = start + PageCount(index)
      let first = made.before.flags4K(at: address)
      let last = undone.flags4K(at: address)
      guard first != last,
        first.symmetricDifference(made.after.flags4K(at: address)).contains(inverse.flag)
      else { continue }
      let difference = first.symmetricDifference(last)
      findings.append(Finding(.inverse, difference.rawValue, at: address))
      return
    }
  }

  /// An address in an area at which a frame has another cache type than in the direct map.
  private static func conflict(in machine: Machine) -> VirtualAddress? {
    for area in machine.areas.live where area.pages <= 4096 {
      for index in 0..<area.pages.rawValue {
        let address = area.start + PageCount(index)
        guard let pfn = machine.tables.frame(at: address),
          machine.memory.ranges.contains(where: { $0.contains(pfn) })
        else { continue }
        let here = machine.flags4K(at: address)
        let there = machine.flags4K(at: machine.directMapAddress(of: pfn))
        guard here.contains(.present), there.contains(.present) else { continue }
        if here.intersection(.cacheMask) != there.intersection(.cacheMask) { return address }
      }
    }
    return nil
  }

  // MARK: - Beside another

  private func checkRival(_ made: Made, _ buffers: inout Buffers, _ findings: inout [Finding]) {
    guard let rival = made.rival else { return }
    if properties.contains(.same) {
      if rival.returned != made.returned {
        findings.append(Finding(.same, Finding.otherReturn))
      } else if let address = difference(made.after, rival.after, &buffers),
        difference(made.before, rival.before, &buffers) == nil
      {
        findings.append(Finding(.same, at: address))
      }
    }
    if properties.contains(.monotone),
      excess(of: made.after, over: rival.after, &buffers) > 0,
      excess(of: made.before, over: rival.before, &buffers) <= 0
    {
      findings.append(Finding(.monotone))
    }
    if properties.contains(.flushes) {
      let counts = Finding.FullFlushes(
        here: Self.fullFlushes(made.before, made.after),
        there: Self.fullFlushes(rival.before, rival.after))
      if counts.here > counts.there {
        var finding = Finding(.flushes)
        finding.fullFlushes = counts
        findings.append(finding)
      }
    }
  }

  /// Where the leaves of two machines differ that were alike at the beginning.
  private func difference(
    _ a: Machine, _ b: Machine, _ buffers: inout Buffers,
  ) -> VirtualAddress? {
    for stretch in alike {
      let pages = stretch.upperBound - stretch.lowerBound
      buffers.runs.removeAll(keepingCapacity: true)
      buffers.otherRuns.removeAll(keepingCapacity: true)
      a.tables.readRuns(from: stretch.lowerBound, pages: pages, into: &buffers.runs)
      b.tables.readRuns(from: stretch.lowerBound, pages: pages, into: &buffers.otherRuns)
      if let (run, _) = zip(buffers.runs, buffers.otherRuns).first(where: { $0 != $1 }) {
        return run.start
      }
    }
    return nil
  }

  /// How many more 4K leaves a machine has than another.
  private func excess(
    of machine: Machine, over other: Machine, _ buffers: inout Buffers,
  ) -> Int64 {
    let size = Int(LeafSize.size4K.rawValue)
    let mine = leaves(of: machine, in: machine.directMapRange, &buffers)[size]
    return mine - leaves(of: other, in: other.directMapRange, &buffers)[size]
  }

  private static func fullFlushes(_ before: Machine, _ after: Machine) -> Int64 {
    let (old, new) = (before.counters, after.counters)
    return new[.flushTLBAll] - old[.flushTLBAll]
  }
}
