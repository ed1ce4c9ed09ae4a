/// What a call would do to a large leaf: tried on a copy of the machine.
public struct SplitTrial: Equatable, Sendable {
  /// What came of it.
  public enum Outcome: Equatable, Sendable {
    /// The leaf is split, for this reason; again to 4K, if it was 1G and `to` says so. A policy may
    /// merge it again at once.
    case splits(Decision, to: LeafSize, mergesAgain: Bool)
    /// The leaf stays, for this reason.
    case stays(Decision)
    /// Nothing is decided about the leaf: the call does nothing here.
    case nothing
    /// The kernel returns an error.
    case fails(ReturnCode)
    /// The call cannot be made.
    case refused(CallError)
  }

  /// The call.
  public var call: Call
  /// Whether it is made on the whole leaf, not on one page of it.
  public var isWhole: Bool
  /// What came of it.
  public var outcome: Outcome

  /// Whether the leaf would be split.
  public var splits: Bool {
    if case .splits = outcome { true } else { false }
  }
}

extension Machine {
  /// What calls on the large leaf that maps an address would do to it: each kind on the page alone, and
  /// some on the whole leaf. Empty where a 4K leaf maps the address, or nothing.
  public func whatSplits(at address: VirtualAddress) -> [SplitTrial] {
    guard stopped == nil, let leaf = tables.lookup(address), leaf.size > .size4K else { return [] }
    let page = address.alignedDown(to: .size4K)
    let start = address.alignedDown(to: leaf.size)
    let onPage: [SetMemory] = [.ro, .rw, .x, .nx, .rox, .np, .p, .split4K, .nonglobal, .uc, .wb]
    var trials: [SplitTrial] = []
    for operation in onPage where exists(operation) {
      trials.append(trial(.setMemory(operation, .virtual(page), 1), leaf, false))
    }
    if let pfn = AddressLayout.directMapFrame(of: page) {
      trials.append(trial(.setDirectMap(.invalid, pfn, 1), leaf, false))
    }
    // In other mappings, the whole of a 1G leaf would be changed page by page in the direct map.
    guard leaf.size == .size2M || AddressLayout.directMapFrame(of: page) != nil else {
      return trials
    }
    let onLeaf: [SetMemory] = [.ro, .x, .rox, .np, .uc]
    for operation in onLeaf where exists(operation) {
      trials.append(trial(.setMemory(operation, .virtual(start), leaf.size.pages), leaf, true))
    }
    return trials
  }

  /// Makes a call on a copy and looks for what was decided about the leaf first.
  private func trial(_ call: Call, _ leaf: PageTables.Leaf, _ isWhole: Bool) -> SplitTrial {
    var copy = self
    var log = EventLog()
    var trial = SplitTrial(call: call, isWhole: isWhole, outcome: .nothing)
    do throws(CallError) {
      let code = try copy.perform(call, into: &log)
      if code != .success { trial.outcome = .fails(code) }
    } catch {
      trial.outcome = .refused(error)
      return trial
    }
    var reason: Decision?
    var smallest = leaf.size
    var isMerged = false
    for event in log.events {
      if case .decided(let decision) = event, decision.isAboutLargeLeaf {
        if reason == nil { reason = decision }
      } else if case .tableInstalled(_, let size, old: _, first: _) = event, size <= leaf.size {
        smallest = min(smallest, size.smaller ?? size)
      } else if case .tableFreed(_, leaf.size, leaf: _) = event {
        isMerged = true
      }
    }
    guard let reason else { return trial }
    if smallest < leaf.size {
      trial.outcome = .splits(reason, to: smallest, mergesAgain: isMerged)
    } else if case .nothing = trial.outcome {
      trial.outcome = .stays(reason)
    }
    return trial
  }
}

extension Decision {
  /// Whether it is the outcome of `should_split_large_page()`, or of what arm64 has in its place.
  fileprivate var isAboutLargeLeaf: Bool {
    if case .linearMap(.splitBlock) = self { return true }
    if case .linearMap(.cannotSetDirectMap) = self { return true }
    return function == .shouldSplitLargePage
  }
}
