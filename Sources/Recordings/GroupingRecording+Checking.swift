public import Engine

extension GroupingRecording {
  /// The first difference between a machine and the recording.
  public struct Mismatch: Equatable, Sendable {
    /// The step, from 1.
    public var step: Int
    /// The operation as the file names it.
    public var operation: String
    /// What differs: what the recording has and what the machine has.
    public var difference: String
  }

  /// Performs every step and compares after each: allocated pages in order, every list of the
  /// cache, the round robin, results of the shrinker, freed frames in order, splits, DirectMap
  /// counters, the leaves of the blocks a step touched; and at the end all leaves.
  ///
  /// A and D are not compared: the users of the pages set them.
  ///
  /// - Returns: the number of steps that matched before the first difference, and the difference.
  public func check() -> (matched: Int, mismatch: Mismatch?) {
    let outcome = perform()
    return (outcome.matched, outcome.mismatch)
  }

  /// The same, and the calls that were made for it: what a player shows.
  public func perform() -> (calls: [Call], matched: Int, mismatch: Mismatch?) {
    var checker = GroupingChecker(machine, splitsAtStart: splitsAtStart, keepsCalls: true)
    for (index, step) in steps.enumerated() {
      if let difference = checker.difference(step) {
        let mismatch = Mismatch(step: index + 1, operation: step.op, difference: difference)
        return (checker.calls, index, mismatch)
      }
    }
    if let difference = checker.finalDifference(finalLeaves) {
      let mismatch = Mismatch(step: steps.count, operation: "end", difference: difference)
      return (checker.calls, steps.count - 1, mismatch)
    }
    return (checker.calls, steps.count, nil)
  }
}

/// Performs the steps of a recording of the grouping cache and compares.
struct GroupingChecker {
  private var machine: Machine
  /// The calls that were made, if they are kept.
  private(set) var calls: [Call] = []
  private let keepsCalls: Bool
  private let splitsBefore: Counters
  /// Splits that the recording counted before its first step.
  private let splitsAtStart: Growth
  private var log = EventLog()
  /// The page allocator's choice for a workload's next request.
  private var choices: [PageSupply.Answer] = []

  /// - Parameter keepsCalls: whether all calls that are made are kept.
  init(_ machine: Machine, splitsAtStart: Growth, keepsCalls: Bool) {
    self.machine = machine
    self.keepsCalls = keepsCalls
    self.splitsAtStart = splitsAtStart
    splitsBefore = machine.counters
  }

  mutating func difference(_ step: GroupingStep) -> String? {
    log.removeAll()
    do {
      if let difference = try perform(step) { return difference }
    } catch {
      return "it cannot be done here: \(error)"
    }
    return scanDifference(step) ?? stateDifference(step)
  }

  // MARK: One step

  private enum Failure: Error {
    case missing(String)
    case call(CallError)
  }

  private mutating func perform(_ step: GroupingStep) throws(Failure) -> String? {
    switch step.op {
    case "alloc": return try allocate(step)
    case "free":
      let code = try make(.user(.vfree(try name(step))))
      let recorded = step.ret == .word("page fault") ? ReturnCode.fault : .success
      return code == recorded ? nil : "returned \(recorded.name), here \(code.name)"
    case "perm": return try change(step)
    case "count":
      let result = machine.shrinkerCount(.edgecombe2021, node: try need(step.node, "node"))
      return Self.difference(step.ret, result?.returnCode)
    case "scan": return try scan(step)
    case "reclaim":
      let node = try need(step.node, "node")
      let code = try make(
        .policy(
          .reclaim(.edgecombe2021, node: node, priority: try need(step.priority, "priority"))))
      if let difference = Self.difference(step.ret, code) { return difference }
      let deferred = machine.reclaimDeferred(.edgecombe2021, node: node)
      guard step.deferred == nil || step.deferred == deferred else {
        return "deferred \(step.deferred ?? 0), here \(deferred)"
      }
    case "drop_slab": _ = try make(.policy(.dropSlab))
    case "enable":
      _ = try make(.policy(.enable(.edgecombe2021, try need(step.on, "on"))))
    case "refill": choices.append(.block(order: 9, PFN(try need(step.frame, "frame"))))
    case "fallback": choices.append(.block(order: 0, PFN(try need(step.frame, "frame"))))
    case "force_no_block", "force_no_page", "cpu", "hog", "thin", "unhog", "mark":
      // They change what the page allocator can choose, which the recording tells.
      try performScans(step)
    default: return "the operation is not known here"
    }
    return nil
  }

