// Areas of vmalloc space: mm/vmalloc.c, 6.12.

extension Machine {
  /// `vmap()`: 4K entries with the flags of an ordinary kernel page. `vmap_page_range()` would use
  /// large leaves; `vmap()` does not, whatever the frames are, but for what the review of April 2020
  /// proposed.
  mutating func vmap<Sink: EventSink>(
    _ name: Name, _ frames: FrameStride, at place: VirtualAddress?, _ sink: inout Sink,
  ) throws(CallError) {
    try check(frames)
    let isHuge = mapsBlocks(frames)
    let area = try newArea(
      name, frames.count, alignment: (isHuge ? LeafSize.size2M : .size4K).bytes, at: place)
    if isHuge, area.start.isAligned(to: .size2M) {
      let blocks = frames.count.rawValue / 512
      emit(.decided(.vmalloc(.mapsBlocks(blocks: blocks, pages: frames.count))), &sink)
      emit(.vmalloc(.added(area)), &sink)
      mapLargest(area, frames.first, setup.pageKernel(.size4K), atMost: .size2M, &sink)
      return
    }
    emit(.vmalloc(.added(area)), &sink)
    if frames.stride == 1 {
      let fill = LeafFill(
        start: area.start, pfn: frames.first, count: frames.count.rawValue, size: .size4K,
        flags: setup.pageKernel(.size4K))
      emit(.mapped(fill), &sink)
      return
    }
    for index in 0..<frames.count.rawValue where sink.goesOn(index, of: frames.count.rawValue) {
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
    emit(.vmalloc(.added(area)), &sink)
    mapLargest(area, pfn, setup.pageKernel(.size4K), atMost: .size1G, &sink)
  }

  /// Whether `vmap()` would use 2M leaves for these frames: they are in a row from a 2M boundary on,
  /// and fill a block. The review of April 2020 only asks for it; the rule is that of its patch, that
  /// block and address are aligned.
  private func mapsBlocks(_ frames: FrameStride) -> Bool {
    setup.kernel.vmapsHuge && setup.cpu[.pse] && frames.stride == 1
      && frames.first.isAligned(to: .size2M) && frames.count >= LeafSize.size2M.pages
  }

  /// Fills an area with the largest leaves that fit, for frames in a row.
  mutating func mapLargest<Sink: EventSink>(
    _ area: Area, _ pfn: PFN, _ flags: EntryFlags, atMost limit: LeafSize, _ sink: inout Sink,
  ) {
    let pages = area.pages
    var done: PageCount = 0
    while done < pages {
      let size = largestLeaf(area.start + done, pfn + done, pages - done, limit)
      // As many leaves of this size as stand before the next place where a larger one begins.
      var leaves: UInt64 = 1
      var next = done + size.pages
      while next < pages, largestLeaf(area.start + next, pfn + next, pages - next, limit) == size {
        leaves += 1
        next += size.pages
      }
      let fill = LeafFill(
        start: area.start + done, pfn: pfn + done, count: leaves, size: size,
        flags: setup.leaf(flags, size))
      emit(.mapped(fill), &sink)
      done = next
    }
  }

  /// Models `vmap_try_huge_pud()` and `vmap_try_huge_pmd()`.
  private func largestLeaf(
    _ address: VirtualAddress, _ pfn: PFN, _ pages: PageCount, _ limit: LeafSize,
  ) -> LeafSize {
    func fits(_ size: LeafSize) -> Bool {
      address.isAligned(to: size) && pfn.isAligned(to: size) && pages >= size.pages
    }
    if setup.cpu[.gbpages], limit == .size1G, fits(.size1G) { return .size1G }
    return setup.cpu[.pse] && fits(.size2M) ? .size2M : .size4K
  }

  /// `vunmap()`: the entries go at once, the TLB's copies with the next `vm_unmap_aliases()`.
  mutating func vunmap<Sink: EventSink>(_ name: Name, _ sink: inout Sink) throws(CallError) {
    guard let area = areas.area(named: name), area.kind == .vmap else { throw .unknownArea(name) }
    unmapAndFree(area, &sink)
  }

  /// Takes an area's entries away; its addresses wait for a purge.
  mutating func unmapAndFree<Sink: EventSink>(_ area: Area, _ sink: inout Sink) {
    emit(.unmapped(area.start, area.pages), &sink)
    emit(.vmalloc(.freed(area)), &sink)
    purgeIfOverLimit(&sink)
  }

  /// Flushes freed addresses when more of them wait than may. Models `free_vmap_area_noflush()` and
  /// `drain_vmap_area_work()`; the kernel does it a little later, in a worker.
  mutating func purgeIfOverLimit<Sink: EventSink>(_ sink: inout Sink) {
    let waiting = areas.lazyPages
    guard waiting > lazyPagesLimit, let span = areas.lazySpan else { return }
    emit(.decided(.vmalloc(.purges(waiting: waiting, limit: lazyPagesLimit))), &sink)
    emit(.flushed(.kernelRange(span.pages)), &sink)
    emit(.vmalloc(.purged), &sink)
  }

  /// Models `lazy_max_pages()`: 32M for each bit of the number of CPUs.
  var lazyPagesLimit: PageCount {
    PageCount(UInt64(Int.bitWidth - setup.cpu.cpus.leadingZeroBitCount) * 8192)
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

  static func powerOfTwo(atLeast value: UInt64) -> UInt64 {
    value <= 1 ? 1 : 1 << (64 - UInt64((value - 1).leadingZeroBitCount))
  }
}
