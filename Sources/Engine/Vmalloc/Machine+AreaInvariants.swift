extension Machine {
  /// Checks that areas do not overlap, and that nothing is mapped outside them.
  func checkAreas() throws(BrokenInvariant) {
    let all = (areas.live + areas.lazilyFreed).sorted { $0.start < $1.start }
    for (area, next) in zip(all, all.dropFirst()) where area.reserved.overlaps(next.reserved) {
      throw .areasOverlap(next.start)
    }
    for area in all where area.unused >= 512 || PageCount(UInt64(area.unused)) >= area.pages {
      throw .wrongUnused(area.start, area.unused)
    }
    for run in tables.runs(
      from: vmallocRange.lowerBound, pages: vmallocRange.upperBound - vmallocRange.lowerBound)
    where run.size != nil {
      var address = run.start
      let end = run.start + run.pages
      while address < end {
        guard areas.area(at: address) != nil, let leaf = tables.lookup(address) else {
          throw .mappedOutsideArea(address)
        }
        try checkFlags(leaf, at: address.alignedDown(to: leaf.size))
        address = address + address.pagesToEnd(of: leaf.size)
      }
    }
  }
}
