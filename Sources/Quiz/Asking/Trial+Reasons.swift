import Engine
import Scenarios

// Why it is so: the sentences of what the engine decided.

extension Trial {
  /// The sentences of some of the events, each kind of decision once, up to a number.
  func reasons(_ limit: Int = 2, where isWanted: (Event) -> Bool) -> [String] {
    var told: [String] = []
    var kinds: [Int] = []
    for event in events where isWanted(event) {
      if let kind = event.reasonKind {
        if kinds.contains(kind) { continue }
        kinds.append(kind)
      }
      let sentence = event.sentence()
      if !told.contains(sentence) { told.append(sentence) }
      if told.count == limit { break }
    }
    return told
  }

  /// Why leaves were split, or not.
  var splitReasons: [String] {
    let decided = reasons(2) { event in
      guard case .decided(let decision) = event else { return false }
      switch decision {
      case .splitForced, .splitPartial, .splitProtected, .typeConflict, .linearMap: return true
      default: return false
      }
    }
    if splits > 0 || !decided.isEmpty { return decided }
    let kept = reasons(1) { event in
      guard case .decided(let decision) = event else { return false }
      switch decision {
      case .sameProtection, .preserved, .nothingChanged: return true
      default: return false
      }
    }
    if !kept.isEmpty { return kept }
    guard let subject else { return ["Nothing in the call splits a leaf of the direct map."] }
    guard before.tables.lookup(subject.direct)?.size == .size4K else {
      return ["The call writes no entry of the direct map."]
    }
    return ["4K entries map \(subject.directWords) already: there is nothing left to split."]
  }

  /// Why slots merged, or not.
  var mergeReasons: [String] {
    let told = reasons(2) { event in
      guard case .decided(let decision) = event else { return false }
      switch decision {
      case .collapseFailed, .collapseDone, .mergeWaits, .mergeDone: return true
      default: return false
      }
    }
    return told.isEmpty ? [whoMerges] : told
  }

  /// Who merges in this kernel at all.
  var whoMerges: String {
    let kernel = before.kernel
    if kernel.architecture == .arm64 { return "arm64 has no code that merges leaves." }
    let policies = before.policies.filter(\.merges).map(\.rawValue)
    if !policies.isEmpty {
      return "In this kernel \(policies.joined(separator: " and ")) merges by its own rules."
    }
    return kernel.collapses
      ? "In \(kernel.name) only set_memory_rox tries to merge, and only the range it is given."
      : "\(kernel.name) has no code that merges leaves of the direct map."
  }

  /// The rule behind a flush, with its numbers.
  func flushReason(_ index: Int) -> String {
    var stack: [(function: KernelFunction, pages: PageCount)] = []
    var visitedAlias = false
    for event in events[..<index] {
      switch event {
      case .entered(let function, _, let pages):
        stack.append((function, pages))
        if function == .changePageAttrSetClr { visitedAlias = false }
        if function == .cpaProcessAlias { visitedAlias = true }
      case .left: _ = stack.popLast()
      default: break
      }
    }
    let place = EventPlace(
      function: stack.last?.function, pages: stack.last?.pages ?? 0,
      visitedAlias: visitedAlias, kernel: before.kernel)
    return events[index].rule(at: place)
  }
}

extension Event {
  /// What decisions of one sort have in common; `nil` if each is told.
  fileprivate var reasonKind: Int? {
    guard case .decided(let decision) = self else { return nil }
    return switch decision {
    case .splitPartial(_, .size1G, firstPage: _, covered: _): 1
    case .splitPartial: 2
    case .splitForced(_, .size1G): 3
    case .splitForced: 4
    case .splitProtected: 5
    case .sameProtection: 6
    case .preserved: 7
    case .collapseFailed(_, .size1G, _): 8
    case .collapseFailed: 9
    case .collapseDone(_, .size1G): 10
    case .collapseDone: 11
    case .mergeWaits(_, .size1G, entries: _): 12
    case .mergeDone(_, .size1G): 13
    case .mergeDone: 14
    default: nil
    }
  }
}

extension PolicyName {
  /// Whether it puts large leaves back.
  fileprivate var merges: Bool {
    switch self {
    case .hyeyooBitmap2022, .hyeyooCount2022, .mergeOnFree, .mergeOnFreeLiteral: true
    default: mergeFunction != nil
    }
  }
}
