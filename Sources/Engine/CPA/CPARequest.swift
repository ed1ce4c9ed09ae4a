/// A request to change page attributes. Models `struct cpa_data`, arch/x86/mm/pat/set_memory.c.
struct CPARequest {
  /// The address of the first page.
  let start: VirtualAddress
  /// The distance from one page to the next, in bytes.
  private let stride: UInt64
  /// Whether the pages are single ones (`CPA_PAGES_ARRAY`), walked one by one.
  let isArray: Bool
  /// The pages of the whole request.
  let pages: PageCount
  /// Bits to set and to clear, in 4K layout. Clearing comes first.
  var set: EntryFlags
  var clear: EntryFlags
  /// Whether every large leaf is split before it is looked at (`force_split`).
  var forceSplit = false
  /// Whether other mappings of the pages are left alone (`CPA_NO_CHECK_ALIAS`).
  var skipsAliases = false
  /// Whether tables may become leaves again after the flush (`CPA_COLLAPSE`).
  var collapses = false

  /// The pages that the current step has still to do, and after the step, those it did.
  var numpages: PageCount = 0
  /// The page the walk has come to.
  var current: PageCount = 0
  /// The frame that the last step found.
  var pfn: PFN = 0
  /// What the walk has come across.
  var findings: Findings = []

  /// What a walk comes across that decides on what follows it.
  struct Findings: OptionSet {
    var rawValue: UInt64
    /// An entry of the addressed range was written (`CPA_FLUSHTLB`).
    static let wroteEntry = Findings(rawValue: 1)
    /// An alias was visited, which makes the flush a full one (`force_flush_all`).
    static let visitedAlias = Findings(rawValue: 2)
    /// Protected bits were found on a large leaf, so that the entries of its table are checked one
    /// by one (`force_static_prot`).
    static let protectedBits = Findings(rawValue: 4)
  }

  /// A request for pages in a row.
  @inline(__always)
  init(_ start: VirtualAddress, _ pages: PageCount, set: EntryFlags, clear: EntryFlags) {
    self.start = start
    self.stride = 4096
    self.isArray = false
    self.pages = pages
    self.set = set
    self.clear = clear
  }

  /// A request for single frames, at their direct-map addresses.
  init(_ frames: FrameStride, _ layout: AddressLayout, set: EntryFlags, clear: EntryFlags) {
    self.start = layout.directMapAddress(of: frames.first)
    self.stride = frames.stride.bytes
    self.isArray = true
    self.pages = frames.count
    self.set = set
    self.clear = clear
  }

  /// The address of the page the walk has come to. Models `__cpa_addr()`.
  @inline(__always)
  var address: VirtualAddress { address(ofPage: current) }

  /// The address of a page of the request.
  @inline(__always)
  func address(ofPage index: PageCount) -> VirtualAddress {
    VirtualAddress(start.rawValue &+ index.rawValue &* stride)
  }

  /// Whether the request changes no bit and splits nothing.
  @inline(__always)
  var isEmpty: Bool { self.set.isEmpty && clear.isEmpty && !forceSplit }
}

/// Frames at equal distances: what an array of pages is given as.
public struct FrameStride: Equatable, Sendable {
  /// The first frame.
  public var first: PFN
  /// The distance from one frame to the next.
  public var stride: PageCount
  /// How many frames.
  public var count: PageCount

  /// Creates a list of `count` frames, `stride` apart.
  public init(first: PFN, stride: PageCount = 1, count: PageCount) {
    self.first = first
    self.stride = stride
    self.count = count
  }

  /// The frame at a position, which must be below `count`.
  @inlinable public subscript(index: PageCount) -> PFN {
    PFN(first.rawValue &+ index.rawValue &* stride.rawValue)
  }
}
