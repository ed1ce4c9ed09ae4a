// The functions that are called once a page, __change_page_attr() and what it calls, do not tell that
// they are entered: two more events a page would cost every listener. Their events stand in a fixed
// order, which the walk in Machine+ChangePageAttr.swift and the hooks of policies keep:
//
//     step        4K entry   counted cpa4KSetChecked, refusals, entryKept | entryChanged entryWritten
//                 2M, 1G     entered should_split_large_page ... left, then preserved: entryWritten
//                 hole       holeSkipped | holeRefused
//                 policy     what a policy that follows entries adds, up to the next step
//     alias       entered cpa_process_alias ... left: belongs to the walk, not to the step
//     cpa_flush   what a policy that follows flushes adds, up to the flush
//
// `WalkGrammarTests` hold this order: a test fails where an emit changes its place.

/// Which function an event of a request belongs to, where that function does not tell that it is
/// entered.
public enum WalkGrammar {
  /// What an event says of the step that it belongs to.
  public enum StepEnd: Equatable, Sendable {
    /// The step has come to its decision: what follows is a policy's.
    case decided
    /// The same, and the step fails.
    case failed(ReturnCode)
  }

  /// The address of the step of the walk that an event begins; `nil` if it begins none.
  ///
  /// - Parameter index: the place of an event that stands in `__change_page_attr_set_clr()` itself.
  public static func stepAddress(at index: Int, in events: CallEvents) -> VirtualAddress? {
    let event = events[index]
    if case .entered(.shouldSplitLargePage, let address, _) = event { return address }
    if case .decided(.holeSkipped(let address)) = event { return address }
    if case .decided(.holeRefused(let address)) = event { return address }
    guard beginsEntry(event) else { return nil }
    // The decision that follows names the page.
    for later in events[(index + 1)...].prefix(3) {
      if case .decided(let decision) = later { return decision.address }
    }
    return nil
  }

  /// Whether an event ends the step under way, as it is none of its events.
  public static func endsStep(_ event: Event, isDecided: Bool) -> Bool {
    if case .left = event { return true }
    if case .entered(.cpaProcessAlias, _, _) = event { return true }
    return isDecided && beginsStep(event)
  }

  /// What an event says of the end of its step; `nil` if nothing.
  public static func stepEnd(_ decision: Decision) -> StepEnd? {
    switch decision {
    case .entryKept, .entryChanged, .holeSkipped, .sameProtection, .preserved: .decided
    case .holeRefused: .failed(.fault)
    case .splitForced, .splitPartial, .splitProtected, .bitsRefused, .writableAndExecutable,
      .aliasInDirectMap, .aliasInHighMap, .typeConflict, .typeNotFreed, .nothingChanged,
      .collapseFailed,
      .collapseDone, .mergeWaits, .mergeDone, .policy, .memory, .process, .linearMap, .vmalloc:
      nil
    }
  }

  /// Whether an event behind the decision of a step is the entry that it writes.
  public static func completesStep(_ event: Event, after previous: Event) -> Bool {
    if case .entryWritten = event, case .decided(.entryChanged) = previous { return true }
    return false
  }

  /// The function that makes a decision and nothing else, such as `static_protections()`.
  public static func leafFunction(_ decision: Decision) -> KernelFunction? {
    switch decision.function {
    case .staticProtections, .verifyRWX, .cpaProcessFault: decision.function
    default: nil
    }
  }

  /// Which policies an event that begins a policy's part belongs to.
  public enum PolicyPart: Sendable {
    /// Those that follow entries.
    case entries
    /// Those that follow flushes.
    case flushes
  }

  /// The policies whose part an event begins that stands in a function.
  public static func policyPart(_ event: Event, in function: KernelFunction) -> PolicyPart? {
    switch function {
    case .shouldSplitLargePage: isTracking(event) || isMergeAnswer(event) ? .entries : nil
    case .splitLargePage: isTracking(event) ? .entries : nil
    case .cpaFlush: beginsFlushPart(event) ? .flushes : nil
    default: nil
    }
  }

  /// Whether an event ends the part of a policy, as it is none of its events.
  ///
  /// - Parameter caller: the function that the policy was called from.
  public static func endsPolicyPart(
    at index: Int, in events: CallEvents, calledFrom caller: KernelFunction?,
  ) -> Bool {
    let event = events[index]
    if case .left = event { return true }
    if case .entered = event { return true }
    if case .flushed(let flush) = event {
      // A split flushes last.
      guard flush == .all, caller == .splitLargePage else { return caller == .cpaFlush }
      guard index + 1 < events.endIndex, case .left(.splitLargePage, _) = events[index + 1] else {
        return false
      }
      return true
    }
    return beginsStep(event)
  }

  // MARK: - Kinds of events

  private static func beginsEntry(_ event: Event) -> Bool {
    if case .counted(.cpa4KSetChecked, _) = event { return true }
    return false
  }

  private static func beginsStep(_ event: Event) -> Bool {
    if case .entered(.shouldSplitLargePage, _, _) = event { return true }
    if case .decided(.holeSkipped) = event { return true }
    if case .decided(.holeRefused) = event { return true }
    return beginsEntry(event)
  }

  /// What a policy keeps with a table, and what it counts as its cost.
  private static func isTracking(_ event: Event) -> Bool {
    if isRuleLine(event) { return true }
    if case .tableTracked = event { return true }
    if case .counted(.entriesScanned, _) = event { return true }
    if case .counted(.wordsTested, _) = event { return true }
    return false
  }

  private static func isRuleLine(_ event: Event) -> Bool {
    if case .decided(.policy(.ruleRan)) = event { return true }
    return false
  }

  private static func isMergeAnswer(_ event: Event) -> Bool {
    if case .decided(.mergeWaits) = event { return true }
    if case .decided(.mergeDone) = event { return true }
    return false
  }

  private static func beginsFlushPart(_ event: Event) -> Bool {
    if isRuleLine(event) { return true }
    if case .counted(.entriesScanned, _) = event { return true }
    if case .decided(.collapseFailed) = event { return true }
    if case .decided(.mergeDone) = event { return true }
    return false
  }
}

extension Decision {
  /// The address that is decided on; `nil` for what is about none.
  public var address: VirtualAddress? {
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
    case .typeConflict, .typeNotFreed, .nothingChanged, .policy, .memory, .linearMap, .vmalloc: nil
    }
  }
}
