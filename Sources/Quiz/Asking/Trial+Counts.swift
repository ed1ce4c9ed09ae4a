import Engine

// What happened in a call, counted from its events.

extension Trial {
  /// What is asked for again and again, counted in one walk over the events.
  struct Sums: Sendable {
    /// Leaves that were split, by size, in the direct map and elsewhere.
    fileprivate var splits: [LeafSize: (direct: Int, elsewhere: Int)] = [:]
    /// Slots that became leaves, by size, in the direct map and elsewhere.
    fileprivate var merges: [LeafSize: (direct: Int, elsewhere: Int)] = [:]
    /// The flushes of TLBs, in order, with the place in the call where each happened.
    fileprivate(set) var flushes: [(index: Int, isFull: Bool, pages: UInt64)] = []

    init(_ events: [Event]) {
      for (index, event) in events.enumerated() {
        switch event {
        case .tableInstalled(let address, inPlaceOf: let size, old: _, first: _):
          Self.count(address, in: &splits[size, default: (0, 0)])
        case .tableFreed(let address, let size, leaf: _):
          Self.count(address, in: &merges[size, default: (0, 0)])
        case .flushed(.cacheLines), .flushed(.allCaches): break
        case .flushed(let flush): flushes.append((index, flush.isFull, flush.pages))
        case .linearMap(.flushedRange(let pages)):
          flushes.append((index, pages > LinearMapRules.maxFlushedPages, pages.rawValue))
        default: break
        }
      }
    }

    private static func count(
      _ address: VirtualAddress, in sums: inout (direct: Int, elsewhere: Int)
    ) {
      if AddressLayout.directMapFrame(of: address) == nil {
        sums.elsewhere += 1
      } else {
        sums.direct += 1
      }
    }
  }

  /// How many leaves of a size were split, in the direct map or elsewhere.
  func splits(_ size: LeafSize, inDirectMap: Bool = true) -> Int {
    let sum = sums.splits[size] ?? (0, 0)
    return inDirectMap ? sum.direct : sum.elsewhere
  }

  /// How many large leaves of the direct map were split.
  var splits: Int { splits(.size1G) + splits(.size2M) }

  /// How many slots of the direct map became a leaf of a size.
  func merges(_ size: LeafSize) -> Int { sums.merges[size]?.direct ?? 0 }

  /// How many slots anywhere became large leaves.
  var merges: Int { sums.merges.values.reduce(0) { $0 + $1.direct + $1.elsewhere } }

  /// The flushes of TLBs, in order, with the place in the call where each happened.
  var flushes: [(index: Int, isFull: Bool, pages: UInt64)] { sums.flushes }

  /// How often all TLBs were emptied.
  var fullFlushes: Int { flushes.count { $0.isFull } }

  /// How many pages were flushed one by one.
  var flushedPages: UInt64 { flushes.reduce(0) { $0 + ($1.isFull ? 0 : $1.pages) } }

  /// Whether an entry of the direct map was written, split or merged.
  var wroteDirectMap: Bool {
    CallSummary(events, returned: returned, reaching: after).kinds.contains(.wroteDirectMap)
  }

  /// How the kilobytes of DirectMap4k changed.
  var kilobytes4K: Int64 {
    after.directMapKilobytes(.size4K) - before.directMapKilobytes(.size4K)
  }
}

extension Flush {
  /// The pages that are flushed one by one.
  fileprivate var pages: UInt64 {
    switch self {
    case .pages(let pages), .kernelRange(let pages): pages.rawValue
    case .ownPage: 1
    case .all, .allAfterFailure, .cacheLines, .allCaches: 0
    }
  }
}
