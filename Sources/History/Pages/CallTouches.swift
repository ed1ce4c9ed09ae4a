import Engine

/// What one call, or the first events of one, did to the slots of the direct map, and to pages that went
/// through caches.
struct CallTouches: Sendable {
  /// Slots of 2M, by their first frame divided by 512.
  private(set) var blocks: [UInt64: SlotTouch] = [:]
  /// Slots of 1G, by their first frame divided by 262144.
  private(set) var gigabytes: [UInt64: SlotTouch] = [:]
  /// Pages that went through caches, in order.
  private(set) var moves: [CacheMove] = []
  /// Behind the last frame that is of interest.
  private let end: UInt64
  /// Whether the page allocator's books are known.
  private let knowsMemory: Bool

  /// What a page that was or is in a cache went through.
  struct CacheMove: Equatable, Sendable {
    var frames: Range<UInt64>
    /// Whether the cache handed them out; otherwise the page allocator has them again.
    var isOut: Bool
  }

  /// Nothing yet.
  init(on machine: Machine) {
    end = machine.memory.end.rawValue
    knowsMemory = machine.physical.isKnown
  }

  /// What some events did.
  init(_ events: some Sequence<Event>, on machine: Machine) {
    self.init(on: machine)
    for event in events { add(event) }
    settle()
  }

  /// Adds what an event did.
  mutating func add(_ event: Event) {
    let facts = event.facts
    if let moved = facts.moved { add(moved, event) }
    if let leaves = facts.resized {
      add(leaves)
    } else if let written = facts.written {
      add(written)
    }
  }

  private mutating func add(_ moved: MovedPages, _ event: Event) {
    // A page that a cache hands out leaves a list of the cache, and then changes hands in the books of
    // the page allocator: that counts, where there are such books.
    if knowsMemory, case .policy = event { return }
    guard let frames = moved.frames else { return }
    let range = frames.lowerBound.rawValue..<frames.upperBound.rawValue
    switch moved.move {
    case .uncached: moves.append(CacheMove(frames: range, isOut: !event.isShrinking))
    case .freed, .allocated: moves.append(CacheMove(frames: range, isOut: false))
    case .cached: break
    }
  }

  private mutating func add(_ leaves: ResizedLeaves) {
    guard let frames = frames(from: leaves.start, leaves.pages) else { return }
    for index in Self.indices(frames, leaves.size) { resize(index, leaves.size, leaves.change) }
  }

  /// Adds a leaf that became smaller or larger, by the index of its slot.
  private mutating func resize(
    _ index: UInt64, _ size: LeafSize, _ change: ResizedLeaves.Change,
  ) {
    var touch = self[index, size]
    switch change {
    case .split: touch.splits += 1
    case .merge: touch.merges += 1
    }
    self[index, size] = touch
    guard size == .size2M, change == .split else { return }
    var around = self[index >> 9, .size1G]
    around.splitsInside += 1
    self[index >> 9, .size1G] = around
  }

  private mutating func add(_ written: WrittenEntries) {
    guard let frames = frames(from: written.start, written.pages) else { return }
    write(frames, written.size)
  }

  /// Adds entries that were written.
  mutating func write(_ frames: Range<UInt64>, _ size: LeafSize) {
    if size != .size1G {
      for index in Self.indices(frames, .size1G) {
        var touch = self[index, .size1G]
        touch.add(0..<512)
        self[index, .size1G] = touch
      }
    }
    switch size {
    case .size1G, .size2M:
      for index in Self.indices(frames, size) {
        var touch = self[index, size]
        touch.isWritten = true
        self[index, size] = touch
      }
    case .size4K:
      for index in Self.indices(frames, .size2M) {
        let part = frames.clamped(to: index << 9..<(index + 1) << 9)
        var touch = self[index, .size2M]
        touch.add(UInt16(part.lowerBound & 511)..<UInt16(part.upperBound - index << 9))
        self[index, .size2M] = touch
      }
    }
  }

  /// Brings what was added into order, when the call is over.
  mutating func settle() {
    for (index, touch) in blocks where touch.pages.count > 1 { blocks[index] = touch.settled }
  }

  private subscript(index: UInt64, size: LeafSize) -> SlotTouch {
    get { (size == .size1G ? gigabytes[index] : blocks[index]) ?? SlotTouch() }
    set { if size == .size1G { gigabytes[index] = newValue } else { blocks[index] = newValue } }
  }

  private func frames(from address: VirtualAddress, _ pages: PageCount) -> Range<UInt64>? {
    guard let pfn = AddressLayout.directMapFrame(of: address), pfn.rawValue < end else {
      return nil
    }
    return pfn.rawValue..<min(pfn.rawValue &+ pages.rawValue, end)
  }

  /// The slots of a size that hold some of these frames.
  private static func indices(_ frames: Range<UInt64>, _ size: LeafSize) -> Range<UInt64> {
    guard !frames.isEmpty else { return 0..<0 }
    let pages = size.pages.rawValue
    return frames.lowerBound / pages..<(frames.upperBound - 1) / pages + 1
  }
}

extension CallTouches {
  /// What a call did that has more events than are kept, as far as the tables before and after tell it:
  /// an entry that was written and written back is not seen, and no page of a cache.
  init(from before: Machine, to after: Machine) {
    self.init(on: after)
    let start = after.directMapRange.lowerBound
    let pages = PageCount(end)
    let old = before.tables.runs(from: start, pages: pages)
    let new = after.tables.runs(from: start, pages: pages)
    for pair in RunPairs(old, new, tellsHoles: true) {
      guard let a = pair.a, let b = pair.b else { continue }
      note(a, b, pair.frames.lowerBound.rawValue..<pair.frames.upperBound.rawValue)
    }
    settle()
  }

  private mutating func note(_ old: LeafRun, _ new: LeafRun, _ frames: Range<UInt64>) {
    guard !frames.isEmpty, old.size != new.size || old.flags != new.flags else { return }
    guard let from = old.size, let to = new.size, from != to else {
      return write(frames, min(old.size ?? .size1G, new.size ?? .size1G))
    }
    let (change, steps): (ResizedLeaves.Change, [LeafSize]) =
      from > to ? (.split, [from, .size2M]) : (.merge, [.size2M, to])
    for size in Set(steps) where size > min(from, to) && size <= max(from, to) {
      // Several runs may lie in one slot, which was resized once as far as is known.
      for index in Self.indices(frames, size) where !self[index, size].has(change) {
        resize(index, size, change)
      }
    }
    // A split alone does not change the flags.
    let kept = to == .size4K ? old.flags.largeTo4K : old.flags
    if from > to, new.flags != kept { write(frames, to) }
  }
}

extension Event {
  /// Whether a shrinker takes a page out of a cache: it goes back to the page allocator.
  fileprivate var isShrinking: Bool {
    if case .policy(.edgecombe2021(.isolated)) = self { return true }
    if case .policy(.pteCache2021(.isolated)) = self { return true }
    return false
  }
}