  private mutating func allocate(_ step: GroupingStep) throws(Failure) -> String? {
    try layDownChoices(step)
    let wanted = step.frames?.frames
    var options = UserCall.VmallocOptions()
    options.node = step.node.flatMap { $0 < 0 ? nil : $0 }
    if step.group ?? true { options.flags.insert(.group) }
    if step.reset ?? true { options.flags.insert(.resetsPermissions) }
    options.gfp = try gfp(step.gfp)
    let pages = step.pages ?? UInt64(wanted?.count ?? 0)
    let name = try name(step)
    let code = try make(.user(.vmalloc(name, PageCount(pages), options)))
    choices = []
    let hasSucceeded = step.ret == nil || step.ret == .word("ok")
    guard hasSucceeded == (code == .success) else {
      return "returned \(step.ret?.text ?? "ok"), here \(code.name)"
    }
    if hasSucceeded, let wanted {
      let frames = machine.frames(of: name).map(\.rawValue)
      if let index = zip(wanted, frames).enumerated().first(where: { $1.0 != $1.1 })?.offset {
        return "page \(index) is frame \(wanted[index]), here \(frames[index])"
      }
      guard wanted.count == frames.count else {
        return "\(counted(wanted.count, "page")), here \(frames.count)"
      }
    }
    return refusalDifference(step) ?? linkDifference(step)
  }

  /// A page from the cache begins with two pointers to itself; others do not.
  private func linkDifference(_ step: GroupingStep) -> String? {
    guard let links = step.self_links, step.ret == .word("ok") else { return nil }
    let taken = log.events.count {
      if case .policy(.edgecombe2021(.taken)) = $0 { true } else { false }
    }
    return links == taken ? nil : "\(counted(links, "page")) from the cache, here \(taken)"
  }

  private func refusalDifference(_ step: GroupingStep) -> String? {
    let refused = log.events.compactMap { event -> String? in
      guard case .decided(.policy(.requestRefused(_, let gfp))) = event else { return nil }
      return "0x" + String(gfp.rawValue, radix: 16)
    }
    return refused == (step.refused_gfp ?? [])
      ? nil : "refused \(step.refused_gfp ?? []), here \(refused)"
  }

  private mutating func change(_ step: GroupingStep) throws(Failure) -> String? {
    guard let operation = step.perm.flatMap(SetMemory.init) else {
      throw .missing("perm, one of ro rw x nx np")
    }
    let target = Call.Target.area(try name(step), page: PageCount(step.offset ?? 0))
    let code = try make(
      .setMemory(operation, target, PageCount(try need(step.pages, "pages"))))
    guard let recorded = step.ret else { return nil }
    return Self.difference(recorded, code)
  }

  private mutating func scan(_ step: GroupingStep) throws(Failure) -> String? {
    let call = PolicyCall.shrink(
      .edgecombe2021, node: try need(step.node, "node"),
      pages: UInt32(clamping: try need(step.nr_to_scan, "nr_to_scan")), gfp: try gfp(step.gfp))
    return Self.difference(step.ret, try make(.policy(call)))
  }

  /// What kswapd freed during another operation.
  private mutating func performScans(_ step: GroupingStep) throws(Failure) {
    for scan in step.scans ?? [] {
      _ = try make(
        .policy(
          .shrink(
            .edgecombe2021, node: scan.node, pages: UInt32(clamping: scan.nr_to_scan),
            gfp: .kernel)))
    }
  }

