// What boot gives to the page allocator: mm/memblock.c and mm/page_alloc.c, 6.12.

extension PhysicalMemory {
  /// Gives frames that boot kept to the page allocator, in the largest blocks there are, to the tails
  /// of the lists. Models `__free_pages_memory()`, mm/memblock.c.
  mutating func handOver<Sink: EventSink>(_ frames: Range<PFN>, _ sink: inout Sink) {
    prepare()
    for zone in zones.indices where zones[zone].span.overlaps(frames) {
      for piece in ram.ranges(overlapping: frames.clamped(to: zones[zone].span)) {
        for range in nodes[zones[zone].node].ranges where range.overlaps(piece) {
          let part = piece.clamped(to: range).clamped(to: zones[zone].span).clamped(to: frames)
          if !part.isEmpty { handOverInZone(part, &sink) }
        }
      }
    }
  }

  private mutating func handOverInZone<Sink: EventSink>(
    _ frames: Range<PFN>, _ sink: inout Sink,
  ) {
    let block = FreeRun.blockPages
    let first = (frames.lowerBound.rawValue + block - 1) / block * block
    let last = frames.upperBound.rawValue / block * block
    guard first < last else { return handOverEdge(frames, &sink) }
    handOverEdge(frames.lowerBound..<PFN(first), &sink)
    emit(.listedRun(PFN(first), blocks: (last - first) / block), &sink)
    handOverEdge(PFN(last)..<frames.upperBound, &sink)
  }

  private mutating func handOverEdge<Sink: EventSink>(
    _ frames: Range<PFN>, _ sink: inout Sink,
  ) {
    guard !frames.isEmpty else { return }
    emit(.handedOver(frames.lowerBound, frames.upperBound - frames.lowerBound), &sink)
    var pfn = frames.lowerBound.rawValue
    let end = frames.upperBound.rawValue
    while pfn < end {
      var order = min(ListBook.orders - 1, pfn == 0 ? 63 : pfn.trailingZeroBitCount)
      while pfn + 1 << UInt64(order) > end { order -= 1 }
      _ = insert(PFN(pfn), order: order, toTail: true, &sink)
      pfn += 1 << UInt64(order)
    }
  }

  /// Gives frames that boot kept to the page allocator, one by one, to the heads of the lists. Models
  /// `free_reserved_area()`.
  mutating func freeReserved<Sink: EventSink>(_ frames: Range<PFN>, _ sink: inout Sink) {
    guard !frames.isEmpty, isKnown else { return }
    prepare()
    emit(.handedOver(frames.lowerBound, frames.upperBound - frames.lowerBound), &sink)
    for pfn in frames.lowerBound.rawValue..<frames.upperBound.rawValue {
      insert(PFN(pfn), order: 0, toTail: false, &sink)
    }
  }
}
