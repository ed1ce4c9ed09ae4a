// Reading a pageblock at once: a map draws all of its pages.

extension PhysicalMemory {
  /// Visits the pages of a pageblock by rising frame, pages in a row that share a state together: those
  /// of one block, those that boot keeps, those that are no RAM.
  ///
  /// - Parameters:
  ///   - index: the pageblock's first frame divided by 512.
  ///   - visit: is given places in the pageblock, from 0 to 512, and what is known of the pages there.
  public func forEachState(
    inPageblock index: UInt64, _ visit: (_ places: Range<Int>, PageState) -> Void,
  ) {
    let start = index << 9
    guard ram.contains(PFN(start)..<PFN(start + PageChunk.pages)) else {
      return forEachSingleState(from: start, visit)
    }
    guard let words = unsafe store.words(index) else {
      // Runs of blocks that nobody touched hold whole pageblocks.
      return visit(0..<Int(PageChunk.pages), owner(of: PFN(start)))
    }
    let end = Int(PageChunk.pages)
    var place = 0
    while place < end {
      let word = unsafe words[place * 2]
      let state = word & PageWord.State.mask
      if state == PageWord.State.reserved {
        let first = place
        while place < end,
          unsafe words[place * 2] & PageWord.State.mask == PageWord.State.reserved
        {
          place += 1
        }
        visit(first..<place, .reserved)
      } else if state == PageWord.State.inside {
        // A block of order 10 that begins in the pageblock before, or a page between two owners.
        let known = owner(of: PFN(start + UInt64(place)))
        var next = place + 1
        switch known {
        case .free(let block), .allocated(let block, _):
          next = Int(min(block.first.rawValue + block.pages.rawValue - start, PageChunk.pages))
        case .hole, .reserved, .unowned: break
        }
        visit(place..<next, known)
        place = next
      } else {
        let next = min(end, place + 1 << PageWord.order(word))
        visit(place..<next, owner(of: PFN(start + UInt64(place))))
        place = next
      }
    }
  }

  /// The same page by page, where RAM begins or ends in the pageblock.
  private func forEachSingleState(
    from start: UInt64, _ visit: (_ places: Range<Int>, PageState) -> Void,
  ) {
    for place in 0..<Int(PageChunk.pages) {
      visit(place..<place + 1, owner(of: PFN(start + UInt64(place))))
    }
  }
}

extension PhysicalMemory {
  /// The pageblocks that may differ from those of another memory, a copy of this one from before or
  /// after; all others are alike, page by page. `nil` where they are not known, as the RAM differs.
  ///
  /// Both memories must be kept while the answer is of interest: records that nobody else shares are
  /// written in place.
  public func pageblocksApart(from other: PhysicalMemory) -> [UInt64]? {
    guard ram == other.ram, zones.count == other.zones.count else { return nil }
    return store.indicesApart(from: other.store)
  }

  /// The frames around one that nobody touched since boot gave them to the page allocator: free blocks of
  /// order 10 in a row. `nil` where the frame is none of these.
  public func untouched(around pfn: PFN) -> Range<PFN>? {
    run(holding: pfn.rawValue).map { PFN(runs[$0].start)..<PFN(runs[$0].end) }
  }
}
