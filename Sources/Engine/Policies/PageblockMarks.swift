/// Pageblocks with a mark: a bit of the pageblock flags.
struct PageblockMarks: Equatable, Sendable {
  /// The first frames, by rising frame.
  private(set) var blocks: [PFN] = []

  /// Whether the pageblock that holds a frame is marked.
  func contains(_ pfn: PFN) -> Bool {
    let start = pfn.alignedDown(to: .size2M)
    let index = place(of: start)
    return index < blocks.count && blocks[index] == start
  }

  mutating func insert(_ pfn: PFN) {
    let start = pfn.alignedDown(to: .size2M)
    let index = place(of: start)
    if index == blocks.count || blocks[index] != start { blocks.insert(start, at: index) }
  }

  mutating func remove(_ pfn: PFN) {
    let start = pfn.alignedDown(to: .size2M)
    let index = place(of: start)
    if index < blocks.count, blocks[index] == start { blocks.remove(at: index) }
  }

  /// Where a block stands, or would.
  private func place(of start: PFN) -> Int {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
