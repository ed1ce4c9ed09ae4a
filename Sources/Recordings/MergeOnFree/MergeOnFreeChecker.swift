import Engine
import KernelText

/// Makes the steps of a recording of merging on free and compares.
struct MergeOnFreeChecker {
  private let recording: MergeOnFreeRecording
  var machine: Machine
  var log = EventLog()
  /// What was eaten, by first frame and order, in order.
  var eaten: [(pfn: PFN, order: Int)] = []
  /// How many names were used up for eating.
  var serial = 0
  /// Whether all frames so far were those of the kernel.
  private(set) var isAligned = true
  /// How many frames were.
  private(set) var equalFrames = 0
  /// Whether the order of the CPU's list is the recorder's own random numbers.
  var isShuffled = false
  /// What the kernel looked like before the step.
  private var before: MergeOnFreeState
  private var counters: Counters
  /// Whether the CPU's lists overflowed somewhere in the kernel's own work since they were drained.
  private var areListsUnknown = false
  private var censusBefore = LeafCensus()

  init(_ recording: MergeOnFreeRecording, _ machine: Machine) {
    self.recording = recording
    self.machine = machine
    before = recording.header.initial
    counters = machine.counters
    censusBefore = LeafCensus(
      of: machine.tables.runs(from: AddressLayout.pageOffset, pages: PageCount(end)))
  }

  mutating func check() -> RecordingCheck {
    var check = RecordingCheck()
    for (index, step) in recording.steps.enumerated() {
      let name = "step \(index + 1) \(step.op ?? "end")"
      if step.op == nil {
        // Warnings of the console, which the steps before have told.
        continue
      }
      check.add(name, outcome(step))
      if step.ret != nil { break }
      before = before.updated(by: step)
      matchOthers()
    }
    return check
  }

  private mutating func outcome(_ step: MergeOnFreeStep) -> RecordingCheck.Outcome {
    log.removeAll()
    counters = machine.counters
    do throws(Failure) {
      try perform(step)
    } catch {
      return .different("cannot be done here: \(error.words)")
    }
    if step.ret == "kernel stopped" {
      return machine.stopped == nil ? .different("the kernel stopped, here it goes on") : .equal
    }
    if let bug = machine.stopped { return .different("the kernel went on, here \(bug)") }
    let state = before.updated(by: step)
    let isOfUsers = step.op?.hasPrefix("!") ?? false
    if isOfUsers { takeInOverflow(state) }
    let counts = countDifferences(step)
    var differences = counts.filter { !isOfUsers || !$0.isPurge }.map(\.words)
    differences += stateDifferences(state, isOfUsers: isOfUsers)
    if isOfUsers, !differences.isEmpty, !machine.policies.contains(.unmapped2022) {
      return .indeterminate("the kernel's own lists decide which pages users get without the type")
    }
    if isOfUsers, !differences.isEmpty, machine.cpu.cpus > 1 {
      areListsUnknown = true
      return .indeterminate("another CPU frees the init pages of a module, some time later")
    }
    let lists = listDifferences(state)
    if step.op == "drain", lists.isEmpty, hasSameFreeBlocks(state) { areListsUnknown = false }
    if !lists.isEmpty, differences.isEmpty, let reason = doubt(step, isOfUsers) {
      areListsUnknown = true
      return .indeterminate(reason)
    }
    differences += lists
    if !differences.isEmpty { return .different(differences.joined(separator: "; ")) }
    return counts.isEmpty
      ? .equal : .indeterminate("one flush more, for the stack of a process that ended before")
  }

  /// Why the CPU's lists may be others than here, though all else is the same.
  private func doubt(_ step: MergeOnFreeStep, _ isOfUsers: Bool) -> String? {
    if isOfUsers { return "the kernel freed pages of its own, and the CPU's lists overflowed" }
    if isShuffled { return "the recorder's random numbers decide the order of the frees" }
    if step.merges > 0 { return "the recorder frees the table of a merge after the step" }
    if step.marked > 0, takesPiece {
      return "which pages of the pageblock are the kernel's is not told"
    }
    return areListsUnknown ? "the CPU's lists are not known since a step before" : nil
  }

