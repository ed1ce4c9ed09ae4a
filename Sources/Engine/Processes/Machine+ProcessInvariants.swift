extension Machine {
  /// Checks the address space: what it maps is allocated for it, each page once, and counted.
  func checkProcesses() throws(BrokenInvariant) {
    guard processes.value.gather == nil else { throw .gatherLeftOpen }
    var mapped: Set<PFN> = []
    var left: [UInt64: UInt32] = [:]
    var end = UserRange.addressStart
    for held in processes.value.ranges {
      let range = held.range
      guard range.start >= end, range.addresses.upperBound <= layout.userPagesEnd else {
        throw .wrongRange(range.name)
      }
      end = range.addresses.upperBound
      var pages: PageCount = 0
      for index in 0..<range.pages.rawValue {
        guard let leaf = processes.value.tables.lookup(range.start + PageCount(index)) else {
          continue
        }
        pages += 1
        guard processes.value.userTables.has(.pte, at: range.start + PageCount(index)) else {
          throw .wrongRange(range.name)
        }
        guard mapped.insert(leaf.pfn).inserted else { throw .userPageMappedTwice(leaf.pfn) }
        guard isPage(leaf.pfn, of: range) else { throw .userPageNotAllocated(leaf.pfn) }
        left[leaf.pfn.rawValue & ~(range.folioPages.rawValue - 1), default: 0] += 1
      }
      guard pages == held.mapped else { throw .wrongRange(range.name) }
      if range.isFile { left = [:] }
      for (first, count) in left
      where count != processes.value.partialFolios[first] ?? UInt32(range.folioPages.rawValue) {
        throw .wrongReferences(PFN(first))
      }
      left = [:]
    }
  }

  private func isPage(_ pfn: PFN, of range: UserRange) -> Bool {
    guard case .allocated(let block, let owner) = physical.owner(of: pfn) else { return false }
    return block.order == Int(range.order) && physical.name(of: owner) == range.name
  }
}
