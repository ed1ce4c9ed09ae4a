import Engine

/// What some events wrote: frames whose direct-map entries changed, and addresses elsewhere.
public struct Changes: Equatable, Sendable {
  /// Leaves of one size, in a row, that were written, made or taken away.
  public struct Stretch: Equatable, Sendable {
    /// The numbers of the frames.
    public var frames: Range<UInt64>
    /// The size of the leaf that was written or split; panels of smaller slots do not show it.
    public var size: LeafSize
    /// Whether the leaf was split or made of smaller ones, and not only written.
    public var isResized = false
  }

  /// The stretches in the order of the events; neighbours run together.
  public private(set) var stretches: [Stretch] = []

  /// The same outside of the direct map; the numbers are those of virtual pages, address / 4096.
  public private(set) var elsewhere: [Stretch] = []

  /// Pages that were allocated or freed, or that went into a cache or out of it, but for page tables; by
  /// the numbers of their frames, neighbours run together.
  private(set) var moved: [Range<UInt64>] = []

  /// What the page allocator did besides, where it was asked for: pages for page tables, and inside a call
  /// free blocks that left a list or joined one: buddies that part or join.
  private(set) var own: [Range<UInt64>] = []

  /// The first of the pages that were moved.
  private(set) var movedFocus: PFN?

  /// Nothing.
  public init() {}

  /// What these events wrote.
  public init(_ events: some Sequence<Event>) {
    for event in events { add(event) }
  }

  /// What the tables of two machines map in different ways, but for what processes see: for calls with
  /// more events than are kept.
  init(from before: Machine, to after: Machine) {
    let start = after.layout.kernelStart
    let pages = PageCount((0 &- start.rawValue) >> 12)
    let old = before.tables.runs(from: start, pages: pages)
    let new = after.tables.runs(from: start, pages: pages)
    for pair in RunPairs(old, new)
    where pair.a?.size != pair.b?.size || pair.a?.flags != pair.b?.flags {
      let size = min(pair.a?.size ?? .size1G, pair.b?.size ?? .size1G)
      add(WrittenEntries(pair.start, pair.pages, size))
    }
  }

  /// Whether nothing in the direct map changed.
  public var isEmpty: Bool { stretches.isEmpty }

  /// Whether an entry that maps the frame changed.
  public func contains(_ pfn: PFN) -> Bool {
    stretches.contains { $0.frames.contains(pfn.rawValue) }
  }

  /// The first frame of the smallest leaf that changed: where to look.
  public var focus: PFN? {
    stretches.min { $0.size < $1.size }.map { PFN($0.frames.lowerBound) }
  }

  /// The same in a range of addresses outside of the direct map; elsewhere than in some areas, if
  /// anything changed there.
  func focus(in range: Range<VirtualAddress>, besides areas: [Area] = []) -> VirtualAddress? {
    let inside = elsewhere.map { ($0.size, VirtualAddress($0.frames.lowerBound << 12)) }
      .filter { range.contains($0.1) }
    let wanted = inside.filter { _, address in
      !areas.contains { $0.start <= address && address < $0.start + $0.pages }
    }
    return (wanted.isEmpty ? inside : wanted).min { $0.0 < $1.0 }?.1
  }

  /// Whether an entry that maps an address outside of the direct map changed.
  package func contains(address: VirtualAddress) -> Bool {
    elsewhere.contains { $0.frames.contains(address.rawValue >> 12) }
  }

  /// Whether a page was moved.
  func moves(_ pfn: PFN) -> Bool { moved.contains { $0.contains(pfn.rawValue) } }

  /// Adds what one event wrote and moved.
  public mutating func add(_ event: Event) {
    let facts = event.facts
    if let written = facts.written { add(written, isResized: facts.resized != nil) }
    // The tables of splits are a matter of the page allocator's own.
    guard let frames = facts.moved?.frames, !facts.traits.contains(.detail) else { return }
    if movedFocus == nil { movedFocus = frames.lowerBound }
    Self.add(frames.lowerBound.rawValue..<frames.upperBound.rawValue, to: &moved)
  }

  /// Adds the entries of a merge that looked different from its leaf: of another class of permissions, or
  /// alone (arm64).
  ///
  /// - Parameter before: the machine with the table that the leaf replaces.
  mutating func addRewritten(_ event: Event, _ before: Machine) {
    guard case .tableFreed(let address, let size, leaf: let leaf) = event,
      let smaller = size.smaller
    else { return }
    let merged = PermissionClass(leaf.flags(size), size)
    for run in before.tables(for: address).runs(from: address, pages: size.pages)
    where run.size == smaller && (PermissionClass(run) != merged || run.standsAlone) {
      add(WrittenEntries(run.start, run.pages, smaller))
    }
  }

  /// Adds the page that an event took for a page table, or gave back.
  mutating func addTable(_ event: Event) {
    let facts = event.facts
    guard let frames = facts.moved?.frames, facts.traits.contains(.detail) else { return }
    Self.add(frames.lowerBound.rawValue..<frames.upperBound.rawValue, to: &own)
  }

  /// Adds the free block that an event took off a list or put on one.
  mutating func addListed(_ event: Event) {
    guard let frames = event.facts.freeBlock else { return }
    Self.add(frames.lowerBound.rawValue..<frames.upperBound.rawValue, to: &own)
  }

  private static func add(_ frames: Range<UInt64>, to list: inout [Range<UInt64>]) {
    if let last = list.last, last.lowerBound <= frames.lowerBound,
      frames.lowerBound <= last.upperBound
    {
      list[list.count - 1] = last.lowerBound..<max(last.upperBound, frames.upperBound)
    } else {
      list.append(frames)
    }
  }

  private mutating func add(_ written: WrittenEntries, isResized: Bool = false) {
    let pfn = AddressLayout.directMapFrame(of: written.start)
    let first = pfn?.rawValue ?? written.start.rawValue >> 12
    let stretch = Stretch(
      frames: first..<(first + written.pages.rawValue), size: written.size, isResized: isResized)
    if pfn == nil {
      Self.add(stretch, to: &elsewhere)
    } else {
      Self.add(stretch, to: &stretches)
    }
  }

  private static func add(_ stretch: Stretch, to list: inout [Stretch]) {
    if let last = list.last, last.size == stretch.size, last.isResized == stretch.isResized,
      last.frames.upperBound == stretch.frames.lowerBound
    {
      list[list.count - 1].frames = last.frames.lowerBound..<stretch.frames.upperBound
    } else if list.last != stretch {
      list.append(stretch)
    }
  }
}