  /// Whether the free blocks of type Unmapped are those of the kernel, frame by frame: numbers alone do not
  /// tell which pages come again next.
  private func hasSameFreeBlocks(_ state: MergeOnFreeState) -> Bool {
    let physical = machine.physical
    var ours: Set<UInt64> = []
    for zone in physical.zones.indices {
      for order in 0...10 {
        for first in physical.freeList(inZone: zone, .unmapped, order: order) {
          ours.insert(first.rawValue << 4 | UInt64(order))
        }
      }
    }
    let theirs = (state.unmapped_free ?? []).map { $0.frame << 4 | UInt64(clamping: $0.order) }
    return ours == Set(theirs)
  }

  /// Whether the step took a block smaller than a pageblock from another type.
  private var takesPiece: Bool {
    log.events.contains { event in
      guard case .decided(.memory(.stolen(let block, by: _))) = event else { return false }
      return block.order < 9
    }
  }

  /// In the work of users the kernel frees pages of its own, and its lists overflow when it does: what left
  /// them there leaves them here.
  private mutating func takeInOverflow(_ state: MergeOnFreeState) {
    guard machine.physical.hasCPULists else { return }
    for (zone, description) in machine.physical.zones.enumerated() {
      let counts = state.pcp?.blocks(description.kind.name, MigrateType.unmapped.name) ?? []
      for order in 0...CPUListRules.largestOrder {
        machine.observe(
          overflowOf: .unmapped, order: order, inZone: zone,
          downTo: counts.count > order ? counts[order] : 0, into: &log)
      }
    }
  }

  /// How a count differs.
  private struct CountDifference {
    var words: String
    /// Whether it is one flush more than here: `vm_unmap_aliases()` purges what others freed.
    var isPurge: Bool
  }

  /// Takes in what the kernel did for itself: the lists of other types are as long as there.
  private mutating func matchOthers() {
    guard machine.physical.hasCPULists, let pcp = before.pcp else { return }
    for (zone, description) in machine.physical.zones.enumerated() {
      for type in [MigrateType.unmovable, .movable, .reclaimable] {
        let counts = pcp.blocks(description.kind.name, type.name)
        for order in 0...CPUListRules.largestOrder {
          machine.observe(
            cpuList: type, order: order, inZone: zone,
            blocks: counts.count > order ? counts[order] : 0)
        }
      }
    }
  }

  // MARK: - Comparing

  private func countDifferences(_ step: MergeOnFreeStep) -> [CountDifference] {
    let grown = machine.counters.since(counters)
    func count(_ matches: (Event) -> Bool) -> Int { log.events.count(where: matches) }
    let missed = count { if case .policy(.mergeOnFree(.missed)) = $0 { true } else { false } }
    let refused = count { if case .policy(.mergeOnFree(.refused)) = $0 { true } else { false } }
    let marked = count { if case .policy(.unmapped2022(.marked)) = $0 { true } else { false } }
    let rows: [(String, Int, Int)] = [
      ("splits of 2M", Int(step.splits.of2M), Int(grown[.level2Splits])),
      ("splits of 1G", Int(step.splits.of1G), Int(grown[.level3Splits])),
      ("merges", step.merges, Int(grown[.level1Merges])), ("missed", step.missed, missed),
      ("refused", step.refused, refused), ("marked", step.marked, marked),
      ("flush_tlb_all", step.flush_tlb_all, Int(grown[.flushTLBAll])),
      ("flush_tlb_kernel_range", step.flush_tlb_kernel_range, Int(grown[.flushTLBKernelRange])),
    ]
    return rows.filter { $0.1 != $0.2 }.map {
      CountDifference(
        words: "\($0.0) \($0.1), here \($0.2)",
        isPurge: $0.0 == "flush_tlb_kernel_range" && $0.1 == $0.2 + 1)
    }
  }

  private mutating func stateDifferences(
    _ state: MergeOnFreeState, isOfUsers: Bool,
  ) -> [String] {
    var differences: [String] = []
    let grown = machine.counters.since(counters)
    if let kilobytes = state.direct_map_kB, let earlier = before.direct_map_kB {
      for size in LeafSize.allCases {
        let theirs = kilobytes[size] - earlier[size]
        let ours = grown[.directMap(size)] * Int64(size.pages.kilobytes)
        if theirs != ours { differences.append("DirectMap\(size.name) by \(theirs), here \(ours)") }
      }
    }
    let runs = machine.tables.runs(from: AddressLayout.pageOffset, pages: PageCount(end))
    let census = LeafCensus(of: runs)
    if let recorded = state.census, let earlier = before.census {
      var theirs = recorded.minus(earlier)
      var ours = census.minus(censusBefore)
      if areListsUnknown {
        // Which pages come again, those that lost G or others, is not known.
        theirs.withoutG = 0
        ours.withoutG = 0
      }
      if theirs != ours { differences.append("leaves by \(theirs.words), here \(ours.words)") }
    }
    censusBefore = census
    if isAligned, let recorded = state.leaves,
      let theirs = try? RecordingReader.runs(
        recorded, from: AddressLayout.pageOffset, pages: PageCount(end)),
      let words = LeafRun.firstDifference(
        theirs, runs, base: AddressLayout.pageOffset, names: ("recorded", "here"))
    {
      // Which frames users got is not told.
      if isOfUsers { isAligned = false } else { differences.append(words) }
    }
    differences += unmappedDifferences(state)
    return differences
  }

