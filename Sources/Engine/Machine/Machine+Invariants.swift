extension Machine {
  /// What must hold of every machine, whatever was asked of it.
  public enum BrokenInvariant: Error, Equatable, Sendable {
    /// A page of RAM is not in the direct map.
    case ramNotMapped(PFN)
    /// The direct map covers frames that are no RAM, above the first MiB.
    case mappedBeyondRAM(PFN, LeafSize)
    /// A direct-map leaf shows other frames than its address stands for.
    case wrongFrame(VirtualAddress, PFN)
    /// A leaf's first frame is not a multiple of its size.
    case misalignedLeaf(VirtualAddress, LeafSize)
    /// An entry of 2M or 1G that is not present has G or PSE.
    case flagsOfAbsentEntry(VirtualAddress, EntryFlags)
    /// A present leaf of 2M or 1G lacks PSE.
    case largeLeafWithoutPSE(VirtualAddress)
    /// Something is mapped in vmalloc space where no area is.
    case mappedOutsideArea(VirtualAddress)
    /// Two areas, or an area and the guard page of another, have an address in common.
    case areasOverlap(VirtualAddress)
    /// More pages of an area are unused than rounding to 2M blocks leaves.
    case wrongUnused(VirtualAddress, UInt16)
    /// Something is wrong with the page allocator's books.
    case memory(PhysicalMemory.BrokenInvariant)
    /// A page is in the caches of policies twice.
    case pageHeldTwice(PFN)
    /// A page in the cache of a policy is not allocated for it.
    case heldPageNotAllocated(PFN)
    /// Some of the 16 entries of a contiguous group have CONT, not all (arm64).
    case brokenGroup(VirtualAddress, LeafSize)
    /// A policy says that it holds more or fewer pages than it does.
    case wrongPagesHeld(PolicyName)
    /// A range of the process overlaps another, lies outside the space, or counts its pages wrong.
    case wrongRange(Name)
    /// The process maps a page that is not allocated for it.
    case userPageNotAllocated(PFN)
    /// The process maps a page twice.
    case userPageMappedTwice(PFN)
    /// A folio has more or fewer references than entries that show it.
    case wrongReferences(PFN)
    /// A call ended and what gathers pages is still there.
    case gatherLeftOpen
  }

  /// Checks what must hold; throws the first thing that does not. Dear: reads every table.
  public func checkInvariants() throws(BrokenInvariant) {
    var next = setup.pageOffset
    for range in mappedRanges {
      let start = directMapAddress(of: range.lowerBound)
      let end = directMapAddress(of: range.upperBound)
      try checkHole(next..<start)
      if setup.isArm64 { try checkLinearMap(range) } else { try checkLeaves(range) }
      next = end
    }
    try checkHole(next..<layout.directMap.upperBound)
    try checkAreas()
    do { try physical.checkInvariants() } catch { throw .memory(error) }
    try checkPolicies()
    try checkProcesses()
  }

  /// What is wrong with the leaves of the direct map that a call wrote, of which it looks at a few: so
  /// cheap that it is asked after every call of a history. `nil` if nothing is.
  public func brokenInvariant(_ summary: CallSummary) -> BrokenInvariant? {
    guard let written = summary.written else { return nil }
    var address = written.lowerBound
    do throws(BrokenInvariant) {
      for _ in 0..<16 where address <= written.upperBound {
        guard let leaf = tables.lookup(address) else { return nil }
        let start = address.alignedDown(to: leaf.size)
        guard AddressLayout.directMapFrame(of: start) == leaf.pfn else {
          throw .wrongFrame(start, leaf.pfn)
        }
        try checkFlags(leaf, at: start)
        address = address + address.pagesToEnd(of: leaf.size)
      }
      return nil
    } catch {
      return error
    }
  }

  /// The frames that boot maps: the RAM, and the first MiB whole if any of it is RAM.
  private var mappedRanges: [Range<PFN>] {
    guard !setup.isArm64, let first = memory.ranges.first, first.lowerBound < 256 else {
      return memory.ranges
    }
    return MemoryMap(memory.ranges + [0..<256]).ranges
  }

  private func checkLeaves(_ range: Range<PFN>) throws(BrokenInvariant) {
    var address = directMapAddress(of: range.lowerBound)
    let end = directMapAddress(of: range.upperBound)
    while address < end {
      guard let leaf = tables.lookup(address) else {
        throw .ramNotMapped(AddressLayout.directMapFrame(of: address) ?? range.lowerBound)
      }
      try check(leaf, at: address, in: range)
      address = address + address.pagesToEnd(of: leaf.size)
    }
  }

  private func checkHole(_ addresses: Range<VirtualAddress>) throws(BrokenInvariant) {
    guard !addresses.isEmpty else { return }
    for run in tables.runs(
      from: addresses.lowerBound, pages: addresses.upperBound - addresses.lowerBound)
    {
      guard let size = run.size else { continue }
      throw .mappedBeyondRAM(AddressLayout.directMapFrame(of: run.start) ?? 0, size)
    }
  }

  private func check(
    _ leaf: PageTables.Leaf, at address: VirtualAddress, in range: Range<PFN>,
  ) throws(BrokenInvariant) {
    let start = address.alignedDown(to: leaf.size)
    guard AddressLayout.directMapFrame(of: start) == leaf.pfn else {
      throw .wrongFrame(start, leaf.pfn)
    }
    guard range.lowerBound <= leaf.pfn, leaf.pfn + leaf.size.pages <= range.upperBound else {
      throw .mappedBeyondRAM(leaf.pfn, leaf.size)
    }
    try checkFlags(leaf, at: start)
  }

  func checkFlags(
    _ leaf: PageTables.Leaf, at start: VirtualAddress,
  ) throws(BrokenInvariant) {
    guard leaf.pfn.isAligned(to: leaf.size) else { throw .misalignedLeaf(start, leaf.size) }
    let isLarge = leaf.size > .size4K
    // What is a block says the level on arm64, and G stays in an entry that is not valid.
    if setup.isArm64 { return }
    if leaf.entry.isPresent {
      guard !isLarge || leaf.flags.contains(.pse) else { throw .largeLeafWithoutPSE(start) }
    } else {
      // KFENCE takes P from an entry of 4K behind CPA's back and leaves G in it.
      guard !isLarge || leaf.flags.isDisjoint(with: [.global, .pse]) else {
        throw .flagsOfAbsentEntry(start, leaf.flags)
      }
    }
  }
}
