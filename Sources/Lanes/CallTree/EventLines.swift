import Engine

// Which events the trace does not show as lines of their own.

extension CallEvents {
  /// Whether the event at a position says nothing that its neighbours do not say: a counter that moves
  /// along, a function that returns 0, the decision for a change that follows at once, how the page of
  /// a new or old table is found or given back, and what repeats the line before with other pages.
  ///
  /// - Parameter depth: page by page, what repeats is a line; event by event, all is.
  func isQuiet(at index: Int, _ depth: TraceDepth) -> Bool {
    if depth == .events { return false }
    let event = self[index]
    if case .decided(.mergeWaits(let address, let size, _)) = event {
      return isAskedAgain(address, size, after: index)
    }
    let facts = event.facts
    if depth == .folded, facts.folding.contains(.lines),
      repeatsLine(event.shape, before: index)
    {
      return true
    }
    guard facts.traits.contains(.pageAllocator), !facts.traits.contains(.quiet) else {
      return facts.traits.contains(.quiet)
    }
    var first = index
    while first > startIndex, index - first < Self.reach, self[first - 1].isOfPageAllocator {
      first -= 1
    }
    if case .memory(.allocated(_, .pageTables)) = self[first] { return true }
    if case .memory(.released(_, .pageTables)) = self[first] { return true }
    guard first > startIndex, case .entered(.splitLargePage, _, _) = self[first - 1] else {
      return false
    }
    return true
  }

  /// How far apart things of one kind are to belong together.
  private static var reach: Int { 48 }

  /// Whether a line of the same shape stands before, with nothing but lines that fold between.
  private func repeatsLine(_ shape: EventShape, before index: Int) -> Bool {
    for earlier in stride(
      from: index - 1, through: Swift.max(startIndex, index - Self.reach), by: -1)
    {
      let event = self[earlier]
      guard let other = event.lineShape else {
        if !event.facts.traits.isDisjoint(with: [.quiet, .pageAllocator]) { continue }
        return false
      }
      if other == shape { return true }
    }
    return false
  }

  /// Whether a policy asks soon again whether a table can go: only its last answer tells something.
  private func isAskedAgain(_ address: VirtualAddress, _ size: LeafSize, after index: Int) -> Bool {
    self[(index + 1)...].prefix(Self.reach - 1).contains { later in
      if case .decided(.mergeWaits(address, size, _)) = later { return true }
      if case .decided(.mergeDone(address, size)) = later { return true }
      return false
    }
  }
}

extension Event {
  /// Whether the event is the page allocator's.
  fileprivate var isOfPageAllocator: Bool { facts.traits.contains(.pageAllocator) }

  /// The shape of an event that shares a line with the first of its kind; `nil` where each has its own.
  var lineShape: EventShape? { facts.folding.contains(.lines) ? shape : nil }
}
