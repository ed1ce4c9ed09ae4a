import Engine

/// What the calls of a history did to a slot of the direct map since its beginning, in numbers.
public struct Wear: Equatable, Sendable {
  /// In how many calls the entry of the slot was written, or one inside it.
  public internal(set) var calls = 0
  /// In how many calls the entry of the slot itself was written: one leaf, as large as the slot.
  public internal(set) var ownCalls = 0
  /// How often the slot's leaf was split.
  public internal(set) var splits = 0
  /// How often the slot became one leaf again.
  public internal(set) var merges = 0
  /// How often a smaller leaf in it was split: of slots of 1G only.
  public internal(set) var splitsInside = 0
  /// The first and the last call that wrote there, counted from 0.
  public internal(set) var firstWrite: Int?, lastWrite: Int?
  /// The first and the last call that split the slot's leaf.
  public internal(set) var firstSplit: Int?, lastSplit: Int?
  /// The last call that made the slot one leaf.
  public internal(set) var lastMerge: Int?
  /// The last call that split a smaller leaf in it.
  public internal(set) var lastSplitInside: Int?

  /// Nothing.
  public init() {}

  /// Adds what one call did.
  mutating func add(_ touch: SlotTouch, inCall call: Int) {
    if touch.isWritten || !touch.pages.isEmpty {
      calls += 1
      if touch.isWritten { ownCalls += 1 }
      firstWrite = firstWrite ?? call
      lastWrite = call
    }
    if touch.splits > 0 {
      firstSplit = firstSplit ?? call
      lastSplit = call
    }
    if touch.merges > 0 { lastMerge = call }
    if touch.splitsInside > 0 { lastSplitInside = call }
    splits += touch.splits
    merges += touch.merges
    splitsInside += touch.splitsInside
  }
}

/// What one call did to a slot of 2M or 1G.
struct SlotTouch: Equatable, Sendable {
  /// Whether the entry of the slot itself was written.
  var isWritten = false
  /// The 4K pages whose entries were written, by their place in a slot of 2M, in any order; in a slot of
  /// 1G all of it where anything inside was.
  var pages: [Range<UInt16>] = []
  var splits = 0
  var merges = 0
  var splitsInside = 0

  /// Whether the slot's leaf was changed in a way.
  func has(_ change: ResizedLeaves.Change) -> Bool {
    switch change {
    case .split: splits > 0
    case .merge: merges > 0
    }
  }

  /// Adds pages; neighbours run together.
  mutating func add(_ range: Range<UInt16>) {
    if let last = pages.last {
      if last.lowerBound <= range.lowerBound, range.upperBound <= last.upperBound { return }
      if last.upperBound == range.lowerBound {
        pages[pages.count - 1] = last.lowerBound..<range.upperBound
        return
      }
    }
    pages.append(range)
  }

  /// The same with every page once, by rising place.
  var settled: SlotTouch {
    guard pages.count > 1 else { return self }
    var touch = self
    touch.pages = []
    for range in pages.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = touch.pages.last, range.lowerBound <= last.upperBound {
        touch.pages[touch.pages.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        touch.pages.append(range)
      }
    }
    return touch
  }
}

/// What the calls of a history did to one slot, call by call.
struct SlotLog: Sendable {
  /// A call that did something, with what all up to it came to.
  struct Entry: Sendable {
    var call: Int
    var touch: SlotTouch
    var sum: Wear
  }

  private(set) var entries: [Entry] = []

  mutating func append(_ touch: SlotTouch, ofCall call: Int) {
    var sum = entries.last?.sum ?? Wear()
    sum.add(touch, inCall: call)
    entries.append(Entry(call: call, touch: touch, sum: sum))
  }

  /// The entries of the calls before one.
  func entries(before call: Int) -> ArraySlice<Entry> {
    entries[..<entries.partitioningIndex { $0.call >= call }]
  }

  /// Forgets the calls from one on.
  mutating func cut(from call: Int) { entries.removeSubrange(entries(before: call).endIndex...) }
}
