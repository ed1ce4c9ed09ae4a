import Engine

// What happened in a call, counted from its events.

extension Trial {
  /// The counts that are needed often, collected in one walk over the events.
  struct Counts: Sendable {
    /// The sums of the events.
    fileprivate var sums = EventSums()
    /// The flushes of TLBs, in order, with the place in the call where each happened.
    fileprivate(set) var flushes: [(index: Int, isFull: Bool, pages: UInt64)] = []

    init(_ events: [Event]) {
      for (index, event) in events.enumerated() {
        sums.add(event)
        if let flush = event.facts.flush, flush.target == .tlb, flush.reason.isOfKernel {
          flushes.append((index, flush.isFull, flush.pages.rawValue))
        }
      }
    }
  }

  /// How many leaves of a size were split, in the direct map or elsewhere.
  func splits(_ size: LeafSize, inDirectMap: Bool = true) -> Int {
    let resized = inDirectMap ? counts.sums.direct : counts.sums.elsewhere
    return Int(resized.splits[size])
  }

  /// How many large leaves of the direct map were split.
  var splits: Int { Int(counts.sums.direct.splits.total) }

  /// How many slots of the direct map became a leaf of a size.
  func merges(_ size: LeafSize) -> Int { Int(counts.sums.direct.merges[size]) }

  /// How many slots anywhere became large leaves.
  var merges: Int {
    Int(counts.sums.direct.merges.total + counts.sums.elsewhere.merges.total)
  }

  /// The flushes of TLBs, in order, with the place in the call where each happened.
  var flushes: [(index: Int, isFull: Bool, pages: UInt64)] { counts.flushes }

  /// How often all TLBs were flushed completely.
  var fullFlushes: Int { flushes.count { $0.isFull } }

  /// Whether an entry of the direct map was written, split or merged.
  var wroteDirectMap: Bool {
    CallSummary(events, returned: returned, reaching: after).kinds.contains(.wroteDirectMap)
  }

  /// How the kilobytes of DirectMap4k changed.
  var kilobytes4K: Int64 {
    after.directMapKilobytes(.size4K) - before.directMapKilobytes(.size4K)
  }
}

extension FlushFact.Reason {
  /// Whether kernel addresses are flushed, in all TLBs, and the questions about flushes ask for it.
  fileprivate var isOfKernel: Bool {
    switch self {
    case .attributes, .failure, .kfence: true
    case .fixmap, .unmapping, .window: false
    }
  }
}
