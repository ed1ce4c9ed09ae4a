public import Engine

/// What happened to the pages of the direct map up to the cursor of a history: splits, merges, how often
/// entries were written and by which calls, and which pages caches handed out.
///
/// The events of each call are read once, when the cursor first passes it, and kept by slot and call;
/// every question is then a search in a short list. So going back, forward, to a mark or to another
/// branch reads only calls that were not read before.
///
/// For calls with more events than a timeline keeps at a time, only the final tables count.
public struct PageHistory: Sendable {
  /// The branch on which the calls are.
  private var branch = 0
  /// The number of calls from the beginning that were read.
  private var known = 0
  /// Those of them that were too long to read each event.
  private var long: [Int] = []
  private var blocks: [UInt64: SlotLog] = [:]
  private var gigabytes: [UInt64: SlotLog] = [:]
  private var caches: [UInt64: CacheLog] = [:]
  /// The number of complete calls at the cursor.
  private var calls = 0
  /// What the events of the current call did so far.
  private var current: CallTouches?
  /// Whether it is too long to read each of them.
  private var isCurrentLong = false

  /// A history of which nothing was read yet.
  public init() {}

  /// The number of calls up to the cursor that were too long to read each of their events.
  public var longCalls: Int { long.count { $0 < calls } + (isCurrentLong ? 1 : 0) }
}

// MARK: - Following

extension PageHistory {
  /// Goes to the cursor of a timeline.
  ///
  /// - Parameter timeline: the same each time, or one that went on from it; it keeps what it works out.
  ///   If its progress was stopped, the result is invalid.
  public mutating func follow(_ timeline: inout Timeline) {
    if timeline.current != branch {
      cut(from: timeline.sharedCalls(with: branch))
      branch = timeline.current
    }
    let moment = timeline.moment
    if known < moment.call { read(upTo: moment.call, of: &timeline) }
    calls = moment.call
    current = nil
    isCurrentLong = false
    guard moment.event > 0 else { return }
    let events = timeline.events(ofCall: moment.call, around: moment.event - 1)
    if events.startIndex == 0, moment.event <= events.endIndex {
      current = CallTouches(events[..<moment.event], on: timeline.machine)
    } else {
      isCurrentLong = true
      current = CallTouches(from: timeline.base, to: timeline.machine)
    }
  }

  /// Forgets the calls from one on.
  private mutating func cut(from call: Int) {
    guard call < known else { return }
    known = call
    long.removeAll { $0 >= call }
    for index in blocks.keys { blocks[index]?.cut(from: call) }
    for index in gigabytes.keys { gigabytes[index]?.cut(from: call) }
    for index in caches.keys { caches[index]?.cut(from: call) }
  }

  private mutating func read(upTo target: Int, of timeline: inout Timeline) {
    let limit = timeline.partLength
    if target - known == 1, timeline.eventCount(ofCall: known) <= limit {
      let events = timeline.events(ofCall: known)
      return add(CallTouches(events, on: timeline.machine))
    }
    var machine = timeline.machine(after: known)
    let steps = timeline.steps
    let hasCaches = !machine.policies.isEmpty
    let first = known
    while known < target {
      timeline.progress?.report(UInt64(known - first), of: UInt64(target - first))
      if timeline.progress?.isStopped == true { return }
      let summary = steps.summary(known)
      var touches = CallTouches(on: machine)
      if Int(summary.events) > limit {
        let before = machine
        steps.deed(known).redo(on: &machine, timeline.progress)
        touches = CallTouches(from: before, to: machine)
        long.append(known)
      } else if summary.kinds.contains(.wroteDirectMap) || hasCaches {
        let events = steps.deed(known).events(on: machine)
        machine.apply(events)
        for event in events { touches.add(event) }
        touches.settle()
      } else {
        steps.deed(known).redo(on: &machine, timeline.progress)
      }
      add(touches)
    }
  }

  /// Adds what the next call did.
  private mutating func add(_ touches: CallTouches) {
    for (index, touch) in touches.blocks {
      blocks[index, default: SlotLog()].append(touch, ofCall: known)
    }
    for (index, touch) in touches.gigabytes {
      gigabytes[index, default: SlotLog()].append(touch, ofCall: known)
    }
    for (index, pages) in outPages(after: touches.moves, of: known) {
      caches[index, default: CacheLog()].append(pages, ofCall: known)
    }
    known += 1
  }
}