  // MARK: What the page allocator chose

  private mutating func layDownChoices(_ step: GroupingStep) throws(Failure) {
    var refills = (step.refill ?? [])[...]
    let isPlain = step.group == false || step.group == nil && machine.policies.isEmpty
    let isOff = !machine.groupedPages.isEnabled || isPlain
    var singles = (isOff ? step.frames?.frames ?? [] : step.fallback ?? [])[...]
    var scans = (step.scans ?? [])[...]
    for kind in step.sequence ?? [] {
      switch kind {
      case "refill": if let first = refills.popFirst() { add(.block(order: 9, PFN(first))) }
      case "fallback": if let first = singles.popFirst() { add(.block(order: 0, PFN(first))) }
      case "scan":
        if let scan = scans.popFirst() {
          add(.scan(.edgecombe2021, node: scan.node, pages: scan.nr_to_scan))
        }
      default: throw .missing("sequence of refill, fallback and scan")
      }
    }
    for frame in refills { add(.block(order: 9, PFN(frame))) }
    for frame in singles { add(.block(order: 0, PFN(frame))) }
    for choice in choices { _ = try make(.policy(.supply(choice))) }
  }

  private mutating func add(_ choice: PageSupply.Answer) { choices.append(choice) }

  // MARK: Helpers

  private mutating func make(_ call: Call) throws(Failure) -> ReturnCode {
    do {
      let code = try machine.perform(call, into: &log)
      if keepsCalls { calls.append(call) }
      return code
    } catch {
      throw .call(error)
    }
  }

  private func name(_ step: GroupingStep) throws(Failure) -> Name {
    guard let number = step.handle ?? step.id, let name = Name("h\(number)") else {
      throw .missing("handle")
    }
    return name
  }

  private func need<Value>(_ value: Value?, _ key: String) throws(Failure) -> Value {
    guard let value else { throw .missing(key) }
    return value
  }

  private func gfp(_ text: String?) throws(Failure) -> GFPFlags {
    guard let text else { return .kernel }
    if text.hasPrefix("0x"), let bits = UInt32(text.dropFirst(2), radix: 16) {
      return GFPFlags(rawValue: bits)
    }
    switch text {
    case "kernel": return .kernel
    case "zero": return [.kernel, .zero]
    case "nofs": return .nofs
    case "user": return .user
    case "dma32": return [.kernel, .dma32]
    case "account": return [.kernel, .account]
    case "retry_mayfail", "retry": return [.kernel, .retryMayFail]
    case "nowarn": return [.kernel, .nowarn]
    case "highmem": return [.kernel, .highmem]
    case "highuser": return [.user, .highmem]
    case "atomic": return .atomic
    case "nowait": return .nowait
    default: throw .missing("gfp: \"\(text)\" is not known")
    }
  }

  private static func difference(
    _ recorded: GroupingStep.Returned?, _ own: ReturnCode?,
  ) -> String? {
    guard let recorded else { return nil }
    let text: String? =
      own.map {
        switch $0 {
        case .shrinkStop, .shrinkEmpty: $0.name
        default: "\($0.rawValue)"
        }
      }
    return recorded.text == text ? nil : "returned \(recorded.text), here \(text ?? "nothing")"
  }
}

// MARK: - The state after a step

extension GroupingChecker {
  /// Whether every scan freed the recorded frames, in the same order.
  private func scanDifference(_ step: GroupingStep) -> String? {
    let recorded = (step.scans ?? []).flatMap { $0.frames.frames }
    var own: [UInt64] = []
    var isolated: [UInt64] = []
    for event in log.events {
      if case .policy(.edgecombe2021(.isolated(let pfn, _))) = event {
        isolated.append(pfn.rawValue)
      } else if case .decided(.policy(.shrunk)) = event {
        own += isolated.reversed()
        isolated = []
      }
    }
    guard recorded != own else { return nil }
    let index = zip(recorded, own).enumerated().first { $1.0 != $1.1 }?.offset
    return "reclaimed \(counted(recorded.count, "frame")), here \(own.count)"
      + (index.map { ", and number \($0) is \(recorded[$0]), here \(own[$0])" } ?? "")
  }

