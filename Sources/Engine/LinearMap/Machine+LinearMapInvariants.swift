extension Machine {
  /// Checks that a range of RAM is mapped without holes and by legal leaves, each by its own frames,
  /// and that CONT is set for whole groups of 16 entries that begin at a multiple of their size, or for
  /// none of them. Of 4K leaves in a row the frames of one in 512 are looked at, and of the last.
  func checkLinearMap(_ range: Range<PFN>) throws(BrokenInvariant) {
    let start = directMapAddress(of: range.lowerBound)
    let pages = range.upperBound - range.lowerBound
    var next = start
    for run in tables.runs(from: start, pages: pages) {
      guard let size = run.size, run.start == next else {
        throw .ramNotMapped(AddressLayout.directMapFrame(of: next) ?? range.lowerBound)
      }
      next = run.start + run.pages
      guard run.start.isAligned(to: size), run.pages.rawValue % size.pages.rawValue == 0 else {
        throw .misalignedLeaf(run.start, size)
      }
      if run.flags.contains(.contiguous) {
        let group = size.pages.rawValue << 4
        let isWhole =
          run.pages.rawValue % group == 0 && (run.start.rawValue >> 12) % group == 0
          && size < .size1G
        guard isWhole else { throw .brokenGroup(run.start, size) }
      }
      try checkFrames(of: run, size)
    }
  }

  private func checkFrames(of run: LeafRun, _ size: LeafSize) throws(BrokenInvariant) {
    let step = max(size.pages.rawValue, LeafSize.size2M.pages.rawValue)
    var offset: UInt64 = 0
    while offset < run.pages.rawValue {
      try checkFrame(at: run.start + PageCount(offset))
      offset += step
    }
    try checkFrame(at: run.start + PageCount(run.pages.rawValue - 1))
  }

  private func checkFrame(at address: VirtualAddress) throws(BrokenInvariant) {
    guard let leaf = tables.lookup(address) else {
      throw .ramNotMapped(AddressLayout.directMapFrame(of: address) ?? 0)
    }
    let start = address.alignedDown(to: leaf.size)
    guard AddressLayout.directMapFrame(of: start) == leaf.pfn else {
      throw .wrongFrame(start, leaf.pfn)
    }
    guard leaf.pfn.isAligned(to: leaf.size) else { throw .misalignedLeaf(start, leaf.size) }
  }
}
