extension PhysicalMemory {
  /// Adds all that tells this memory from another.
  func add(to sum: inout Checksum) {
    sum.add(cpuNode)
    cpuLists.add(to: &sum)
    sum.add(runs) { $0.add(to: &$1) }
    addBook(to: &sum)
    sum.add(ownerNames) { name, sum in
      sum.add(name != nil)
      name?.add(to: &sum)
    }
    unsafe store.forEachChunk { index, type, words in
      sum.add(index)
      sum.add(UInt64(type.rawValue))
      unsafe Self.add(words, to: &sum)
    }
  }

  /// The words of a chunk that say something: those of the first page of each block, and of a free
  /// block the link too.
  private static func add(_ words: UnsafePointer<UInt64>, to sum: inout Checksum) {
    var page = unsafe words
    let end = unsafe words + Int(PageChunk.pages) * 2
    while unsafe page < end {
      let word = unsafe page.pointee
      if word != PageWord.State.inside {
        unsafe sum.add(page - words)
        sum.add(word)
        if word & PageWord.State.mask == PageWord.State.free { sum.add(unsafe page[1]) }
      }
      unsafe page += 2
    }
  }
}

extension FreeRun {
  fileprivate func add(to sum: inout Checksum) {
    for word in [start, end, previous, next] { sum.add(word) }
    sum.add(zone)
  }
}