  private var end: UInt64 {
    recording.leaves.last.map { ($0.start - AddressLayout.pageOffset + $0.pages).rawValue } ?? 0
  }

  /// How many pageblocks are Unmapped.
  private func unmappedDifferences(_ state: MergeOnFreeState) -> [String] {
    guard machine.policies.contains(.unmapped2022) else { return [] }
    var differences: [String] = []
    let recorded = (state.pageblocks ?? []).filter { $0.type == MigrateType.unmapped.name }
      .reduce(0) { $0 + Int($1.count) }
    var own = 0
    for zone in machine.physical.zones.indices {
      own += Int(machine.physical.pageblocks(inZone: zone)[Int(MigrateType.unmapped.rawValue)])
    }
    if recorded != own { differences.append("\(recorded) pageblocks are Unmapped, here \(own)") }
    return differences
  }

  /// How many blocks are on the lists of the type Unmapped.
  private func listDifferences(_ state: MergeOnFreeState) -> [String] {
    guard machine.policies.contains(.unmapped2022) else { return [] }
    var differences: [String] = []
    for (zone, description) in machine.physical.zones.enumerated() {
      let kind = description.kind.name
      let free = state.free?.blocks(kind, MigrateType.unmapped.name) ?? []
      for order in 0...10 {
        let theirs = free.count > order ? free[order] : 0
        let ours = Int(machine.physical.freeBlocks(inZone: zone, .unmapped, order: order))
        if theirs != ours {
          differences.append("\(theirs) Unmapped blocks of order \(order) are free, here \(ours)")
        }
      }
      let waiting = state.pcp?.blocks(kind, MigrateType.unmapped.name) ?? []
      for order in 0...CPUListRules.largestOrder {
        let theirs = waiting.count > order ? waiting[order] : 0
        let ours = machine.physical.cpuList(inZone: zone, .unmapped, order: order).count
        if theirs != ours {
          differences.append(
            "\(theirs) Unmapped blocks of order \(order) wait on the CPU's list, here \(ours)")
        }
      }
    }
    return differences
  }

  /// Holds frames that came back against those of the kernel.
  mutating func compare(_ own: [PFN], _ step: MergeOnFreeStep) {
    let theirs = step.frames
    guard !theirs.isEmpty || !own.isEmpty else { return }
    if theirs.elementsEqual(own.map(\.rawValue)) {
      equalFrames += own.count
    } else {
      isAligned = false
    }
  }

  /// Why a step cannot be made here.
  struct Failure: Error {
    var words: String
  }
}

extension LeafCensus {
  init(of runs: [LeafRun]) {
    self.init()
    for run in runs {
      switch run.size {
      case .size4K:
        of4K += Int(run.pages.rawValue)
        guard run.flags.contains(.present) else {
          notPresent += Int(run.pages.rawValue)
          continue
        }
        if !run.flags.contains(.global) { withoutG += Int(run.pages.rawValue) }
        if !run.flags.contains(.writable) { readOnly += Int(run.pages.rawValue) }
      case .size2M: of2M += Int(run.leafCount)
      case .size1G: of1G += Int(run.leafCount)
      case nil: break
      }
    }
  }

  /// How much each grew.
  func minus(_ earlier: LeafCensus) -> LeafCensus {
    var grown = self
    grown.of4K -= earlier.of4K
    grown.of2M -= earlier.of2M
    grown.of1G -= earlier.of1G
    grown.notPresent -= earlier.notPresent
    grown.withoutG -= earlier.withoutG
    grown.readOnly -= earlier.readOnly
    return grown
  }

  var words: String {
    "4K \(of4K), 2M \(of2M), 1G \(of1G), not present \(notPresent), without G \(withoutG), "
      + "read-only \(readOnly)"
  }
}
