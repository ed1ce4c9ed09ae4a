import Engine
import Scenarios

// Which events the trace does not show as lines of their own.

extension [Event] {
  /// Whether the event at a position says nothing that its neighbours do not say: a counter that moves
  /// along, a function that returns 0, the decision for a change that follows at once, how the page of
  /// a new or old table is found or given back, and what repeats the line before with other pages.
  func isQuiet(at index: Int) -> Bool {
    let event = self[index]
    if case .decided(.mergeWaits(let address, let size, _)) = event {
      return isAskedAgain(address, size, after: index)
    }
    if repeatsLine(at: index) { return true }
    guard event.isOfPageAllocator else { return event.isQuiet }
    switch event {
    case .decided(.memory(.served)), .memory(.ownerNamed): return true
    default: break
    }
    var first = index
    while first > 0, index - first < Self.reach, self[first - 1].isOfPageAllocator { first -= 1 }
    switch self[first] {
    case .memory(.allocated(_, .pageTables)), .memory(.released(_, .pageTables)): return true
    default: break
    }
    guard first > 0, case .entered(.splitLargePage, _, _) = self[first - 1] else { return false }
    return true
  }

  /// How far apart things of one kind are to belong together.
  private static var reach: Int { 48 }

  /// Whether a line of the same kind stands before, with nothing but lines of such kinds between.
  private func repeatsLine(at index: Int) -> Bool {
    guard let kind = self[index].kindToFold else { return false }
    for earlier in stride(from: index - 1, through: Swift.max(0, index - Self.reach), by: -1) {
      let event = self[earlier]
      guard let other = event.kindToFold else {
        if event.isQuiet || event.isOfPageAllocator { continue }
        return false
      }
      if other == kind { return true }
    }
    return false
  }

  /// Whether a policy asks soon again whether a table can go: only its last answer tells something.
  private func isAskedAgain(_ address: VirtualAddress, _ size: LeafSize, after index: Int) -> Bool {
    for later in index + 1..<Swift.min(count, index + Self.reach) {
      switch self[later] {
      case .decided(.mergeWaits(address, size, _)), .decided(.mergeDone(address, size)): return true
      default: continue
      }
    }
    return false
  }
}

extension Event {
  /// Whether the event only repeats or completes another.
  fileprivate var isQuiet: Bool {
    switch self {
    case .asked, .counted, .tableBacked, .tableTracked, .decided(.entryChanged),
      .decided(.collapseDone),
      .decided(.mergeDone), .kept(.serialUsed), .supply(.given):
      true
    case .policy: isDetail
    case .left(_, let code): code == .success
    default: false
    }
  }

  /// Whether the event is the page allocator's.
  fileprivate var isOfPageAllocator: Bool {
    switch self {
    case .memory, .decided(.memory): true
    default: false
    }
  }

  /// What an event has in common with others of its kind, of which the first tells all; `nil` where
  /// each is told.
  var kindToFold: String? {
    switch self {
    case .policy(let change): change.kindToFold
    case .memory(.allocated(let block, _)): "allocated \(block.order)"
    case .memory(.released(let block, _)): "released \(block.order)"
    case .memory(.divided(let block, _)): "divided \(block.order)"
    case .memory(.unlisted): "unlisted"
    case .memory(.listed): "listed"
    case .memory(.relisted): "relisted"
    default: nil
    }
  }
}
