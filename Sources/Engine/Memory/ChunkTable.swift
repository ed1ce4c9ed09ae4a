/// The slots of the chunks of a stretch of memory.
typealias ChunkTable = SharedRow<PageSlot>

extension ChunkTable {
  /// A table without a child.
  static func makeEmpty(_ count: Int) -> ChunkTable {
    let table = ChunkTable(uninitialized: count)
    for index in 0..<count { unsafe (table.elements + index).initialize(to: PageSlot(.empty)) }
    return table
  }

  /// A table with the same children; both say of each that it is shared.
  func copied() -> ChunkTable {
    let copy = ChunkTable(uninitialized: count)
    for index in 0..<count {
      let word = unsafe elements[index].word.shared
      PageChunk(at: word.address)?.retain()
      unsafe elements[index].word = word
      unsafe (copy.elements + index).initialize(to: PageSlot(word))
    }
    return copy
  }

  /// Counts one reference to the table less, and with the last one to each of its chunks.
  func releaseAll() {
    release { table in
      for index in 0..<table.count {
        PageChunk(at: unsafe table.elements[index].word.address)?.release()
      }
    }
  }
}

/// The slots of all tables. An object of the language, so that copies of a value count it without
/// being asked.
@safe final class PageRoot {
  let slots: UnsafeMutablePointer<PageSlot>
  let count: Int

  private init(uninitialized count: Int) {
    unsafe slots = .allocate(capacity: count)
    self.count = count
  }

  static func makeEmpty(_ count: Int) -> PageRoot {
    let root = PageRoot(uninitialized: count)
    for index in 0..<count { unsafe (root.slots + index).initialize(to: PageSlot(.empty)) }
    return root
  }

  /// A root with the same tables; both say of each that it is shared.
  func copied() -> PageRoot {
    let copy = PageRoot(uninitialized: count)
    for index in 0..<count {
      let word = unsafe slots[index].word.shared
      ChunkTable(at: word.address)?.retain()
      unsafe slots[index].word = word
      unsafe (copy.slots + index).initialize(to: PageSlot(word))
    }
    return copy
  }

  deinit {
    for index in 0..<count { ChunkTable(at: unsafe slots[index].word.address)?.releaseAll() }
    unsafe slots.deinitialize(count: count)
    unsafe slots.deallocate()
  }
}
