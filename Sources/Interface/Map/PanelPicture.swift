import Engine

/// One page-table page as a panel shows it: 512 slots of one size.
public struct PanelPicture: Equatable, Sendable {
  /// What each slot covers.
  public let size: LeafSize
  /// The first frame.
  public let base: PFN
  /// The address of the first slot.
  let start: VirtualAddress
  /// The slots, by rising address.
  public private(set) var slots: [Slot]
  /// The leaf that maps all of the panel at once, where there is no table of this size.
  public private(set) var enclosing: PageTables.Leaf?

  /// How many slots a page-table page has.
  public static let slotCount = 512
  /// How many of them stand in a row of a panel.
  public static let columns = 32
  /// How many rows there are.
  public static let rows = slotCount / columns

  /// Reads the page of slots of this size that holds a frame.
  public init(_ size: LeafSize, around pfn: PFN, of machine: Machine, changes: Changes) {
    self.size = size
    base = Self.base(size, around: pfn)
    start = machine.directMapAddress(of: base)
    slots = Array(repeating: Slot(), count: Self.slotCount)
    enclosing = Self.enclosing(size, base, machine)
    read(0..<Self.slotCount, machine)
    mark(changes)
  }

  /// Reads again the slots that changed; false where the whole panel must be read instead.
  mutating func refresh(_ machine: Machine, _ changes: Changes) -> Bool {
    guard changes.stretches.count <= Self.refreshLimit,
      enclosing == Self.enclosing(size, base, machine)
    else { return false }
    for index in slots.indices { slots[index].isChanged = false }
    for stretch in changes.stretches {
      if let range = indices(of: stretch.frames) { read(range, machine) }
    }
    mark(changes)
    return true
  }

  /// The most stretches that are worth reading one by one.
  private static let refreshLimit = 64

  private static func enclosing(
    _ size: LeafSize, _ base: PFN, _ machine: Machine,
  ) -> PageTables.Leaf? {
    guard let larger = size.larger,
      let leaf = machine.tables.lookup(machine.directMapAddress(of: base)),
      leaf.size >= larger
    else { return nil }
    return leaf
  }

  /// The first frame of the page of slots that holds a frame.
  static func base(_ size: LeafSize, around pfn: PFN) -> PFN {
    let pages = size.pages.rawValue * UInt64(slotCount)
    return PFN(pfn.rawValue & ~(pages - 1))
  }

  /// The slot that holds a frame of the panel.
  public func index(of pfn: PFN) -> Int {
    Int(truncatingIfNeeded: (pfn.rawValue &- base.rawValue) / size.pages.rawValue) & 511
  }

  /// The first frame of a slot.
  public func frame(of index: Int) -> PFN {
    PFN(base.rawValue + UInt64(index) * size.pages.rawValue)
  }

  /// Reads some slots anew.
  private mutating func read(_ range: Range<Int>, _ machine: Machine) {
    for index in range { slots[index] = Slot() }
    var runs: [LeafRun] = []
    let pages = PageCount(size.pages.rawValue * UInt64(range.count))
    let address = machine.directMapAddress(of: frame(of: range.lowerBound))
    machine.tables.readRuns(from: address, pages: pages, into: &runs)
    for run in runs { add(run) }
  }

  private mutating func add(_ run: LeafRun) {
    guard let leafSize = run.size else { return }
    let permission = PermissionClass(run)
    let slotPages = size.pages.rawValue
    var first = (run.start - start).rawValue
    let end = first + run.pages.rawValue
    while first < end {
      let index = Int(first / slotPages)
      let next = min(end, (first / slotPages + 1) * slotPages)
      guard index < Self.slotCount else { return }
      slots[index].add(leafSize, permission, pages: next - first, slot: size)
      first = next
    }
  }

  /// The slots that hold some of these frames.
  func indices(of frames: Range<UInt64>) -> Range<Int>? {
    let pages = size.pages.rawValue
    let panel = base.rawValue..<(base.rawValue + pages * UInt64(Self.slotCount))
    let common = frames.clamped(to: panel)
    guard !common.isEmpty else { return nil }
    let first = Int((common.lowerBound - base.rawValue) / pages)
    return first..<Int((common.upperBound - 1 - base.rawValue) / pages) + 1
  }

  private mutating func mark(_ changes: Changes) {
    // Where one larger leaf maps the panel, that leaf changed, and its own panel shows it.
    guard enclosing == nil else { return }
    for stretch in changes.stretches where stretch.size <= size {
      guard let range = indices(of: stretch.frames) else { continue }
      for index in range { slots[index].isChanged = true }
    }
  }
}
