// What the records say of single blocks.

extension PageStore {
  /// A pageblock that was touched: its type and its words.
  @safe struct Pageblock {
    let type: MigrateType
    let words: UnsafeMutablePointer<UInt64>

    /// The zone of one of its pages, in the place where a page's second word has it.
    @inline(__always)
    func zoneBits(of pfn: UInt64) -> UInt64 {
      unsafe words[Int(truncatingIfNeeded: pfn & 511) &* 2 &+ 1] & ~PageWord.linkMask
    }

    /// The list that holds a free block of the pageblock; `nil` if there is none of this order, or in
    /// another zone.
    @inline(__always)
    func freeType(_ pfn: UInt64, _ order: Int, _ zone: UInt64) -> MigrateType? {
      let page = unsafe words + Int(truncatingIfNeeded: pfn & 511) &* 2
      let word = unsafe page[0]
      guard
        word & PageWord.kindMask == PageWord.State.free | UInt64(truncatingIfNeeded: order) << 40,
        unsafe page[1] & ~PageWord.linkMask == zone
      else { return nil }
      return PageWord.type(word)
    }
  }

  /// The allocated block that begins at a frame, if it has this order, and its owner.
  @inline(__always)
  func allocatedBlock(_ pfn: PFN, order: Int) -> (PageState.Block, Owner)? {
    guard let words = unsafe words(pfn.rawValue >> 9) else { return nil }
    let word = unsafe words[Int(truncatingIfNeeded: pfn.rawValue & 511) &* 2]
    guard
      word & PageWord.kindMask
        == PageWord.State.allocated | UInt64(truncatingIfNeeded: order) << 40
    else { return nil }
    let block = PageState.Block(first: pfn, order: order, type: PageWord.type(word))
    return (block, Owner(rawValue: UInt32(truncatingIfNeeded: word)))
  }

  /// The list that holds a free block; `nil` if there is none of this order, or in another zone.
  @inline(never)
  func freeType(_ pfn: UInt64, _ order: Int, _ zone: UInt64) -> MigrateType? {
    pageblock(pfn >> 9)?.freeType(pfn, order, zone)
  }
}