// MARK: - Questions

extension PageHistory {
  /// What happened to a slot of 2M or 1G, and inside it, up to the cursor.
  ///
  /// Changes to a 2M slot while it was part of a 1G leaf count for that leaf.
  public func wear(_ size: LeafSize, at pfn: PFN) -> Wear {
    let index = pfn.rawValue / size.pages.rawValue
    let log = size == .size1G ? gigabytes[index] : blocks[index]
    var wear = log?.entries(before: calls).last?.sum ?? Wear()
    let touches = size == .size1G ? current?.gigabytes : current?.blocks
    if let touch = touches?[index] { wear.add(touch, inCall: calls) }
    return wear
  }

  /// What happened to the entries that map the 4K pages of a slot of 2M, as long as it was a table.
  public struct PageWear: Equatable, Sendable {
    /// In how many calls each page's entry was written.
    public fileprivate(set) var calls = [Int](repeating: 0, count: 512)
    /// The first call that wrote each.
    public fileprivate(set) var first = [Int?](repeating: nil, count: 512)
    /// The last call that wrote each.
    public fileprivate(set) var last = [Int?](repeating: nil, count: 512)

    fileprivate mutating func add(_ touch: SlotTouch, inCall call: Int) {
      for range in touch.pages {
        for place in range {
          let place = Int(place)
          calls[place] += 1
          first[place] = first[place] ?? call
          last[place] = call
        }
      }
    }
  }

  /// What happened to the entries of the pages of a slot of 2M.
  public func pageWear(inSlotAt pfn: PFN) -> PageWear {
    let index = pfn.rawValue >> 9
    var wear = PageWear()
    for entry in blocks[index]?.entries(before: calls) ?? [] {
      wear.add(entry.touch, inCall: entry.call)
    }
    if let touch = current?.blocks[index] { wear.add(touch.settled, inCall: calls) }
    return wear
  }

  /// The pages of a pageblock that a cache of a policy handed out since they came from the page
  /// allocator: those that somebody uses now, and those that came back.
  public func handedOut(inPageblockAt pfn: PFN) -> PageSet {
    let index = pfn.rawValue >> 9
    var pages = caches[index]?.pages(before: calls) ?? PageSet()
    for move in current?.moves ?? [] { pages.apply(move, inPageblock: index) }
    return pages
  }

  /// The pages of each pageblock that are out after some moves, for those that something changed in.
  private func outPages(
    after moves: [CallTouches.CacheMove], of call: Int,
  ) -> [UInt64: PageSet] {
    var changed: [UInt64: PageSet] = [:]
    for move in moves {
      for index in move.frames.lowerBound >> 9...(move.frames.upperBound - 1) >> 9 {
        guard move.isOut || changed[index] != nil || caches[index] != nil else { continue }
        var pages = changed[index] ?? caches[index]?.pages(before: call) ?? PageSet()
        pages.apply(move, inPageblock: index)
        changed[index] = pages
      }
    }
    return changed
  }
}

/// Pages of a pageblock, by their place from 0 to 511.
public struct PageSet: Equatable, Sendable {
  private var words: [UInt64] = []

  /// No page.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Whether a place is among them.
  public func contains(_ place: Int) -> Bool {
    !words.isEmpty && words[place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  mutating func apply(_ move: CallTouches.CacheMove, inPageblock index: UInt64) {
    let part = move.frames.clamped(to: index << 9..<(index + 1) << 9)
    if words.isEmpty {
      guard move.isOut, !part.isEmpty else { return }
      words = [UInt64](repeating: 0, count: 8)
    }
    for frame in part {
      let bit: UInt64 = 1 << (frame & 63)
      if move.isOut {
        words[Int(frame & 511) >> 6] |= bit
      } else {
        words[Int(frame & 511) >> 6] &= ~bit
      }
    }
  }
}

/// Which pages of a pageblock a cache has handed out, after each call that changed it.
private struct CacheLog: Sendable {
  private var entries: [(call: Int, pages: PageSet)] = []

  mutating func append(_ pages: PageSet, ofCall call: Int) { entries.append((call, pages)) }

  func pages(before call: Int) -> PageSet {
    entries.prefix(count(before: call)).last?.pages ?? PageSet()
  }

  mutating func cut(from call: Int) { entries.removeSubrange(count(before: call)...) }

  private func count(before call: Int) -> Int { entries.partitioningIndex { $0.call >= call } }
}
