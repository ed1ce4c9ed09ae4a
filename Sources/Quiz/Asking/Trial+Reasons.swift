import Engine
import Narration

// The reasons: the sentences of what the engine decided.

extension Trial {
  /// The rules behind some of the events, each kind of decision once, up to a number.
  func reasons(_ limit: Int = 2, where isWanted: (Event) -> Bool) -> [String] {
    var told: [String] = []
    var shapes: Set<EventShape> = []
    for (index, event) in events.enumerated() where isWanted(event) {
      if let shape = event.reasonShape, !shapes.insert(shape).inserted { continue }
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
      if case .decided(.typeConflict) = event { return true }
      if case .decided(.linearMap) = event { return true }
      return event.splitLeaf.map { concerns($0.address, $0.size) } ?? false
    }
    if !decided.isEmpty { return decided }
    let kept = reasons(1) { event in
      event.keptLeaf.map { concerns($0.address, $0.size) } ?? false
    }
    if !kept.isEmpty { return kept }
    let shown = subject.map { (page ?? $0.direct, page == $0.address ? $0.words : $0.directWords) }
    guard let (address, words) = shown, before.tables.lookup(address)?.size == .size4K else {
      return [
        wroteDirectMap ? "No leaf of the direct map is changed in part." : untouchedReason
      ]
    }
    return ["4K entries map \(words) already: there is nothing left to split."]
  }

  /// Why the call writes no entry of the direct map.
  private var untouchedReason: String {
    let sentence = "The call writes no entry of the direct map"
    if case .setMemory(let operation, _, _) = call, subject?.alias != nil {
      return [.x, .nx].contains(operation)
        ? "\(sentence): x and nx change NX, and NX does not cross over from an area."
        : "\(sentence): the frames behind the area have what is asked for already."
    }
    if case .user(.bpfFree) = call {
      return
        "\(sentence): the program's part of its pack is free again, and the pack stays as it is."
    }
    if case .user(.bpfLoad) = call {
      return "\(sentence): the program goes into a pack that is read-only and executable already."
    }
    if case .user(.vmalloc) = call {
      return "\(sentence): a new area changes page tables of vmalloc space only."
    }
    return maySplit && subject != nil
      ? "\(sentence): its pages have the permissions that the call asks for." : sentence + "."
  }

  /// Why slots merged, or not: the last decision.
  var mergeReasons: [String] {
    var told: [(shape: EventShape, sentence: String)] = []
    for (index, event) in events.enumerated() {
      guard let merges = event.saysWhetherItMerges, merges || self.merges == 0 else { continue }
      told.removeAll { $0.shape == event.shape }
      told.append((event.shape, rule(ofEvent: index)))
    }
    return told.isEmpty ? [whoMerges] : told.suffix(2).map(\.sentence)
  }

  /// What merges in this kernel at all.
  var whoMerges: String {
    let kernel = before.kernel
    if kernel.architecture == .arm64 { return "arm64 has no code that merges leaves." }
    let policies = before.mergingPolicies.map(\.rawValue)
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
      if case .entered(let function, _, let pages) = event {
        stack.append((function, pages))
        if function == .changePageAttrSetClr {
          place.visitedAlias = false
          place.masks = nil
        }
        if function == .cpaProcessAlias { place.visitedAlias = true }
      }
      if case .asked(let masks) = event { place.masks = masks }
      if case .left = event { _ = stack.popLast() }
    }
    place.function = stack.last?.function
    place.pages = stack.last?.pages ?? 0
    return events[index].rule(at: place)
  }
}

extension Event {
  /// The kind of a decision if its first occurrence is enough as a reason.
  fileprivate var reasonShape: EventShape? { facts.folding.contains(.reasons) ? shape : nil }

  /// The large leaf that the kernel decides to split.
  fileprivate var splitLeaf: (address: VirtualAddress, size: LeafSize)? {
    if case .decided(.splitForced(let address, let size)) = self { return (address, size) }
    if case .decided(.splitPartial(let address, let size, _, _)) = self { return (address, size) }
    if case .decided(.splitProtected(let address, let size, _)) = self { return (address, size) }
    return nil
  }

  /// The large leaf that the kernel decides to keep.
  fileprivate var keptLeaf: (address: VirtualAddress, size: LeafSize)? {
    if case .decided(.sameProtection(let address, let size, _)) = self { return (address, size) }
    if case .decided(.preserved(let address, let size, _, _)) = self { return (address, size) }
    return nil
  }

  /// Whether a slot merges or not, if the event decides that.
  fileprivate var saysWhetherItMerges: Bool? {
    if case .decided(.collapseDone) = self { return true }
    if case .decided(.mergeDone) = self { return true }
    if case .decided(.collapseFailed) = self { return false }
    if case .decided(.mergeWaits) = self { return false }
    return nil
  }
}
