/// What an event means, for everyone who counts, stops, marks, draws or folds: said once, in
/// `Event.facts`, and read everywhere else.
public struct EventFacts: Equatable, Sendable {
  /// The entries that the event writes, makes or takes away; `nil` if it changes no mapping.
  public var written: WrittenEntries?
  /// The large leaves that it splits or makes of smaller ones.
  public var resized: ResizedLeaves?
  /// What it flushes.
  public var flush: FlushFact?
  /// The pages that it allocates or frees, and those that it moves into a cache or out of it.
  public var moved: MovedPages?
  /// The free block that it puts on a list of the page allocator, or takes off one.
  public var freeBlock: Range<PFN>?
  /// The counters that it moves.
  public var counters: CounterSet = []
  /// Other things that it is.
  public var traits: Traits = []
  /// Where only the first of a row of such events is shown.
  public var folding: Folding = []

  /// Things that an event is or is not.
  public struct Traits: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It only tells: applying it changes nothing of the machine.
    public static let onlyTells = Traits(rawValue: 1)
    /// A reader who does not follow the kernel's source can do without it: functions entered and
    /// left, counters, decisions that the next event carries out.
    public static let detail = Traits(rawValue: 2)
    /// It repeats or completes a neighbour, so that the call tree has no line for it.
    public static let quiet = Traits(rawValue: 4)
    /// It is one of the page allocator's.
    public static let pageAllocator = Traits(rawValue: 8)
    /// A cache had no block and handed out an ordinary page.
    public static let fellBack = Traits(rawValue: 16)
    /// A recording gets a marker there.
    public static let marker = Traits(rawValue: 32)
    /// The kernel stopped.
    public static let stopped = Traits(rawValue: 64)
  }

  /// Where only the first of a row of events of one shape is shown.
  public struct Folding: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Among the reasons of an answer.
    public static let reasons = Folding(rawValue: 1)
    /// In a text that tells a whole call.
    public static let text = Folding(rawValue: 2)
    /// Among the lines of the call tree.
    public static let lines = Folding(rawValue: 4)
  }
}

/// Entries whose mapping an event writes, makes or takes away.
public struct WrittenEntries: Equatable, Sendable {
  /// The address of the first page.
  public var start: VirtualAddress
  /// The pages.
  public var pages: PageCount
  /// The size of the leaves that are written, split or made; pages that are unmapped count as 4K.
  public var size: LeafSize

  /// Creates what is known of entries that were written.
  public init(_ start: VirtualAddress, _ pages: PageCount, _ size: LeafSize) {
    self.start = start
    self.pages = pages
    self.size = size
  }

  /// The part of the address space that they lie in.
  public var region: AddressRegion { AddressRegion(of: start) }
}

/// Large leaves that were split, or made of smaller ones.
public struct ResizedLeaves: Equatable, Sendable {
  /// Which of the two.
  public enum Change: Sendable {
    /// Each leaf became a table.
    case split
    /// Each table became a leaf.
    case merge
  }

  /// Whether they were split or merged.
  public var change: Change
  /// The size of the large leaf, before a split or after a merge: 2M or 1G.
  public var size: LeafSize
  /// How many leaves.
  public var count: UInt64
  /// The address of the first.
  public var start: VirtualAddress

  init(_ change: Change, _ size: LeafSize, count: UInt64 = 1, at start: VirtualAddress) {
    self.change = change
    self.size = size
    self.count = count
    self.start = start
  }

  /// The part of the address space that they lie in.
  public var region: AddressRegion { AddressRegion(of: start) }
  /// Their pages.
  public var pages: PageCount { PageCount(count &* size.pages.rawValue) }
}

/// A flush of TLBs or caches, from whatever part of the kernel.
public struct FlushFact: Equatable, Sendable {
  /// What is flushed.
  public enum Target: Sendable {
    /// Translations.
    case tlb
    /// Cache lines of the pages, or all caches where it is full.
    case caches
  }

  /// Why.
  public enum Reason: Equatable, Sendable {
    /// Attributes of pages changed, or a leaf was split or merged.
    case attributes
    /// A change failed half way.
    case failure
    /// KFENCE guards or opens a page.
    case kfence
    /// Addresses that one CPU alone accesses are about to be used again (Mermap).
    case window
    /// A table left its slot of the fixmap (arm64).
    case fixmap
    /// A process gave memory back; forced: before the end of the zap.
    case unmapping(isForced: Bool)
  }

  /// What is flushed.
  public var target: Target
  /// The pages that are flushed one by one; of a full flush the pages for which it was asked for, 0
  /// where it was for none.
  public var pages: PageCount
  /// Whether everything goes.
  public var isFull: Bool
  /// Why.
  public var reason: Reason

  init(_ target: Target, _ pages: PageCount, isFull: Bool, _ reason: Reason) {
    self.target = target
    self.pages = pages
    self.isFull = isFull
    self.reason = reason
  }

  /// Whether all entries of all TLBs go; of one CPU's alone does not count.
  public var isFullOfTLB: Bool { isFull && target == .tlb && reason != .window }
}

/// A set of counters.
public struct CounterSet: Equatable, Sendable, ExpressibleByArrayLiteral {
  /// A bit for each counter, by its raw value.
  private(set) var bits: UInt64

  /// The counters of a list.
  @inline(__always)
  public init(arrayLiteral counters: Counter...) {
    bits = 0
    for counter in counters { insert(counter) }
  }

  /// One counter.
  @inline(__always)
  public init(_ counter: Counter) { bits = 1 << UInt64(counter.rawValue) }

  /// Adds a counter.
  @inline(__always)
  public mutating func insert(_ counter: Counter) { bits |= 1 << UInt64(counter.rawValue) }

  /// Adds all counters of another set.
  @inline(__always)
  public mutating func formUnion(_ other: CounterSet) { bits |= other.bits }

  /// Whether a counter is among them.
  @inline(__always)
  public func contains(_ counter: Counter) -> Bool { bits >> UInt64(counter.rawValue) & 1 == 1 }

  /// Whether there is none.
  public var isEmpty: Bool { bits == 0 }
}
