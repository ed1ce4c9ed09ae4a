/// What a call came to, in forty bytes: kept for every call of a history, so that questions about all
/// of them need not make them again.
public struct CallSummary: Equatable, Sendable {
  /// What kinds of things happened.
  public private(set) var kinds: Kinds = []
  /// The counters that moved.
  private var movedCounters: CounterSet = []
  /// The first and the last byte of the direct map in whose entries something was written; the first
  /// behind the last where nothing was.
  private var first = UInt64.max
  private var last: UInt64 = 0
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

    /// A leaf of 2M was split, in the direct map or elsewhere.
    public static let split2M = Kinds(rawValue: 1)
    /// A leaf of 1G was split.
    public static let split1G = Kinds(rawValue: 2)
    /// A table of 4K entries became a leaf of 2M, in the direct map or elsewhere.
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
    /// Entries elsewhere were written: in vmalloc space, in the high map, of a process.
    public static let wroteElsewhere = Kinds(rawValue: 1024)
    /// Something that must hold of every machine does not: the engine is wrong.
    public static let broken = Kinds(rawValue: 2048)
    /// Entries of 2M or 1G were written, split or merged.
    public static let wroteLarge = Kinds(rawValue: 4096)
    /// Splits were in the direct map, not only elsewhere.
    public static let splitDirectMap = Kinds(rawValue: 8192)
    /// Merges were in the direct map, not only elsewhere.
    public static let mergedDirectMap = Kinds(rawValue: 16384)

    /// Any split.
    public static let split: Kinds = [.split2M, .split1G]
    /// Any merge or collapse.
    public static let merged: Kinds = [.merged2M, .merged1G]
  }

  /// Whether a counter moved.
  public func moved(_ counter: Counter) -> Bool { movedCounters.contains(counter) }

  /// The addresses of the direct map in whose entries something was written lie in here; `nil` where
  /// nothing was.
  public var written: ClosedRange<VirtualAddress>? {
    first <= last ? VirtualAddress(first)...VirtualAddress(last) : nil
  }

  /// The two events that fill most calls are read at once, all others by their facts.
  @inline(__always)
  mutating func record(_ event: Event) {
    if events < .max { events &+= 1 }
    switch event {
    case .entryWritten(let address, let size, old: _, new: _):
      if size > .size4K { kinds.insert(.wroteLarge) }
      wrote(address, size.pages)
    case .counted(let counter, _): movedCounters.insert(counter)
    case .entered, .asked, .left, .remedy, .seen: break
    case .decided(let decision):
      if case .policy = decision { recordFacts(event) }
    case .mapped, .unmapped, .tableInstalled, .tableBacked, .tableFreed, .tableTracked, .kept,
      .policy, .supply, .flushed, .memoryTypeSet, .vmalloc, .systemRunning, .stopped,
      .kernelSetReadOnly, .memory, .process, .linearMap:
      recordFacts(event)
    }
  }

  @inline(never)
  private mutating func recordFacts(_ event: Event) {
    let facts = event.facts
    movedCounters.formUnion(facts.counters)
    if facts.traits.contains(.fellBack) { kinds.insert(.fellBack) }
    if facts.traits.contains(.stopped) { kinds.insert(.stopped) }
    if let leaves = facts.resized { record(leaves) }
    if let flush = facts.flush { kinds.insert(flush.isFullOfTLB ? .flushedAll : .flushedSome) }
    if let written = facts.written { wrote(written.start, written.pages) }
  }

  private mutating func record(_ leaves: ResizedLeaves) {
    kinds.insert(.wroteLarge)
    let isDirect = leaves.region == .directMap
    switch leaves.change {
    case .split:
      kinds.insert(leaves.size == .size1G ? .split1G : .split2M)
      if isDirect { kinds.insert(.splitDirectMap) }
    case .merge:
      kinds.insert(leaves.size == .size1G ? .merged1G : .merged2M)
      if isDirect { kinds.insert(.mergedDirectMap) }
    }
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
