// Where the engine asks the policies. Out of line: without a policy, nothing of this is entered.

extension Machine {
  /// The policies that are on.
  public var policies: [PolicyName] { setup.policies.compactMap(\.published) }

  /// Those of them that put leaves in the place of tables.
  public var mergingPolicies: [PolicyName] {
    setup.policies.compactMap(\.published).filter {
      $0.policy.mergesByEntries || $0.freesTablesByItself
    }
  }

  /// Whether a policy merges entries when all of a table are equal, so that one whose right differs
  /// blocks the merge.
  public var mergesByEntries: Bool { setup.policies.contains(where: \.mergesByEntries) }

  @inline(never)
  mutating func policiesDidStep(_ step: EntryStep, _ sink: inout EventListener) -> ReturnCode {
    setup.tracker?.didStep(step, &self, &sink) ?? .success
  }

  @inline(never)
  mutating func policiesDidSplit(_ split: LeafSplit, _ sink: inout EventListener) -> ReturnCode {
    setup.tracker?.didSplit(split, &self, &sink) ?? .success
  }

  @inline(never)
  mutating func policiesWillFlush(_ request: CPARequest, _ sink: inout EventListener) -> Bool {
    var isFull = false
    for policy in setup.policies where policy.hooks.contains(.flushes) {
      if policy.willFlush(request, &self, &sink) { isFull = true }
    }
    return isFull
  }

  @inline(never)
  mutating func policiesDidTakePages(_ sink: inout EventListener) {
    for policy in setup.policies where policy.hooks.contains(.pages) {
      policy.didTakePages(&self, &sink)
    }
  }

  /// A call is over.
  @inline(never)
  mutating func policiesDidCall(_ returned: ReturnCode, _ sink: inout EventListener) {
    for policy in setup.policies where policy.hooks.contains(.calls) {
      policy.didCall(returned, &self, &sink)
    }
  }

  /// The rules that are on.
  public var rules: [Rule] { setup.rules }

  /// The policies and rules that are on, as they are switched on together.
  public var policySet: PolicySet { PolicySet(checked: policies, setup.rules) }

  /// What the policies and rules that are on are called.
  public var policyTitles: [String] { policySet.titles }

  /// The machine with other policies and rules from here on. They know nothing of what came before.
  public func under(_ policies: PolicySet) -> Machine {
    var machine = self
    machine.setup = Setup(
      kernel: setup.released, cpu: setup.cpu, memory: setup.memory, image: setup.image,
      policies: policies, linearMap: setup.linearMap)
    return machine
  }

  /// What each policy knows of a page; those that know nothing are left out.
  public func inspection(of pfn: PFN) -> [(title: String, lines: [PanelLine])] {
    setup.policies.compactMap { policy in
      let lines = policy.inspect(pfn, self)
      return lines.isEmpty ? nil : (policy.title, lines)
    }
  }

  /// What each policy's panel shows while a slot is looked at.
  public func panels(at address: VirtualAddress) -> [(title: String, lines: [PanelLine])] {
    setup.policies.map { ($0.title, $0.panel(self, at: address)) }
  }
}

extension Machine {
  /// Counts what a test for a merge costs.
  @inline(__always)
  mutating func countCost<Sink: EventSink>(_ counter: Counter, _ amount: Int64, _ sink: inout Sink)
  {
    emit(.counted(counter, amount), &sink)
  }

  /// Puts a leaf in the place of a table, as the merging policies do.
  ///
  /// - Parameters:
  ///   - isCounted: whether the counters of the direct map move.
  ///   - leaksTable: whether the page of the table is lost.
  mutating func merge(
    to size: LeafSize, at start: VirtualAddress, leaf: Entry, isCounted: Bool,
    leaksTable: Bool = false, _ sink: inout EventListener,
  ) {
    if !leaksTable { freeTable(tables.tableFrame(at: start, size), &sink) }
    emit(.decided(.mergeDone(start, size)), &sink)
    emit(.tableFreed(start, size, leaf: leaf), &sink)
    guard isCounted, let smaller = size.smaller, counters[.directMap(smaller)] >= 512 else {
      return
    }
    emit(.counted(.directMap(size), 1), &sink)
    emit(.counted(.directMap(smaller), -512), &sink)
    if isRunning { emit(.counted(size == .size2M ? .level1Merges : .level2Merges, 1), &sink) }
  }
}

extension Machine {
  /// The pages that the policies' caches hold.
  public var cachedPages: PageCount {
    setup.policies.reduce(0) { $0 + $1.pagesHeld(self) }
  }
}
