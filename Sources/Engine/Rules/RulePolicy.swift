/// A rule among the policies: the hooks that its handlers wait at.
struct RulePolicy: Policy {
  let rule: Rule
  /// The rule's place among those that are on.
  let place: Int

  private let split: [RuleHandler]
  private let written: [RuleHandler]
  private let looked: [RuleHandler]

  init(_ rule: Rule, at place: Int) {
    self.rule = rule
    self.place = place
    split = rule.handlers(of: .split)
    written = rule.handlers(of: .written)
    looked = rule.handlers(of: .looked)
  }

  var published: PolicyName? { nil }
  var title: String { "rule \(rule.name)" }
  var hooks: PolicyHooks { rule.hooks }

  func adjust(_ kernel: inout KernelProfile) {
    if rule.body.changes.contains(.restoresGlobal) { kernel.restoresGlobal = true }
    if rule.body.changes.contains(.countsMerges) { kernel.countsMerges = true }
  }

  // MARK: - Entries

  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    let isWritten = step.old != step.new
    guard isWritten && !written.isEmpty || !looked.isEmpty,
      let moment = RuleMoment(
        entry: step.address, step.size, old: step.old, new: step.new, .walk)
    else { return .success }
    return follow(moment, isWritten: isWritten, &machine, &sink)
  }

  func didSplit(
    _ done: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    if !split.isEmpty {
      var run = RuleRun(rule, place, RuleMoment(split: done))
      for handler in split { run.run(handler.code, &machine, &sink) }
      if run.isStopped { return run.result }
    }
    // The pointer to the new table is itself an entry that was written.
    guard !written.isEmpty,
      let moment = RuleMoment(
        entry: done.address, done.leaf.size, old: done.leaf.flags, new: .kernelTable, .split)
    else { return .success }
    return follow(moment, isWritten: true, &machine, &sink)
  }

  /// Runs the handlers of an entry, and of those that merges write in turn: each is one level up.
  private func follow(
    _ moment: RuleMoment, isWritten: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    var run = RuleRun(rule, place, moment)
    var isWritten = isWritten
    while true {
      if isWritten { for handler in written { run.run(handler.code, &machine, &sink) } }
      if run.moment.writer != .split {
        for handler in looked { run.run(handler.code, &machine, &sink) }
      }
      guard !run.isStopped, let next = run.made.popLast() else { return run.result }
      run.moment = next
      isWritten = true
    }
  }

  // MARK: - Flushes, pages, calls

  func willFlush(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    var moment = RuleMoment(at: request.start)
    moment.request = request
    return run(.flush, moment, &machine, &sink).wantsFullFlush
  }

  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    var moment = RuleMoment(at: machine.directMapAddress(of: 0))
    moment.asked = request
    return run(.allocate, moment, &machine, &sink).answer
  }

  func didFree(
    _ block: PageState.Block, isLast: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    let moment = RuleMoment(of: block, machine)
    _ = run(.freed, moment, &machine, &sink)
    if block.order >= PhysicalMemory.pageblockOrder { _ = run(.whole, moment, &machine, &sink) }
  }

  func didAllocate(_ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener) {
    _ = run(.allocated, RuleMoment(of: pfn, order: order, machine), &machine, &sink)
  }

  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    _ = run(.released, RuleMoment(of: pfn, order: order, machine), &machine, &sink)
    return false
  }

  func didCall(_ returned: ReturnCode, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.rule(.called(UInt8(place)))), &sink)
    let made = machine.kept.value.policies.rules[place].calls
    for handler in rule.body.handlers {
      guard case .calls(let distance) = handler.trigger, made % distance == 0 else { continue }
      var moment = RuleMoment(at: machine.directMapAddress(of: 0))
      moment.returned = returned
      var run = RuleRun(rule, place, moment)
      run.run(handler.code, &machine, &sink)
    }
  }

  private func run(
    _ trigger: RuleTrigger, _ moment: RuleMoment, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> RuleRun {
    var run = RuleRun(rule, place, moment)
    for handler in rule.handlers(of: trigger) { run.run(handler.code, &machine, &sink) }
    return run
  }

  // MARK: - Questions

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    let slot = RuleMoment.Slot(start: start, size: size)
    let verdicts = rule.body.handlers.filter(\.merges).map { handler in
      let outcome = RuleTrial.outcome(of: handler, rule, place, slot, machine)
      return RuleVerdict(rule: rule.name, event: handler.trigger, outcome: outcome ?? .untried)
    }
    let verdict =
      verdicts.first { $0.outcome == .merges } ?? verdicts.first { $0.outcome != .untried }
      ?? verdicts.first
    return verdict.map { .rule($0) } ?? .ruleWithoutMerge(rule.name)
  }

  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack? {
    guard let larger = size.larger, rule.body.values.contains(where: { $0.scope == .table }) else {
      return nil
    }
    var moment = RuleMoment(at: start)
    moment.slot = RuleMoment.Slot(start: start.alignedDown(to: larger), size: larger)
    var run = RuleRun(rule, place, moment)
    return run.recounted(track, machine)
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.rules[place]
    var lines: [PanelLine] = []
    for (index, value) in rule.body.values.enumerated() {
      switch value.scope {
      case .machine: lines.append(.count(value.name, state.number(index)))
      case .page:
        guard let pfn = AddressLayout.directMapFrame(of: address) else { continue }
        lines.append(.count("\(value.name), of this page", state.number(index, of: pfn)))
      case .table:
        for size in [LeafSize.size4K, .size2M] {
          guard let track = machine.tables.track(ofEntries: size, at: address), track.isTracked
          else { continue }
          lines.append(line(value, size, track))
        }
      }
    }
    lines.append(.count("entries scanned", machine.counters[.entriesScanned]))
    if !rule.summary.isEmpty { lines.append(.note(rule.summary)) }
    return lines
  }

  private func line(_ value: RuleValue, _ size: LeafSize, _ track: TableTrack) -> PanelLine {
    switch value.meaning {
    case .counts: .count("\(value.name), of \(size.name) entries", Int64(track.count))
    case .marks: .bits("\(value.name), 8 x \(size.name) a bit", track.word)
    case .free: .count("\(value.name), of \(size.name) entries", Int64(bitPattern: track.word))
    }
  }
}
