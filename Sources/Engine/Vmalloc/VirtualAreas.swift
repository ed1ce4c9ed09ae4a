/// The vmalloc address space: areas that live, and areas that are freed but not flushed yet.
public struct VirtualAreas: Equatable, Sendable {
  /// The live areas by rising address.
  public private(set) var live: [Area] = []
  /// Freed areas by rising address. Their addresses are not given out again before the purge.
  public private(set) var lazilyFreed: [Area] = []

  /// The live area with a name.
  public func area(named name: Name) -> Area? {
    live.first { $0.name == name && $0.kind != .pageArray }
  }

  /// The live areas that calls can name: all but arrays of page pointers.
  public var named: [Area] { live.filter { $0.kind != .pageArray } }

  /// The arrays of page pointers of the area with a name, the longest first: an array of more than a
  /// page has one too.
  func pageArrays(of name: Name) -> [Area] {
    live.filter { $0.kind == .pageArray && $0.name == name }.sorted { $0.pages > $1.pages }
  }

  /// The live area that holds an address; its guard page does not count.
  public func area(at address: VirtualAddress) -> Area? {
    live.first { $0.start <= address && address < $0.start + $0.pages }
  }

  /// The addresses between the lowest and the highest freed page, guard pages included, in pages;
  /// `nil` if nothing waits for a purge. Models the span that `__purge_vmap_area_lazy()` flushes.
  var lazySpan: (start: VirtualAddress, pages: PageCount)? {
    guard let first = lazilyFreed.first, let last = lazilyFreed.last else { return nil }
    return (first.start, last.reserved.upperBound - first.start)
  }

  /// The pages of addresses that wait for a purge, guard pages included. Models `vmap_lazy_nr`.
  public var lazyPages: PageCount {
    lazilyFreed.reduce(0) { $0 + $1.pages + 1 }
  }

  /// The lowest free address that has room for `pages` and a guard page, as `alloc_vmap_area()`
  /// finds it; `nil` if the space is used up.
  func freeAddress(
    for pages: PageCount, alignment: UInt64,
    in space: Range<VirtualAddress>,
  ) -> VirtualAddress? {
    let mask = alignment - 1
    let (rounded, overflows) = space.lowerBound.rawValue.addingReportingOverflow(mask)
    guard !overflows else { return nil }
    var start = VirtualAddress(rounded & ~mask)
    var (live, freed) = (live[...], lazilyFreed[...])
    while let area = Self.popLowest(&live, &freed) {
      guard space.contains(area.start) else { continue }
      if start + pages + 1 <= area.start { return start }
      let (end, overflows) = area.reserved.upperBound.rawValue.addingReportingOverflow(mask)
      guard !overflows else { return nil }
      start = VirtualAddress(max(start.rawValue, end & ~mask))
    }
    guard start < space.upperBound else { return nil }
    return pages < space.upperBound - start ? start : nil
  }

  /// Takes the area that lies lowest from two lists by rising address.
  private static func popLowest(
    _ first: inout ArraySlice<Area>, _ second: inout ArraySlice<Area>,
  ) -> Area? {
    guard let lowest = first.first, let other = second.first else {
      return first.popFirst() ?? second.popFirst()
    }
    return lowest.start < other.start ? first.popFirst() : second.popFirst()
  }

  /// Whether a range of addresses touches no area.
  func isFree(_ range: Range<VirtualAddress>) -> Bool {
    !(live + lazilyFreed).contains { $0.reserved.overlaps(range) }
  }

  func add(to sum: inout Checksum) {
    for list in [live, lazilyFreed] { sum.add(list) { $0.add(to: &$1) } }
  }

  /// Makes one change true.
  mutating func apply(_ change: VmallocChange) {
    switch change {
    case .added(let area):
      live.insert(area, at: live.firstIndex { $0.start > area.start } ?? live.count)
    case .freed(let area):
      live.removeAll { $0.start == area.start }
      lazilyFreed.insert(
        area, at: lazilyFreed.firstIndex { $0.start > area.start } ?? lazilyFreed.count)
    case .purged: lazilyFreed = []
    }
  }
}
