import Engine

/// Makes the tree of a call from its events, in one pass.
struct CallTreeBuilder {
  private(set) var tree = CallTree()
  private let events: [Event]
  private let isLine: [Bool]
  /// The policy that counts entries, and the one that looks at each flush.
  private let entryPolicy: PolicyName?
  private let flushPolicy: PolicyName?

  /// A function that has not ended.
  private struct Open {
    var node: Int
    /// Where its items begin among those not yet put away.
    var firstItem: Int
    /// Whether a step of the walk has come to its decision, so that what follows is a policy's.
    var isDecided = false
  }

  private var open: [Open] = []
  private var items: [CallTree.Item] = []

  init(_ events: [Event], lines: [Int], _ policies: [PolicyName]) {
    self.events = events
    tree.lines = lines
    tree.eventCount = events.count
    var isLine = [Bool](repeating: false, count: events.count)
    for line in lines { isLine[line] = true }
    self.isLine = isLine
    entryPolicy = policies.first {
      switch $0 {
      case .hyeyooBitmap2022, .hyeyooCount2022, .aaronLu2022: true
      default: false
      }
    }
    flushPolicy = policies.first { $0 == .kirill2020 }
  }

  mutating func build() {
    begin(.call, at: 0, 0, 0)
    for index in events.indices { add(index) }
    while !open.isEmpty { end(at: events.count) }
  }

  private var top: CallTree.Node { tree.nodes[open[open.count - 1].node] }

  // MARK: - Events

  private mutating func add(_ index: Int) {
    let event = events[index]
    endDerived(before: index)
    beginDerived(at: index)
    switch event {
    case .entered(let function, let address, let pages):
      begin(.kernel(function), at: index, address, pages)
    case .asked:
      tree.nodes[open[open.count - 1].node].askedAt = index
    case .left(let function, let code) where top.function == .kernel(function):
      if isLine[index] { items.append(.line(event: index)) }
      leave(function, code)
      end(at: index + 1)
    case .decided(let decision):
      addDecision(decision, at: index)
    case .stopped:
      if isLine[index] { items.append(.line(event: index)) }
      fail(.bug)
    default:
      if isLine[index] { items.append(.line(event: index)) }
    }
  }

  private mutating func addDecision(_ decision: Decision, at index: Int) {
    var isLeaf = false
    if let function = decision.function, top.function != .kernel(function) {
      switch function {
      case .staticProtections, .verifyRWX, .cpaProcessFault:
        begin(.kernel(function), at: index, decision.address ?? 0, 0, isDerived: true)
        isLeaf = true
      default: break
      }
    }
    if isLine[index] { items.append(.line(event: index)) }
    let node = open[open.count - 1].node
    switch decision {
    case .sameProtection: tree.nodes[node].result = .splits(false)
    case .preserved: tree.nodes[node].result = .splits(false)
    case .splitForced, .splitPartial, .splitProtected: tree.nodes[node].result = .splits(true)
    case .collapseDone: tree.nodes[node].result = .collapses(true)
    case .collapseFailed where !top.function.isPolicy: tree.nodes[node].result = .collapses(false)
    default: break
    }
    if isLeaf { end(at: index + 1) }
    switch decision {
    case .entryKept, .entryChanged, .holeSkipped: decideStep()
    case .holeRefused:
      decideStep()
      fail(.fault)
    case .sameProtection, .preserved: decideStep()
    default: break
    }
  }

  /// The step of the walk that is under way has come to its end, but for what a policy adds.
  private mutating func decideStep() {
    for place in open.indices.reversed() where tree.nodes[open[place].node].isStep {
      open[place].isDecided = true
      return
    }
  }

  /// The step of the walk that is under way fails.
  private mutating func fail(_ code: ReturnCode) {
    for place in open.indices.reversed() where tree.nodes[open[place].node].isDerived {
      tree.nodes[open[place].node].result = .code(code)
    }
  }

  private mutating func leave(_ function: KernelFunction, _ code: ReturnCode) {
    switch function {
    case .shouldSplitLargePage, .collapsePMDPage, .collapsePUDPage: return
    case .vmUnmapAliases, .vmResetPerms, .cpaFlush, .cpaCollapseLargePages: return
    case .splitLargePage where code != .success: fail(code)
    default: break
    }
    tree.nodes[open[open.count - 1].node].result = .code(code)
  }

  // MARK: - Functions that do not tell

  /// Ends the functions that do not tell, if this event is none of theirs.
  private mutating func endDerived(before index: Int) {
    if top.function.isPolicy, endsPolicy(index) { end(at: index) }
    if top.isStep, endsStep(index) { end(at: index) }
  }

  private func endsStep(_ index: Int) -> Bool {
    switch events[index] {
    case .left, .entered(.cpaProcessAlias, _, _): true
    case .counted(.cpa4KSetChecked, _), .entered(.shouldSplitLargePage, _, _),
      .decided(.holeSkipped), .decided(.holeRefused):
      open[open.count - 1].isDecided
    default: false
    }
  }

