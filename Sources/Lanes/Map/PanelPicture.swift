import Engine

/// One page-table page as a panel shows it: 512 slots of one size.
public struct PanelPicture: Equatable, Sendable {
  /// What each slot covers.
  public let size: LeafSize
  /// The first page, by its number in the space: in the direct map, the first frame.
  public let base: PFN
  /// The space that it is a part of.
  public let space: MapSpace
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

  /// Reads the table's worth of slots of this size that holds a page of a space.
  public init(
    _ size: LeafSize, around page: PFN, in space: MapSpace = .direct, of machine: Machine,
    changes: Changes,
  ) {
    self.size = size
    self.space = space
    base = Self.base(size, around: page)
    start = space.address(of: base, machine)
    slots = Array(repeating: Slot(), count: Self.slotCount)
    enclosing = Self.enclosing(size, start, machine)
    read(0..<Self.slotCount, machine)
    mark(changes)
  }

  /// Reads again the slots that changed; false where the whole panel must be read instead.
  mutating func refresh(_ machine: Machine, _ changes: Changes) -> Bool {
    guard changes.stretches.count <= Self.refreshLimit,
      // Elsewhere areas come and go, which no entry tells.
      space == .direct, enclosing == Self.enclosing(size, start, machine)
    else { return false }
    for index in slots.indices { slots[index].isChanged = false }
    for stretch in self.stretches(of: changes) {
      if let range = indices(of: stretch.frames) { read(range, machine) }
    }
    mark(changes)
    return true
  }

  /// The most stretches that are worth reading one by one.
  private static let refreshLimit = 64

  private static func enclosing(
    _ size: LeafSize, _ start: VirtualAddress, _ machine: Machine,
  ) -> PageTables.Leaf? {
    guard let larger = size.larger, let leaf = machine.tables(for: start).lookup(start),
      leaf.size >= larger
    else { return nil }
    return leaf
  }

  /// The first page of the panel that holds a page.
  static func base(_ size: LeafSize, around page: PFN) -> PFN {
    let pages = size.pages.rawValue * UInt64(slotCount)
    return PFN(page.rawValue & ~(pages - 1))
  }

  /// The slot that holds a page of the panel.
  public func index(of page: PFN) -> Int {
    Int(truncatingIfNeeded: (page.rawValue &- base.rawValue) / size.pages.rawValue) & 511
  }

  /// The first page of a slot.
  public func page(of index: Int) -> PFN {
    PFN(base.rawValue + UInt64(index) * size.pages.rawValue)
  }

  /// Reads some slots anew.
  private mutating func read(_ range: Range<Int>, _ machine: Machine) {
    for index in range { slots[index] = Slot() }
    var runs: [LeafRun] = []
    let address = start + (page(of: range.lowerBound) - base)
    let pages = min(
      PageCount(size.pages.rawValue * UInt64(range.count)), Self.pagesToTheEnd(of: address))
    machine.tables(for: start).readRuns(from: address, pages: pages, into: &runs)
    for run in runs { add(run) }
    if space == .direct {
      tellRAM(in: range, machine.memory)
    } else {
      reserve(space.stretches(machine))
    }
  }

  /// Tells RAM that nothing maps yet from addresses without RAM. A slot is the former where it holds
  /// any RAM.
  private mutating func tellRAM(in range: Range<Int>, _ memory: MemoryMap) {
    for ram in memory.ranges {
      guard let part = indices(of: ram.lowerBound.rawValue..<ram.upperBound.rawValue) else {
        continue
      }
      for index in part.clamped(to: range) where slots[index].kind == .hole {
        slots[index].kind = .unmapped
      }
    }
  }

  /// Marks what is mapped by nothing and yet not free: guard pages, freed areas that wait for a flush,
  /// pages of a process that were zapped.
  private mutating func reserve(_ taken: [Range<VirtualAddress>]) {
    let pages = PageCount(UInt64(Self.slotCount) * size.pages.rawValue)
    let end = start + min(pages, Self.pagesToTheEnd(of: start))
    for range in taken where range.overlaps(start..<end) {
      let part = range.clamped(to: start..<end)
      let first = Int((part.lowerBound - start).rawValue / size.pages.rawValue)
      let last = Int((part.upperBound - start - 1).rawValue / size.pages.rawValue)
      for index in first...last where slots[index].kind == .hole { slots[index].kind = .reserved }
    }
  }

  /// The pages from an address to the last one of the address space, on which nothing begins.
  private static func pagesToTheEnd(of address: VirtualAddress) -> PageCount {
    VirtualAddress(.max) - address
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
      if leafSize == size { slots[index].isAlone = run.standsAlone }
      first = next
    }
  }

  /// The slots that hold some of these pages of the space.
  func indices(of frames: Range<UInt64>) -> Range<Int>? {
    let pages = size.pages.rawValue
    let panel = base.rawValue..<(base.rawValue + pages * UInt64(Self.slotCount))
    let common = frames.clamped(to: panel)
    guard !common.isEmpty else { return nil }
    let first = Int((common.lowerBound - base.rawValue) / pages)
    return first..<Int((common.upperBound - 1 - base.rawValue) / pages) + 1
  }

  /// What was written in the panel's space, by the numbers of its pages.
  package func stretches(of changes: Changes) -> [Changes.Stretch] {
    guard space != .direct else { return changes.stretches }
    let origin = start.rawValue >> 12 &- base.rawValue
    return changes.elsewhere.compactMap { stretch in
      guard stretch.frames.lowerBound >= origin else { return nil }
      let range = stretch.frames.lowerBound - origin..<stretch.frames.upperBound - origin
      return Changes.Stretch(frames: range, size: stretch.size, isResized: stretch.isResized)
    }
  }

  /// The address of a slot.
  func address(of index: Int) -> VirtualAddress { start + (page(of: index) - base) }

  private mutating func mark(_ changes: Changes) {
    if space == .direct {
      for frames in changes.moved + changes.own {
        guard let range = indices(of: frames) else { continue }
        for index in range { slots[index].isChanged = true }
      }
    }
    // Where one larger leaf maps the panel, that leaf changed, and its own panel shows it.
    guard enclosing == nil else { return }
    let stretches = stretches(of: changes)
    for stretch in stretches where stretch.size <= size {
      guard let range = indices(of: stretch.frames) else { continue }
      for index in range { slots[index].isChanged = true }
    }
    // A larger leaf that was both written and split, in one step: what is inside changed too.
    let larger = stretches.filter { $0.size > size && indices(of: $0.frames) != nil }
    for written in larger where !written.isResized {
      for other in larger where other.isResized && other.frames.overlaps(written.frames) {
        let both = written.frames.clamped(to: other.frames)
        for index in indices(of: both) ?? 0..<0 { slots[index].isChanged = true }
      }
    }
  }
}