  private mutating func stateDifference(_ step: GroupingStep) -> String? {
    let cache = machine.groupedPages
    if let recorded = step.cache, !machine.policies.isEmpty {
      for (node, runs) in recorded.enumerated() {
        let frames = runs.frames
        let own = cache.lists.indices.contains(node) ? cache.lists[node].map(\.rawValue) : []
        guard frames != own else { continue }
        return
          "node \(node) caches \(counted(frames.count, "page")), here \(own.count), or in another order"
      }
    }
    if let recorded = step.round_robin, !machine.policies.isEmpty,
      recorded != cache.roundRobin
    {
      return "round robin \(recorded), here \(cache.roundRobin)"
    }
    if !machine.policies.isEmpty, step.cache != nil, step.op != "mark",
      (step.enabled ?? true) != cache.isEnabled
    {
      return "the cache is \(cache.isEnabled ? "off, here on" : "on, here off")"
    }
    return counterDifference(step) ?? blockDifference(step)
  }

  private mutating func counterDifference(_ step: GroupingStep) -> String? {
    if let kilobytes = step.direct_map_kB {
      for size in LeafSize.allCases where kilobytes[size] != machine.directMapKilobytes(size) {
        return "DirectMap \(size.name) \(kilobytes[size]) kB, here "
          + "\(machine.directMapKilobytes(size)) kB"
      }
    }
    if let splits = step.splits {
      let own = machine.counters.since(splitsBefore)
      let start = splitsAtStart
      if splits.of2M &- start.of2M != own[.level2Splits] {
        return "\(counted(splits.of2M, "split")) of 2M, here \(own[.level2Splits] &+ start.of2M)"
      }
      if splits.of1G &- start.of1G != own[.level3Splits] {
        return "\(counted(splits.of1G, "split")) of 1G, here \(own[.level3Splits] &+ start.of1G)"
      }
    }
    return nil
  }

  private func blockDifference(_ step: GroupingStep) -> String? {
    for block in step.blocks ?? [] {
      let limit = AddressLayout.pfnLimit.rawValue
      for run in block.leaves {
        guard run.page <= limit, run.pages <= limit - run.page else {
          return "the leaf at page \(run.page) lies outside the direct map"
        }
        if let difference = leafDifference(run.page, run.pages, run.size, run.attributes) {
          return difference
        }
      }
    }
    return nil
  }

  func finalDifference(_ leaves: [LeafRun]) -> String? {
    for run in leaves {
      let pfn = AddressLayout.directMapFrame(of: run.start) ?? 0
      if let difference = leafDifference(pfn.rawValue, run.pages.rawValue, run.size, run.flags) {
        return difference
      }
    }
    return nil
  }

  /// The difference from the recorded leaves of a size from a frame on.
  private func leafDifference(
    _ first: UInt64, _ pages: UInt64, _ size: LeafSize?, _ recorded: EntryFlags,
  ) -> String? {
    guard let size else { return nil }
    let ignored: EntryFlags = [.accessed, .dirty]
    let flags = recorded.subtracting(ignored)
    var pfn = first
    while pfn < first + pages {
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: PFN(pfn)))
      guard let leaf, leaf.size == size, leaf.flags.subtracting(ignored) == flags else {
        let here = leaf.map { "\($0.size.name) 0x\(String($0.flags.rawValue, radix: 16))" }
        return "frame \(pfn) is \(size.name) 0x\(String(recorded.rawValue, radix: 16)), here "
          + (here ?? "not mapped")
      }
      pfn += size.pages.rawValue
    }
    return nil
  }
}