  private func endsPolicy(_ index: Int) -> Bool {
    let caller = top.parent.map { tree.nodes[$0].function }
    switch events[index] {
    case .left: return true
    case .flushed(.all) where caller == .kernel(.splitLargePage):
      guard index + 1 < events.count else { return false }
      if case .left(.splitLargePage, _) = events[index + 1] { return true }
      return false
    case .flushed: return caller == .kernel(.cpaFlush)
    case .counted(.cpa4KSetChecked, _), .entered: return true
    case .decided(.holeSkipped), .decided(.holeRefused): return true
    default: return false
    }
  }

  private mutating func beginDerived(at index: Int) {
    let event = events[index]
    if top.function == .kernel(.changePageAttrLoop), let address = stepAddress(at: index) {
      begin(.kernel(.changePageAttr), at: index, address, 0, isDerived: true)
      return
    }
    if top.isStep, open[open.count - 1].isDecided {
      if case .entryWritten = event, case .decided(.entryChanged) = events[index - 1] { return }
      begin(.policy(entryPolicy), at: index, top.address, 0, isDerived: true)
      return
    }
    switch (top.function, event) {
    case (.kernel(.shouldSplitLargePage), .tableTracked),
      (.kernel(.shouldSplitLargePage), .counted(.entriesScanned, _)),
      (.kernel(.shouldSplitLargePage), .counted(.wordsTested, _)),
      (.kernel(.shouldSplitLargePage), .decided(.mergeWaits)),
      (.kernel(.shouldSplitLargePage), .decided(.mergeDone)),
      (.kernel(.splitLargePage), .tableTracked),
      (.kernel(.splitLargePage), .counted(.entriesScanned, _)),
      (.kernel(.splitLargePage), .counted(.wordsTested, _)):
      begin(.policy(entryPolicy), at: index, top.address, 0, isDerived: true)
    case (.kernel(.cpaFlush), .counted(.entriesScanned, _)),
      (.kernel(.cpaFlush), .decided(.collapseFailed)), (.kernel(.cpaFlush), .decided(.mergeDone)):
      begin(.policy(flushPolicy), at: index, top.address, 0, isDerived: true)
    default: break
    }
  }

  /// The address of the step of the walk that an event begins; `nil` if it begins none.
  private func stepAddress(at index: Int) -> VirtualAddress? {
    switch events[index] {
    case .entered(.shouldSplitLargePage, let address, _): return address
    case .decided(.holeSkipped(let address)), .decided(.holeRefused(let address)): return address
    case .counted(.cpa4KSetChecked, _):
      // The decision that follows names the page.
      for later in index + 1..<min(index + 4, events.count) {
        if case .decided(let decision) = events[later] { return decision.address }
      }
      return nil
    default: return nil
    }
  }

  // MARK: - Opening and closing

  private mutating func begin(
    _ function: CallTree.Function, at index: Int, _ address: VirtualAddress, _ pages: PageCount,
    isDerived: Bool = false,
  ) {
    let node = CallTree.Node(
      function: function, address: address, pages: pages, parent: open.last?.node,
      depth: max(0, open.count - 1), isDerived: isDerived, events: index..<index)
    open.append(Open(node: tree.nodes.count, firstItem: items.count))
    tree.nodes.append(node)
  }

  private mutating func end(at event: Int) {
    guard let last = open.popLast() else { return }
    let first = tree.items.count
    // Not as a slice, which would hold on to all items while some are taken away.
    for place in last.firstItem..<items.count { tree.items.append(items[place]) }
    items.removeLast(items.count - last.firstItem)
    var node = tree.nodes[last.node]
    node.events = node.events.lowerBound..<event
    node.items = first..<tree.items.count
    if node.isStep, node.result == .nothing { node.result = .code(.success) }
    if node.isDerived, node.items.count == 1, case .line = tree.items[first] {
      node.isInline = true
    }
    tree.nodes[last.node] = node
    tree.gather(last.node, events)
    if last.node > 0 { items.append(.node(last.node)) }
  }
}

extension CallTree.Node {
  /// Whether it is one step of the walk, `__change_page_attr()`.
  var isStep: Bool { isDerived && function == .kernel(.changePageAttr) }
}

extension CallTree.Function {
  /// Whether a policy added it.
  var isPolicy: Bool { if case .policy = self { true } else { false } }
}

extension Decision {
  /// The address that is decided on; `nil` for what is about none.
  var address: VirtualAddress? {
    switch self {
    case .entryKept(let address, _), .entryChanged(let address, old: _, new: _),
      .holeSkipped(let address), .holeRefused(let address), .sameProtection(let address, _, _),
      .preserved(let address, _, old: _, new: _), .splitForced(let address, _),
      .splitPartial(let address, _, firstPage: _, covered: _),
      .splitProtected(let address, _, _), .bitsRefused(let address, _),
      .writableAndExecutable(let address), .aliasInDirectMap(let address, _),
      .aliasInHighMap(let address, _), .collapseFailed(let address, _, _),
      .collapseDone(let address, _), .mergeWaits(let address, _, entries: _),
      .mergeDone(let address, _):
      address
    case .vmalloc(.walked(let address, _)), .vmalloc(.walkerMetLeaf(let address, _, _)): address
    case .process(let decision): decision.address
    case .typeConflict, .nothingChanged, .policy, .memory, .linearMap, .vmalloc: nil
    }
  }
}
