import Engine
import History

/// Makes the tree of a call from its events, in one pass.
struct CallTreeBuilder {
  private(set) var tree = CallTree()
  private let events: CallEvents
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

  init(
    _ events: CallEvents, lines: [Int], _ policies: [PolicyName], _ seen: [SeenFunction],
  ) {
    tree.seen = seen
    self.events = events
    tree.lines = lines
    tree.endOfEvents = events.endIndex
    var isLine = [Bool](repeating: false, count: events.count)
    for line in lines { isLine[line - events.startIndex] = true }
    self.isLine = isLine
    entryPolicy = policies.first(where: \.followsEntries)
    flushPolicy = policies.first(where: \.followsFlushes)
  }

  mutating func build() {
    begin(.call, at: events.startIndex, 0, 0)
    for event in events.underWay { resume(event) }
    for index in events.indices { add(index) }
    while !open.isEmpty { end(at: events.endIndex) }
  }

  /// Goes on in a function that was entered before the first event that is kept.
  private mutating func resume(_ event: Event) {
    switch event {
    case .entered(let function, let address, let pages):
      begin(.kernel(function), at: events.startIndex, address, pages)
    case .remedy(.entered(let function, let argument)):
      begin(.remedy(function), at: events.startIndex, argument)
    case .asked(let masks): tree.nodes[open[open.count - 1].node].asked = masks
    case .left, .remedy(.left), .seen, .decided,
      .counted, .mapped, .unmapped, .entryWritten, .tableInstalled,
      .tableBacked, .tableFreed, .tableTracked, .kept, .policy, .supply, .flushed, .memoryTypeSet,
      .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process, .linearMap:
      break
    }
  }

  private func isLine(_ index: Int) -> Bool { isLine[index - events.startIndex] }

  private var top: CallTree.Node { tree.nodes[open[open.count - 1].node] }

  // MARK: - Events

  private mutating func add(_ index: Int) {
    let event = events[index]
    endDerived(before: index)
    beginDerived(at: index)
    if case .entered(let function, let address, let pages) = event {
      return begin(.kernel(function), at: index, address, pages)
    }
    if case .seen(let step) = event { return addSeen(step, at: index) }
    if case .decided(let decision) = event { return addDecision(decision, at: index) }
    if case .asked(let masks) = event { tree.nodes[open[open.count - 1].node].asked = masks }
    if case .remedy(.entered(let function, let argument)) = event {
      return begin(.remedy(function), at: index, argument)
    }
    if isLine(index) { items.append(.line(event: index)) }
    if case .remedy(.left(let function, let result)) = event, top.function == .remedy(function) {
      tree.nodes[open[open.count - 1].node].result =
        result == .nothing ? .nothing : .remedy(result)
      end(at: index + 1)
      return
    }
    if case .left(let function, let code) = event, top.function == .kernel(function) {
      leave(function, code)
      end(at: index + 1)
    }
    if case .stopped = event { fail(.bug) }
  }

  /// A real kernel enters a function, reaches a line of it, writes an entry, or returns. A return is a step
  /// without a row: the row of the function then says what it returned.
  private mutating func addSeen(_ step: SeenStep, at index: Int) {
    switch step {
    case .entered(let place): begin(.seen(Int(place)), at: index, 0, 0)
    case .wrote, .reached: if isLine(index) { items.append(.line(event: index)) }
    case .left(let place):
      guard top.function == .seen(Int(place)) else { return }
      let text = tree.seen.indices.contains(Int(place)) ? tree.seen[Int(place)].resultText : nil
      tree.nodes[open[open.count - 1].node].result = text.map { .word($0) } ?? .nothing
      end(at: index + 1)
    }
  }

  private mutating func addDecision(_ decision: Decision, at index: Int) {
    var isLeaf = false
    if let function = WalkGrammar.leafFunction(decision), top.function != .kernel(function),
      !top.function.isSeen
    {
      begin(.kernel(function), at: index, decision.address ?? 0, 0, isDerived: true)
      isLeaf = true
    }
    if isLine(index) { items.append(.line(event: index)) }
    let node = open[open.count - 1].node
    if let result = decision.result(ofPolicy: top.function.isPolicy) {
      tree.nodes[node].result = result
    }
    if isLeaf { end(at: index + 1) }
    switch WalkGrammar.stepEnd(decision) {
    case .decided: decideStep()
    case .failed(let code):
      decideStep()
      fail(code)
    case nil: break
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
    if top.function.isPolicy {
      let caller = top.parent.flatMap { tree.nodes[$0].kernelFunction }
      if WalkGrammar.endsPolicyPart(at: index, in: events, calledFrom: caller) { end(at: index) }
    }
    let isDecided = open[open.count - 1].isDecided
    if top.isStep, WalkGrammar.endsStep(events[index], isDecided: isDecided) { end(at: index) }
  }

  private mutating func beginDerived(at index: Int) {
    let event = events[index]
    guard let function = top.kernelFunction else { return }
    if function == .changePageAttrLoop,
      let address = WalkGrammar.stepAddress(at: index, in: events)
    {
      begin(.kernel(.changePageAttr), at: index, address, 0, isDerived: true)
    } else if top.isStep, open[open.count - 1].isDecided {
      if index > events.startIndex, WalkGrammar.completesStep(event, after: events[index - 1]) {
        return
      }
      begin(.policy(entryPolicy), at: index, top.address, 0, isDerived: true)
    } else {
      switch WalkGrammar.policyPart(event, in: function) {
      case .entries: begin(.policy(entryPolicy), at: index, top.address, 0, isDerived: true)
      case .flushes: begin(.policy(flushPolicy), at: index, top.address, 0, isDerived: true)
      case nil: break
      }
    }
  }

  // MARK: - Opening and closing

  private mutating func begin(
    _ function: CallTree.Function, at index: Int, _ argument: RemedyArgument,
  ) {
    begin(function, at: index, 0, 0)
    tree.nodes[tree.nodes.count - 1].argument = argument
  }

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

  /// The kernel function; `nil` for the call itself and for policies.
  fileprivate var kernelFunction: KernelFunction? {
    if case .kernel(let function) = function { function } else { nil }
  }
}

extension CallTree.Function {
  /// Whether a policy added it.
  var isPolicy: Bool { if case .policy = self { true } else { false } }
  /// Whether a real kernel was seen in it.
  fileprivate var isSeen: Bool { if case .seen = self { true } else { false } }
}

extension Decision {
  /// What the function under way returns by the decision; `nil` if it says nothing of that.
  fileprivate func result(ofPolicy isPolicy: Bool) -> CallTree.Result? {
    switch self {
    case .sameProtection, .preserved: .splits(false)
    case .splitForced, .splitPartial, .splitProtected: .splits(true)
    case .collapseDone: .collapses(true)
    case .collapseFailed: isPolicy ? nil : .collapses(false)
    case .entryKept, .entryChanged, .holeSkipped, .holeRefused, .bitsRefused,
      .writableAndExecutable, .aliasInDirectMap, .aliasInHighMap, .typeConflict, .typeNotFreed,
      .nothingChanged,
      .mergeWaits, .mergeDone, .policy, .memory, .process, .linearMap, .vmalloc:
      nil
    }
  }
}
