extension Machine {
  /// Flushes after a request that wrote an entry of its range, and collapses if it asked for that.
  /// Models `cpa_flush()`, 6.12 and 7.2; with `flushesRange` that of 6.18 and 7.0.
  @inline(__always)
  mutating func cpaFlush<Sink: EventSink>(
    _ request: inout CPARequest, _ setsCacheType: Bool, _ sink: inout Sink,
  ) {
    emit(.entered(.cpaFlush, request.start, request.pages), &sink)
    emit(.counted(.cpaFlush, 1), &sink)
    if setup.hooks.contains(.flushes), policiesWillFlush(request, &sink.listener) {
      request.findings.insert(.visitedAlias)
    }
    if setsCacheType, !setup.cpu[.clflush] {
      emit(.flushed(.allAfterFailure), &sink)
      emit(.flushed(.allCaches), &sink)
    } else {
      if setup.kernel.flushesRange {
        // From the first page on as many pages as the request has: of an array too.
        let isForced = request.findings.contains(.visitedAlias)
        emit(.flushed(isForced ? .kernelRangeToEnd : .kernelRange(request.pages)), &sink)
      } else if request.findings.contains(.visitedAlias)
        || request.pages > Self.singlePageFlushCeiling
      {
        emit(.flushed(.all), &sink)
      } else {
        emit(.flushed(.pages(request.pages)), &sink)
      }
      if setsCacheType { flushCacheLines(request, &sink) }
    }
    if request.collapses { cpaCollapseLargePages(request, &sink) }
    emit(.left(.cpaFlush, .success), &sink)
  }

  /// CLFLUSH over the pages of the request that are present. The kernel looks up every page; here
  /// the pages of one leaf are taken together.
  private mutating func flushCacheLines<Sink: EventSink>(
    _ request: CPARequest, _ sink: inout Sink,
  ) {
    var present: PageCount = 0
    var index: PageCount = 0
    while index < request.pages, sink.goesOn(index.rawValue, of: request.pages.rawValue) {
      let address = request.address(ofPage: index)
      let leaf = tables.lookup(address)
      var together: PageCount = 1
      if let leaf, !request.isArray {
        together = min(address.pagesToEnd(of: leaf.size), request.pages - index)
      }
      if leaf?.entry.isPresent == true { present += together }
      index += together
    }
    if present > 0 { emit(.flushed(.cacheLines(present)), &sink) }
  }
}
