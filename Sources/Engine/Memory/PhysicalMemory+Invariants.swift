extension PhysicalMemory {
  /// What must hold of memory, whatever was asked of it.
  public enum BrokenInvariant: Error, Equatable, Sendable {
    /// A block on a list is not what the list holds, or not of its zone.
    case strangerOnList(zone: Int, order: Int, MigrateType, PFN)
    /// A list has another length than its count, or its last block is not its tail.
    case wrongCount(zone: Int, order: Int, MigrateType)
    /// A zone's blocks are more or fewer pages than its sum.
    case wrongSum(zone: Int)
    /// A page is part of two blocks, or of none though the page allocator has it.
    case wrongPage(PFN)
    /// An owner's blocks are more or fewer pages than its sum.
    case wrongOwnerSum(Owner)
  }

  /// Checks what must hold; throws the first thing that does not. Dear: reads every record.
  public func checkInvariants() throws(BrokenInvariant) {
    var listed: UInt64 = 0
    for zone in zones.indices { listed += try checkLists(ofZone: zone) }
    var free = runs.reduce(UInt64(0)) { $0 + ($1.end - $1.start) / FreeRun.blockPages }
    var owned = [UInt64](repeating: 0, count: ownerNames.count)
    var allocated = [UInt64](repeating: 0, count: zones.count)
    var wrong: PFN?
    // The end of the block that the walk is in.
    var end: UInt64 = 0
    unsafe store.forEachChunk { index, _, words in
      for page in 0..<PageChunk.pages {
        let pfn = index << 9 + page
        let word = unsafe words[Int(page) * 2]
        let state = word & PageWord.State.mask
        if (state == PageWord.State.inside) != (pfn < end) { wrong = wrong ?? PFN(pfn) }
        guard state == PageWord.State.free || state == PageWord.State.allocated else { continue }
        end = pfn + 1 << UInt64(PageWord.order(word))
        if state == PageWord.State.free {
          free += 1
        } else {
          let pages: UInt64 = 1 << UInt64(PageWord.order(word))
          owned[Int(UInt32(truncatingIfNeeded: word))] += pages
          if let zone = zone(of: PFN(pfn)) { allocated[zone] += pages }
        }
      }
    }
    if let wrong { throw .wrongPage(wrong) }
    guard free == listed else { throw .wrongPage(ram.end) }
    for zone in zones.indices
    where managedPages(inZone: zone) != freePages(inZone: zone) + PageCount(allocated[zone]) {
      throw .wrongSum(zone: zone)
    }
    for owner in owners where pages(of: owner).rawValue != owned[Int(owner.rawValue)] {
      throw .wrongOwnerSum(owner)
    }
  }

  /// Checks the lists of a zone; returns how many blocks they hold.
  private func checkLists(ofZone zone: Int) throws(BrokenInvariant) -> UInt64 {
    var blocks: UInt64 = 0
    var pages: PageCount = 0
    for type in MigrateType.allCases {
      for order in 0..<ListBook.orders {
        let count = freeBlocks(inZone: zone, type, order: order)
        var length: UInt64 = 0
        var last: PFN?
        var stranger: PFN?
        forEachFreeStretch(inZone: zone, type, order: order) { first, end, blocks in
          let block = PageState.Block(first: first, order: order, type: type)
          if owner(of: first) != .free(block) || self.zone(of: first) != zone { stranger = first }
          last = end
          length += blocks
          return stranger == nil && length <= count
        }
        if let stranger {
          throw .strangerOnList(zone: zone, order: order, type, stranger)
        }
        let tail = unsafe lists.list(zone, type, order)[1]
        guard length == count, tail == last?.rawValue ?? PageWord.none else {
          throw .wrongCount(zone: zone, order: order, type)
        }
        blocks += count
        pages += PageCount(count << UInt64(order))
      }
    }
    guard pages == freePages(inZone: zone) else { throw .wrongSum(zone: zone) }
    return blocks
  }
}
