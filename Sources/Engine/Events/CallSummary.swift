/// What a call came to, in forty bytes: kept for every call of a history, so that questions about all
/// of them need not make them again.
public struct CallSummary: EventSink, Equatable, Sendable {
  /// What kinds of things happened.
  public private(set) var kinds: Kinds = []
  /// One bit for each counter that moved, by raw value.
  private var movedCounters: UInt32 = 0
  /// The first and the last byte of the direct map in whose entries something was written; the first
  /// behind the last where nothing was.
  private var first = UInt64.max
  private var last: UInt64 = 0
  /// How many leaves of 1G and 2M were split.
  public private(set) var splits: UInt32 = 0
  /// How many leaves of 1G and 2M re-formed.
  public private(set) var merges: UInt32 = 0
  /// How many events the call had; what does not fit counts as the most that does.
  public private(set) var events: UInt32 = 0
  /// What the kernel function returned.
  public internal(set) var returned = ReturnCode.success

  /// The summary of a call in which nothing happened.
  public init() {}

  /// The summary of a call from all its events, what it returned, and the machine after it.
  public init(_ events: some Sequence<Event>, returned: ReturnCode, reaching machine: Machine) {
    for event in events { record(event) }
    close(returned, machine)
  }

  /// Kinds of things that happen in calls.
  public struct Kinds: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// A set from its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A leaf of 2M was split.
    public static let split2M = Kinds(rawValue: 1)
    /// A leaf of 1G was split.
    public static let split1G = Kinds(rawValue: 2)
    /// A table of 4K entries became a leaf of 2M.
    public static let merged2M = Kinds(rawValue: 4)
    /// A table of 2M entries became a leaf of 1G.
    public static let merged1G = Kinds(rawValue: 8)
    /// All entries of a TLB were flushed.
    public static let flushedAll = Kinds(rawValue: 16)
    /// Single pages were flushed from a TLB, or cache lines, or caches.
    public static let flushedSome = Kinds(rawValue: 32)
    /// A cache had no block and handed out an ordinary page.
    public static let fellBack = Kinds(rawValue: 64)
    /// The kernel function returned an error.
    public static let failed = Kinds(rawValue: 128)
    /// The kernel stopped.
    public static let stopped = Kinds(rawValue: 256)
    /// Entries of the direct map were written.
    public static let wroteDirectMap = Kinds(rawValue: 512)
    /// Entries elsewhere were written: in vmalloc space, in the high map of the kernel image.
    public static let wroteElsewhere = Kinds(rawValue: 1024)

    /// Something that must hold of every machine does not: the engine is wrong.
    public static let broken = Kinds(rawValue: 2048)

    /// Entries of 2M or 1G were written, split or merged.
    public static let wroteLarge = Kinds(rawValue: 4096)

    /// Any split.
    public static let split: Kinds = [.split2M, .split1G]
    /// Any merge or collapse.
    public static let merged: Kinds = [.merged2M, .merged1G]
  }

  /// Whether a counter moved.
  public func moved(_ counter: Counter) -> Bool {
    movedCounters >> UInt32(counter.rawValue) & 1 == 1
  }

  /// The addresses of the direct map in whose entries something was written lie in here; `nil` where
  /// nothing was.
  public var written: ClosedRange<VirtualAddress>? {
    first <= last ? VirtualAddress(first)...VirtualAddress(last) : nil
  }

  @inline(__always)
  mutating func record(_ event: Event) {
    if events < .max { events &+= 1 }
    switch event {
    case .entered, .left: break
    case .entryWritten(let address, let size, old: _, new: _):
      if size > .size4K { kinds.insert(.wroteLarge) }
      wrote(address, size.pages)
    case .counted(let counter, _): movedCounters |= 1 << UInt32(counter.rawValue)
    case .decided(.policy(.fellBack)): kinds.insert(.fellBack)
    case .decided: break
    default: recordRarer(event)
    }
  }

  @inline(never)
  private mutating func recordRarer(_ event: Event) {
    switch event {
    case .tableInstalled(_, inPlaceOf: let size, old: _, first: _):
      kinds.formUnion(size == .size1G ? [.split1G, .wroteLarge] : [.split2M, .wroteLarge])
      splits &+= 1
    case .tableFreed(_, let size, leaf: _):
      kinds.formUnion(size == .size1G ? [.merged1G, .wroteLarge] : [.merged2M, .wroteLarge])
      merges &+= 1
    case .flushed(let flush):
      kinds.insert(flush.isFull ? .flushedAll : .flushedSome)
      for counter in flush.counters { movedCounters |= 1 << UInt32(counter.rawValue) }
    case .stopped: kinds.insert(.stopped)
    default: break
    }
    if let written = event.written { wrote(written.start, written.pages) }
  }

  private mutating func wrote(_ address: VirtualAddress, _ pages: PageCount) {
    guard AddressLayout.directMapFrame(of: address) != nil else {
      kinds.insert(.wroteElsewhere)
      return
    }
    kinds.insert(.wroteDirectMap)
    first = min(first, address.rawValue)
    last = max(last, address.rawValue + pages.rawValue * 4096 - 1)
  }

  /// Writes down what the call returned, and whether the machine is still as every machine must be.
  mutating func close(_ code: ReturnCode, _ machine: Machine) {
    returned = code
    if code.isFailure { kinds.insert(.failed) }
    if machine.brokenInvariant(self) != nil { kinds.insert(.broken) }
  }
}

extension ReturnCode {
  /// Whether the function failed. A shrinker that has nothing did not.
  public var isFailure: Bool { rawValue < 0 && self != .shrinkEmpty }
}

extension Flush {
  /// Whether everything goes out of the TLBs.
  public var isFull: Bool {
    switch self {
    case .all, .allAfterFailure: true
    case .kernelRange(let pages): pages > Machine.singlePageFlushCeiling
    case .pages, .ownPage, .cacheLines, .allCaches: false
    }
  }

  /// The counters that move with it.
  public var counters: [Counter] {
    switch self {
    case .all: [.flushTLBAll]
    case .pages: [.cpaFlushTLB, .flushTLBOneKernel]
    case .allAfterFailure: []
    case .kernelRange: [.flushTLBKernelRange, .flushTLBOneKernel]
    case .ownPage: [.flushTLBOneKernel]
    case .cacheLines: [.cacheLineFlushedPages]
    case .allCaches: [.wbinvd]
    }
  }
}
