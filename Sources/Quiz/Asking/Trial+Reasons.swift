import Engine
import Scenarios

// Why it is so: the sentences of what the engine decided.

extension Trial {
  /// The rules behind some of the events, each kind of decision once, up to a number.
  func reasons(_ limit: Int = 2, where isWanted: (Event) -> Bool) -> [String] {
    var told: [String] = []
    var kinds: [Int] = []
    for (index, event) in events.enumerated() where isWanted(event) {
      if let kind = event.reasonKind {
        if kinds.contains(kind) { continue }
        kinds.append(kind)
      }
      let sentence = rule(ofEvent: index)
      if !told.contains(sentence) { told.append(sentence) }
      if told.count == limit { break }
    }
    return told
  }

  /// Why leaves of the direct map were split, or not; with a page, the leaf that maps it.
  func splitReasons(at page: VirtualAddress? = nil) -> [String] {
    func concerns(_ address: VirtualAddress, _ size: LeafSize) -> Bool {
      page.map { $0.alignedDown(to: size) == address.alignedDown(to: size) }
        ?? (AddressLayout.directMapFrame(of: address) != nil)
    }
    let blocks = reasons(2) { event in
      if case .decided(.linearMap(.splitBlock)) = event { true } else { false }
    }
    if !blocks.isEmpty { return blocks }
    let decided = reasons(2) { event in
      guard case .decided(let decision) = event else { return false }
      return switch decision {
      case .splitForced(let address, let size), .splitPartial(let address, let size, _, _),
        .splitProtected(let address, let size, _):
        concerns(address, size)
      case .typeConflict, .linearMap: true
      default: false
      }
    }
    if !decided.isEmpty { return decided }
    let kept = reasons(1) { event in
      guard case .decided(let decision) = event else { return false }
      return switch decision {
      case .sameProtection(let address, let size, _), .preserved(let address, let size, _, _):
        concerns(address, size)
      default: false
      }
    }
    if !kept.isEmpty { return kept }
    let shown = subject.map { (page ?? $0.direct, page == $0.address ? $0.words : $0.directWords) }
    guard let (address, words) = shown, before.tables.lookup(address)?.size == .size4K else {
      return [
        wroteDirectMap
          ? "No leaf of the direct map is changed in part."
          : "The call writes no entry of the direct map."
      ]
    }
    return ["4K entries map \(words) already: there is nothing left to split."]
  }

  /// Why slots merged, or not: what was decided last.
  var mergeReasons: [String] {
    var told: [(kind: Int, sentence: String)] = []
    for (index, event) in events.enumerated() {
      guard case .decided(let decision) = event, let kind = event.reasonKind else { continue }
      let isWanted =
        switch decision {
        case .collapseDone, .mergeDone: true
        case .collapseFailed, .mergeWaits: merges == 0
        default: false
        }
      guard isWanted else { continue }
      told.removeAll { $0.kind == kind }
      told.append((kind, rule(ofEvent: index)))
    }
    return told.isEmpty ? [whoMerges] : told.suffix(2).map(\.sentence)
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

  /// The rule behind an event, with its numbers.
  func rule(ofEvent index: Int) -> String {
    var place = EventPlace(kernel: before.kernel)
    var stack: [(function: KernelFunction, pages: PageCount)] = []
    for event in events[..<index] {
      switch event {
      case .entered(let function, _, let pages):
        stack.append((function, pages))
        if function == .changePageAttrSetClr {
          place.visitedAlias = false
          place.masks = nil
        }
        if function == .cpaProcessAlias { place.visitedAlias = true }
      case .asked(let masks): place.masks = masks
      case .left: _ = stack.popLast()
      default: break
      }
    }
    place.function = stack.last?.function
    place.pages = stack.last?.pages ?? 0
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
    case .mergeWaits: 15
    case .aliasInDirectMap: 16
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
