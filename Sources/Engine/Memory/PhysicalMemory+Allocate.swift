// Taking blocks: mm/page_alloc.c, 6.12.

extension PhysicalMemory {
  /// Takes a block of 2 to the power of `order` pages; `nil` if no zone can serve. Models
  /// `get_page_from_freelist()`, without watermarks but for what low zones keep back.
  ///
  /// - Parameters:
  ///   - order: 0 to 10; with any other, nothing can serve.
  ///   - node: where to look first; without it, where the CPU is.
  ///   - exactNode: whether no other node may serve (`__GFP_THISNODE`).
  mutating func allocate<Sink: EventSink>(
    order: Int, type: MigrateType, node: Int? = nil, exactNode: Bool = false,
    owner: Owner = .kernel, _ sink: inout Sink,
  ) -> PFN? {
    prepare()
    let node = node ?? cpuNode
    guard order >= 0, order < ListBook.orders, node >= 0, node < layout.nodeCount else {
      return nil
    }
    precondition(Int(owner.rawValue) < ownerNames.count, "An owner of pages was never named.")
    let list = unsafe layout.flatList(ofNode: node)
    let count = unsafe exactNode ? list[1] : list[0]
    var spares = unsafe list[2] == 1
    // Where there are watermarks, first down to the low one, then down to the least.
    var keepsLow = layout.cpuLists != nil
    var index = 0
    while index < count {
      let zone = unsafe list[3 &+ index]
      if spares, index > 0, unsafe isRemote(zone, list[3]) {
        // Mixing types here is better than going to another node.
        spares = false
        index = 0
        continue
      }
      let kept = layout.cpuLists == nil ? 0 : watermark(ofZone: zone, isLow: keepsLow)
      if let block = take(order, type, zone: zone, above: kept, sparing: spares, &sink) {
        emit(.allocated(block, owner), &sink)
        return block.first
      }
      index += 1
      if index == count, spares || keepsLow {
        if spares { spares = false } else { keepsLow = false }
        index = 0
      }
    }
    sink.record(.decided(.memory(.exhausted(order: order, type, node: node))))
    return nil
  }

  private func watermark(ofZone zone: Int, isLow: Bool) -> UInt64 {
    let marks = watermarks(ofZone: zone)
    return isLow ? marks.low : marks.min
  }

  private func isRemote(_ zone: Int, _ preferred: Int) -> Bool {
    zones[zone].node != zones[preferred].node
  }

  /// Takes a block from one zone. Models `rmqueue()`.
  @inline(__always)
  private mutating func take<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, above kept: UInt64, sparing: Bool,
    _ sink: inout Sink,
  ) -> PageState.Block? {
    let sums = unsafe lists.zone(zone)
    // Models `__zone_watermark_ok()`.
    guard unsafe sums[0] > sums[2] &+ kept &+ (1 &<< UInt64(order)) &- 1 else {
      unsafe sink.record(
        .decided(
          .memory(
            .zoneKept(zone: zone, free: PageCount(sums[0]), reserve: PageCount(sums[2] &+ kept)))))
      return nil
    }
    if usesCPULists(order: order) {
      return takeFromCPUList(order, type, zone: zone, sparing: sparing, &sink)
    }
    return takeFromFreeLists(order, type, zone: zone, sparing: sparing, &sink)
  }

  /// Models `__rmqueue()`.
  @inline(__always)
  mutating func takeFromFreeLists<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, sparing: Bool, _ sink: inout Sink,
  ) -> PageState.Block? {
    if let block = takeSmallest(order, type, zone: zone, &sink) { return block }
    return fallBack(order, type, zone: zone, sparing: sparing, &sink)
  }

  /// The first block of the smallest order that is large enough. Models `__rmqueue_smallest()`.
  @inline(__always)
  mutating func takeSmallest<Sink: EventSink>(
    _ order: Int, _ type: MigrateType, zone: Int, _ sink: inout Sink,
  ) -> PageState.Block? {
    var list = unsafe lists.list(zone, type, order)
    var larger = order
    while larger < ListBook.orders {
      let head = unsafe list[0]
      if head != PageWord.none {
        let block = PageState.Block(first: PFN(head), order: larger, type: type)
        sink.record(.decided(.memory(.served(zone: zone, order: order, block))))
        emit(.unlisted(block), &sink)
        expand(block, to: order, &sink)
        return PageState.Block(first: PFN(head), order: order, type: type)
      }
      larger &+= 1
      unsafe list += 3
    }
    return nil
  }

  /// Puts the upper halves of a block back until a block of `order` is left. Models `expand()`.
  @inline(__always)
  mutating func expand<Sink: EventSink>(
    _ block: PageState.Block, to order: Int, _ sink: inout Sink,
  ) {
    var half = block.order
    while half > order {
      half &-= 1
      let upper = PFN(block.first.rawValue &+ 1 &<< UInt64(truncatingIfNeeded: half))
      emit(
        .listed(PageState.Block(first: upper, order: half, type: block.type), atTail: false),
        &sink)
    }
  }
}
