extension Machine {
  /// Checks that CONT is set for whole groups of 16 entries that begin at a multiple of their size, or
  /// for none of them.
  func checkContiguousGroups() throws(BrokenInvariant) {
    let runs = tables.runs(
      from: directMapRange.lowerBound,
      pages: directMapRange.upperBound - directMapRange.lowerBound)
    for run in runs where run.flags.contains(.contiguous) {
      guard let size = run.size else { continue }
      let group = size.pages.rawValue << 4
      let isWhole =
        run.pages.rawValue % group == 0 && (run.start.rawValue >> 12) % group == 0
        && size < .size1G
      guard isWhole else { throw .brokenGroup(run.start, size) }
    }
  }
}
