import Engine

/// A call as a history keeps it: the most frequent ones in three words, all others in an object of
/// their own.
enum StoredCall: Sendable {
  /// A call of the `set_memory_*()` family at a frame.
  case setMemory(SetMemory, PFN, PageCount)
  /// Any other call.
  case other(Box)

  final class Box: Sendable {
    let call: Call
    init(_ call: Call) { self.call = call }
  }

  init(_ call: Call) {
    if case .setMemory(let operation, .frame(let pfn), let pages) = call {
      self = .setMemory(operation, pfn, pages)
    } else {
      self = .other(Box(call))
    }
  }

  /// The call.
  var call: Call {
    switch self {
    case .setMemory(let operation, let pfn, let pages): .setMemory(operation, .frame(pfn), pages)
    case .other(let box): box.call
    }
  }

  /// What a history pays for the call and its summary.
  var bytes: Int {
    let own = MemoryLayout<StoredCall>.stride + MemoryLayout<CallSummary>.stride
    switch self {
    case .setMemory: return own
    // The object has a header, and what the system adds to a piece of memory.
    case .other: return own + MemoryLayout<Call>.stride + 32
    }
  }
}
