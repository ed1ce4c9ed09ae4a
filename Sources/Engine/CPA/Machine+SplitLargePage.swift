extension Machine {
  /// Replaces a large leaf by a table of 512 leaves that map the same frames with the same flags,
  /// and flushes everything. Models `split_large_page()` and `__split_large_page()`, 6.12.
  @inline(never)
  mutating func splitLargePage<Sink: EventSink>(
    _ request: CPARequest, _ address: VirtualAddress, _ leaf: PageTables.Leaf,
    _ sink: inout Sink,
  ) -> ReturnCode {
    guard let childSize = leaf.size.smaller else { return .success }
    let start = address.alignedDown(to: leaf.size)
    emit(.entered(.splitLargePage, start, leaf.size.pages), &sink)
    var frame: PFN?
    var hasPage = !refuses(order: 0, isForTable: true, &sink.listener)
    if hasPage, physical.isKnown {
      frame = physical.allocate(order: 0, type: .unmovable, owner: .pageTables, &sink)
      hasPage = frame != nil
    }
    guard hasPage else {
      emit(.left(.splitLargePage, .noMemory), &sink)
      return .noMemory
    }
    var first = Self.firstChild(of: leaf)
    if restoresGlobal {
      first = Entry(leaf.pfn, globalAsPresent(first.flags(childSize)))
    }
    emit(.tableInstalled(start, inPlaceOf: leaf.size, old: leaf.entry, first: first), &sink)
    if let frame { emit(.tableBacked(start, inPlaceOf: leaf.size, frame), &sink) }
    if request.findings.contains(.protectedBits), childSize == .size4K {
      protectChildren(start, first, &sink)
    }
    countSplit(address, leaf.size, &sink)
    var result = ReturnCode.success
    if setup.hooks.contains(.entries) {
      result = policiesDidSplit(LeafSplit(address: start, leaf: leaf), &sink.listener)
    }
    if result == .success { emit(.flushed(.all), &sink) }
    emit(.left(.splitLargePage, result), &sink)
    return result
  }

  /// Gives the page of a table that went back to the page allocator. Models `pgtable_free()` behind the
  /// flush of a collapse.
  mutating func freeTable<Sink: EventSink>(_ frame: PFN?, _ sink: inout Sink) {
    if let frame { freeTablePage(frame, &sink.listener) }
  }

  /// The first of the 512 leaves. A 2M leaf's go over to the 4K layout; a 1G leaf's keep the large
  /// one. What is not present has neither PSE nor G.
  @inline(__always)
  private static func firstChild(of leaf: PageTables.Leaf) -> Entry {
    var flags = leaf.size == .size2M ? leaf.flags.largeTo4K : leaf.flags
    if !flags.contains(.present) {
      flags = leaf.size == .size2M ? flags : flags.subtracting(.pse)
      flags = flags.droppingGlobalUnlessPresent
    }
    return Entry(leaf.pfn, flags)
  }

  /// Takes forbidden bits from the new entries (`split_set_pte()`).
  private mutating func protectChildren<Sink: EventSink>(
    _ start: VirtualAddress, _ first: Entry, _ sink: inout Sink,
  ) {
    let flags = first.flags(.size4K)
    for index in 0..<UInt64(512) {
      let address = start + PageCount(index)
      let pfn = first.pfn(.size4K) + PageCount(index)
      let allowed = staticProtections(flags, address, pfn, pages: 1, leafSize: nil)
      guard allowed != flags else { continue }
      emit(
        .entryWritten(address, .size4K, old: Entry(pfn, flags), new: Entry(pfn, allowed)), &sink)
    }
  }

  /// Moves the counters of the direct map. Models `split_page_count()`: a counter at 0 stays, and
  /// then nothing moves at all.
  @inline(__always)
  private mutating func countSplit<Sink: EventSink>(
    _ address: VirtualAddress, _ size: LeafSize, _ sink: inout Sink,
  ) {
    guard let smaller = size.smaller, isCounted(address), counters[.directMap(size)] != 0 else {
      return
    }
    emit(.counted(.directMap(size), -1), &sink)
    emit(.counted(.directMap(smaller), 512), &sink)
    if isRunning, let line = Counter.splits(size) { emit(.counted(line, 1), &sink) }
  }

  /// Whether leaves at this address are in the counters of the direct map: its own, and those of the
  /// kernel image's high map, but none of vmalloc space.
  /// Models `virt_addr_valid()` and `pfn_range_is_mapped()` as `__split_large_page()` asks them.
  @inline(__always)
  func isCounted(_ address: VirtualAddress) -> Bool {
    if let pfn = AddressLayout.directMapFrame(of: address) { return setup.memory.contains(pfn) }
    guard address >= AddressLayout.kernelMap, address < AddressLayout.modulesStart else {
      return false
    }
    guard let image = setup.image else { return false }
    return setup.memory.contains(image.frame(ofHighMap: address))
  }
}
