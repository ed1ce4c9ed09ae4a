import Engine

/// A step as a history stores it: the most frequent calls in three words, everything else in its
/// own object.
enum StoredCall: Sendable {
  /// A call of the `set_memory_*()` family at a frame.
  case setMemory(SetMemory, PFN, PageCount)
  /// Anything else.
  case other(Box)

  final class Box: Sendable {
    let deed: Deed
    init(_ deed: Deed) { self.deed = deed }
  }

  init(_ deed: Deed) {
    if case .call(.setMemory(let operation, .frame(let pfn), let pages)) = deed {
      self = .setMemory(operation, pfn, pages)
    } else {
      self = .other(Box(deed))
    }
  }

  /// What was done.
  var deed: Deed {
    switch self {
    case .setMemory(let operation, let pfn, let pages):
      .call(.setMemory(operation, .frame(pfn), pages))
    case .other(let box): box.deed
    }
  }

  /// The bytes that a history needs for the step and its summary.
  var bytes: Int {
    let own = MemoryLayout<StoredCall>.stride + MemoryLayout<CallSummary>.stride
    switch self {
    case .setMemory: return own
    // The object has a header, and the overhead of an allocation.
    case .other(let box): return own + MemoryLayout<Deed>.stride + 32 + box.deed.eventBytes
    }
  }
}

extension Deed {
  /// The bytes of the events of an observation.
  fileprivate var eventBytes: Int {
    guard case .observed(let observation) = self, case .events(let events) = observation.content
    else { return 0 }
    return events.count * MemoryLayout<Event>.stride
  }
}
