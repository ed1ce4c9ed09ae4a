import Engine

// What happened in a call, counted from its events.

extension Trial {
  /// How many leaves of a size were split, in the direct map or elsewhere.
  func splits(_ size: LeafSize, inDirectMap: Bool = true) -> Int {
    events.count { event in
      switch event {
      case .tableInstalled(let address, inPlaceOf: size, old: _, first: _):
        (AddressLayout.directMapFrame(of: address) != nil) == inDirectMap
      case .linearMap(.splitCounted(size)): inDirectMap
      default: false
      }
    }
  }

  /// How many large leaves of the direct map were split.
  var splits: Int { splits(.size1G) + splits(.size2M) }

  /// How many slots became a leaf of a size, in the direct map or elsewhere.
  func merges(_ size: LeafSize, inDirectMap: Bool = true) -> Int {
    events.count { event in
      guard case .tableFreed(let address, size, leaf: _) = event else { return false }
      return (AddressLayout.directMapFrame(of: address) != nil) == inDirectMap
    }
  }

  /// How many slots anywhere became large leaves.
  var merges: Int {
    [true, false].reduce(0) {
      $0 + merges(.size1G, inDirectMap: $1) + merges(.size2M, inDirectMap: $1)
    }
  }

  /// The flushes of TLBs, in order, with the place in the call where each happened.
  var flushes: [(index: Int, isFull: Bool, pages: UInt64)] {
    events.enumerated().compactMap { index, event in
      switch event {
      case .flushed(.cacheLines), .flushed(.allCaches): nil
      case .flushed(let flush): (index, flush.isFull, flush.pages)
      case .linearMap(.flushedRange(let pages)):
        (index, pages > LinearMapRules.maxFlushedPages, pages.rawValue)
      default: nil
      }
    }
  }

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
