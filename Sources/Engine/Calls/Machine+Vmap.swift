// Areas of vmalloc space: mm/vmalloc.c, 6.12.

extension Machine {
  /// `vmap()`: 4K entries with the flags of an ordinary kernel page. `vmap_page_range()` would use
  /// large leaves; `vmap()` does not, whatever the frames are.
  mutating func vmap<Sink: EventSink>(
    _ name: Name, _ frames: FrameStride, at place: VirtualAddress?, _ sink: inout Sink,
  ) throws(CallError) {
    try check(frames)
    let area = try newArea(name, frames.count, alignment: 4096, at: place)
    emit(.areaAdded(area), &sink)
    if frames.stride == 1 {
      let fill = LeafFill(
        start: area.start, pfn: frames.first, count: frames.count.rawValue, size: .size4K,
        flags: setup.pageKernel(.size4K))
      emit(.mapped(fill), &sink)
      return
    }
    for index in 0..<frames.count.rawValue {
      let fill = LeafFill(
        start: area.start + PageCount(index), pfn: frames[PageCount(index)], count: 1,
        size: .size4K, flags: setup.pageKernel(.size4K))
      emit(.mapped(fill), &sink)
    }
  }

  /// `vmap_page_range()`: the largest leaves that address, frame and length allow, in an area aligned
  /// to its size.
  mutating func vmapPageRange<Sink: EventSink>(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, at place: VirtualAddress?,
    _ sink: inout Sink,
  ) throws(CallError) {
    try check(FrameStride(first: pfn, count: pages))
    let block = LeafSize.size2M.pages.rawValue
    guard pfn.isAligned(to: .size2M), pages.rawValue % block == 0 else {
      throw .notBlocks(pfn, pages)
    }
    let area = try newArea(
      name, pages, alignment: Self.powerOfTwo(atLeast: pages.bytes), at: place)
    emit(.areaAdded(area), &sink)
    var done: PageCount = 0
    while done < pages {
      let size = largestLeaf(area.start + done, pfn + done, pages - done)
      // As many leaves of this size as stand before the next place where a larger one begins.
      var leaves: UInt64 = 1
      var next = done + size.pages
      while next < pages, largestLeaf(area.start + next, pfn + next, pages - next) == size {
        leaves += 1
        next += size.pages
      }
      let flags = setup.pageKernel(size)
      let fill = LeafFill(
        start: area.start + done, pfn: pfn + done, count: leaves, size: size, flags: flags)
      emit(.mapped(fill), &sink)
      done = next
    }
  }

  /// Models `vmap_try_huge_pud()` and `vmap_try_huge_pmd()`.
  private func largestLeaf(
    _ address: VirtualAddress, _ pfn: PFN, _ pages: PageCount,
  ) -> LeafSize {
    func fits(_ size: LeafSize) -> Bool {
      address.isAligned(to: size) && pfn.isAligned(to: size) && pages >= size.pages
    }
    if setup.cpu.gbpages, fits(.size1G) { return .size1G }
    return setup.cpu.pse && fits(.size2M) ? .size2M : .size4K
  }

  /// `vunmap()`: the entries go at once, the TLB's copies with the next `vm_unmap_aliases()`.
  mutating func vunmap<Sink: EventSink>(_ name: Name, _ sink: inout Sink) throws(CallError) {
    guard let area = areas.area(named: name), area.kind == .vmap else { throw .unknownArea(name) }
    emit(.unmapped(area.start, area.pages), &sink)
    emit(.areaFreed(area), &sink)
  }

  func newArea(
    _ name: Name, _ pages: PageCount, alignment: UInt64, at place: VirtualAddress?,
  ) throws(CallError) -> Area {
    if areas.area(named: name) != nil { throw .areaExists(name) }
    guard pages < vmallocRange.upperBound - vmallocRange.lowerBound else {
      throw .noRoom(pages)
    }
    if let place {
      let area = Area(name: name, start: place, pages: pages)
      let isInside =
        vmallocRange.contains(place) && area.reserved.upperBound <= vmallocRange.upperBound
      guard isInside, place.isAligned(to: .size4K), areas.isFree(area.reserved) else {
        throw .placeTaken(place)
      }
      return area
    }
    guard let start = areas.freeAddress(for: pages, alignment: alignment, in: vmallocRange) else {
      throw .noRoom(pages)
    }
    return Area(name: name, start: start, pages: pages)
  }

  private static func powerOfTwo(atLeast value: UInt64) -> UInt64 {
    value <= 1 ? 1 : 1 << (64 - UInt64((value - 1).leadingZeroBitCount))
  }
}
