extension Machine {
  /// What is asked of policies and of the page supply.
  mutating func perform(
    _ call: PolicyCall, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    switch call {
    case .enable(let name, let isOn):
      guard try policy(name).enable(isOn, &self, &sink) else { throw .noSwitch(name) }
    case .shrink(let name, let node, let pages, let gfp):
      let shrinker = try shrinker(of: name, node)
      var scanned = Int(pages)
      let result = shrinker.scanTold(
        node: node, Int(pages), gfp: gfp, nrScanned: &scanned, &self, &sink)
      return result.returnCode
    case .reclaim(let name, let node, let priority):
      guard (0...12).contains(priority) else { throw .badPriority(priority) }
      return shrinkSlab(name, try shrinker(of: name, node), node, priority, &sink).returnCode
    case .dropSlab:
      enter(.dropSlab, &sink)
      dropSlab(&sink)
      leave(.dropSlab, &sink)
    case .supply(let answer):
      try check(answer)
      emit(.supply(.added(answer)), &sink)
    case .failBlocks(let fails): emit(.supply(.failsBlocks(fails)), &sink)
    case .failTables(let fails): emit(.supply(.failsTables(fails)), &sink)
    case .failPages(let after): emit(.supply(.singlePagesLeft(after ?? -1)), &sink)
    case .failRequests(let refusals): emit(.supply(.refusals(refusals)), &sink)
    }
    return .success
  }

  /// Refuses a block that no machine can have, as a damaged recording may name.
  private func check(_ answer: PageSupply.Answer) throws(CallError) {
    guard case .block(let order, let pfn) = answer else { return }
    guard (0..<ListBook.orders).contains(order) else { throw .memory(.badOrder(order)) }
    guard let pfn else { return }
    let limit = AddressLayout.pfnLimit
    guard pfn < limit, (limit - pfn).rawValue >= 1 << UInt64(order) else {
      throw .noSuchFrame(pfn, end: setup.memory.end)
    }
  }

  private func policy(_ name: PolicyName) throws(CallError) -> any Policy {
    guard let policy = setup.policies.first(where: { $0.published == name }) else {
      throw .policyOff(name)
    }
    return policy
  }

  private func shrinker(of name: PolicyName, _ node: Int) throws(CallError) -> any Shrinker {
    guard let shrinker = try policy(name).shrinker else { throw .noShrinker(name) }
    guard !shrinker.isNodeAware || (0..<nodeCount).contains(node) else {
      throw .noSuchNode(node, nodes: nodeCount)
    }
    return shrinker
  }

  /// The generic loop for one shrinker, seeks 2, batches of 128. Models `do_shrink_slab()`,
  /// mm/vmscan.c, 6.1.
  private mutating func shrinkSlab(
    _ name: PolicyName, _ shrinker: any Shrinker, _ node: Int, _ priority: Int,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    enter(.doShrinkSlab, shrinker.isNodeAware ? .node(node) : .none, &sink)
    let result = scanInBatches(name, shrinker, node, priority, &sink)
    leave(.doShrinkSlab, .shrink(result), &sink)
    return result
  }

  private mutating func scanInBatches(
    _ name: PolicyName, _ shrinker: any Shrinker, _ node: Int, _ priority: Int,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    guard case .pages(let count) = shrinker.countTold(node: node, &self, &sink), count > 0 else {
      return .empty
    }
    let deferred = kept.value.deferred[Kept.Shrunk(policy: name, node: node)] ?? 0
    let delta = (count >> priority) * 4 / 2
    var total = min((deferred >> priority) + delta, 2 * count)
    var scannedInAll = 0
    var freed = 0
    while total >= 128 || total >= count {
      var scanned = min(128, total)
      let result = shrinker.scanTold(
        node: node, scanned, gfp: .kernel, nrScanned: &scanned, &self, &sink)
      guard case .pages(let pages) = result else { break }
      freed += pages
      total -= scanned
      scannedInAll += scanned
    }
    let next = min(max(deferred + delta - scannedInAll, 0), 2 * count)
    emit(.kept(.reclaimDeferred(name, node: node, next)), &sink)
    return .pages(freed)
  }

  /// Models `drop_slab()`: every shrinker of every node, at the highest priority, until little comes.
  private mutating func dropSlab(_ sink: inout EventListener) {
    for policy in setup.policies {
      guard let shrinker = policy.shrinker, let name = policy.published else { continue }
      for node in 0..<(shrinker.isNodeAware ? nodeCount : 1) {
        var shift = 0
        while case .pages(let freed) = shrinkSlab(name, shrinker, node, 0, &sink),
          freed >> shift > 1
        {
          shift += 1
        }
      }
    }
  }

  /// The policies that are on and have a shrinker, each with the nodes that it can be asked about: -1
  /// where it knows no nodes.
  public var shrinkers: [(name: PolicyName, nodes: [Int])] {
    setup.policies.compactMap { policy in
      guard let name = policy.published else { return nil }
      return policy.shrinker.map { (name, $0.isNodeAware ? Array(0..<nodeCount) : [-1]) }
    }
  }

  /// What a policy's shrinker counts on a node; `nil` if the policy is off or has no shrinker.
  public func shrinkerCount(_ name: PolicyName, node: Int) -> ShrinkResult? {
    setup.policies.first { $0.published == name }?.shrinker?.count(node: node, self)
  }

  /// What reclaim keeps for a shrinker for next time, in pages (`nr_deferred`).
  public func reclaimDeferred(_ name: PolicyName, node: Int) -> Int {
    kept.value.deferred[Kept.Shrunk(policy: name, node: node)] ?? 0
  }
}

extension ShrinkResult {
  /// The result as what a call returns: the number of pages, or the name of the special value.
  public var returnCode: ReturnCode {
    switch self {
    case .pages(let count): ReturnCode(rawValue: Int32(clamping: count))
    case .empty: .shrinkEmpty
    case .stop: .shrinkStop
    }
  }
}
