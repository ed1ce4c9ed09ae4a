extension Machine {
  /// Flushes after a request that wrote an entry of its range, and collapses if it asked for that.
  /// Models `cpa_flush()`, 6.12 and 7.2.
  @inline(__always)
  mutating func cpaFlush<Sink: EventSink>(
    _ request: inout CPARequest, _ setsCacheType: Bool, _ sink: inout Sink,
  ) {
    emit(.entered(.cpaFlush, request.start, request.pages), &sink)
    emit(.counted(.cpaFlush, 1), &sink)
    if setsCacheType, !setup.cpu.clflush {
      emit(.flushed(.allAfterFailure), &sink)
      emit(.flushed(.allCaches), &sink)
    } else {
      if request.findings.contains(.visitedAlias) || request.pages > Self.singlePageFlushCeiling {
        emit(.flushed(.all), &sink)
      } else {
        emit(.flushed(.pages(request.pages)), &sink)
      }
      if setsCacheType { flushCacheLines(request, &sink) }
    }
    if request.collapses { cpaCollapseLargePages(request, &sink) }
    emit(.left(.cpaFlush, .success), &sink)
  }

  /// CLFLUSH over the pages of the request that are present.
  private mutating func flushCacheLines<Sink: EventSink>(
    _ request: CPARequest, _ sink: inout Sink,
  ) {
    var present: PageCount = 0
    for index in 0..<request.pages.rawValue {
      if tables.lookup(request.address(ofPage: PageCount(index)))?.entry.isPresent == true {
        present += 1
      }
    }
    if present > 0 { emit(.flushed(.cacheLines(present)), &sink) }
  }
}
