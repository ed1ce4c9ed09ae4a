/// What reclaim asks of a cache that can give pages back. Models `struct shrinker`.
protocol Shrinker: Sendable {
  /// Whether the caches are per node; otherwise the node is ignored.
  var isNodeAware: Bool { get }

  /// The function that counts, in the patch.
  var countFunction: RemedyFunction { get }

  /// The function that scans, in the patch.
  var scanFunction: RemedyFunction { get }

  /// How many pages could be given back.
  func count(node: Int, _ machine: Machine) -> ShrinkResult

  /// Gives up to this many pages back. Returns how many; `nrScanned` comes in as the number asked for
  /// and goes out as what the driver counts.
  func scan(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult
}

extension Shrinker {
  /// One scan, recorded as a call of the patch's function.
  func scanTold(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    machine.enter(scanFunction, .scan(isNodeAware ? node : nil, pages: pages), &sink)
    let result = scan(node: node, pages, gfp: gfp, nrScanned: &nrScanned, &machine, &sink)
    machine.leave(scanFunction, .shrink(result), &sink)
    return result
  }

  /// The shrinker's count, recorded as a call of the patch's function.
  func countTold(node: Int, _ machine: inout Machine, _ sink: inout EventListener) -> ShrinkResult {
    machine.enter(countFunction, isNodeAware ? .node(node) : .none, &sink)
    let result = count(node: node, machine)
    machine.leave(countFunction, .shrink(result), &sink)
    return result
  }
}

/// What a shrinker returns.
public enum ShrinkResult: Equatable, Sendable {
  /// This many pages.
  case pages(Int)
  /// `SHRINK_EMPTY`: there is nothing.
  case empty
  /// `SHRINK_STOP`: the request's flags do not allow it.
  case stop
}

/// The shrinker of a cache with a list for each node, as the caches of 2021 have it: gives the oldest
/// pages of a node back, one by one.
protocol NodeListsShrinker: Shrinker {
  /// The policy whose cache it is.
  var policy: PolicyName { get }

  /// Flags of which a request must have one; `nil`: none.
  var gfp: GFPFlags? { get }

  /// The function that takes one page off its list.
  var isolateFunction: RemedyFunction { get }

  /// The function that frees what was taken; `nil`: the scan does it itself.
  var disposeFunction: RemedyFunction? { get }

  /// The cache's lists.
  func lists(_ states: PolicyStates) -> NodeLists

  /// The change that takes the oldest page off a node's list.
  func isolation(_ pfn: PFN, node: Int) -> PolicyChange
}

extension NodeListsShrinker {
  var isNodeAware: Bool { true }

  func count(node: Int, _ machine: Machine) -> ShrinkResult {
    lists(machine.kept.value.policies).shrinkCount(node: node)
  }

  /// Each page visited goes to the front of the list of those to be freed, so they go back in reverse.
  /// The driver presets `nrScanned`, and the scan adds to it: each page is counted twice.
  func scan(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    if let needed = self.gfp, gfp.isDisjoint(with: needed) { return .stop }
    machine.enter(.listLRUShrinkWalk, .scan(node, pages: pages), &sink)
    let isolated = lists(machine.kept.value.policies).oldest(pages, node: node)
    for pfn in isolated {
      machine.enter(isolateFunction, .page(pfn, order: 0), &sink)
      machine.emit(.policy(isolation(pfn, node: node)), &sink)
      machine.leave(isolateFunction, &sink)
    }
    machine.leave(.listLRUShrinkWalk, .count(isolated.count), &sink)
    if let disposeFunction {
      machine.enter(disposeFunction, .pages(PageCount(UInt64(isolated.count))), &sink)
    }
    for pfn in isolated.reversed() { machine.returnPages(pfn, order: 0, &sink) }
    if let disposeFunction { machine.leave(disposeFunction, &sink) }
    nrScanned += isolated.count
    machine.note(.shrunk(policy, node: node, asked: pages, freed: isolated.count), &sink)
    return .pages(isolated.count)
  }
}
