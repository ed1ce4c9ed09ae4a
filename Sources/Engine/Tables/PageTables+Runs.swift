extension PageTables {
  /// Appends the runs of a range to a buffer, in rising order and without gaps: equal neighbours run
  /// together, also across the borders of tables. A leaf that reaches over an end of the range is
  /// cut there.
  public func readRuns(
    from start: VirtualAddress, pages: PageCount, into runs: inout [LeafRun],
  ) {
    guard pages > 0 else { return }
    var reader = RunReader(runs: runs, end: start + pages)
    runs = []
    reader.read(root, shift: rootShift, from: start)
    reader.finish()
    runs = reader.runs
  }

  /// The runs of a range.
  public func runs(from start: VirtualAddress, pages: PageCount) -> [LeafRun] {
    var runs: [LeafRun] = []
    readRuns(from: start, pages: pages, into: &runs)
    return runs
  }

  /// How many tables there are, the root included.
  public var tableCount: Int { countTables(root) }

  private func countTables(_ node: TableNode) -> Int {
    var count = 1
    unsafe node.forEachChild { _, child in
      count += unsafe child._withUnsafeGuaranteedRef(countTables)
    }
    guard node.header.standsForTables else { return count }
    for index in 0..<TableNode.entryCount
    where unsafe Entry(word: node.words[index]).isUniformTable { count += 1 }
    return count
  }
}

/// Collects runs on one way through the tables.
private struct RunReader {
  var runs: [LeafRun]
  /// The end of the range; 0 stands for the end of the address space.
  let end: VirtualAddress
  private var open: LeafRun?

  init(runs: [LeafRun], end: VirtualAddress) {
    self.runs = runs
    self.end = end
  }

  /// Reads the entries of a table from an address on, up to the end of the table or the range.
  mutating func read(_ node: TableNode, shift: UInt64, from start: VirtualAddress) {
    var address = start
    var index = start.tableIndex(shift)
    let slotBytes: UInt64 = 1 << shift
    let size = LeafSize(shift: shift)
    let mask = Entry.flagsMask(size ?? .size1G)
    let words = unsafe node.words
    while index < TableNode.entryCount, address != end, end.rawValue == 0 || address < end {
      if let children = unsafe node.children, let child = unsafe children[index] {
        read(child, shift: shift - 9, from: address)
        index += 1
        address = VirtualAddress((address.rawValue & ~(slotBytes - 1)) &+ slotBytes)
        continue
      }
      let word = unsafe words[index]
      if Entry(word: word).isPatchedTable {
        read(node.spellingOut(at: index), shift: shift - 9, from: address)
        index += 1
        address = VirtualAddress((address.rawValue & ~(slotBytes - 1)) &+ slotBytes)
        continue
      }
      let isUniform = Entry(word: word).isUniformTable
      let mask = isUniform ? Entry.flagsMask(.size4K) : mask
      let same = unsafe countEqual(
        words + index, limit: TableNode.entryCount - index, mask: mask, children: node.children,
        from: index)
      index += same
      let next = VirtualAddress(
        (address.rawValue & ~(slotBytes - 1)) &+ UInt64(same) &* slotBytes)
      let stop = end.rawValue != 0 && (next > end || next.rawValue == 0) ? end : next
      add(
        LeafRun(
          start: address, pages: stop - address,
          size: word == 0 ? nil : isUniform ? .size4K : size,
          flags: EntryFlags(rawValue: word & mask & ~Entry.uniformMark)))
      address = stop
    }
  }

  /// How many entries from the first on are leaves with its flags, or equally nothing.
  @inline(__always)
  private func countEqual(
    _ words: UnsafeMutablePointer<UInt64>, limit: Int, mask: UInt64,
    children: UnsafeMutablePointer<TableNode?>?, from index: Int,
  ) -> Int {
    let flags = unsafe words[0] & mask
    let isNone = unsafe words[0] == 0
    var count = 1
    if let children = unsafe children {
      while count < limit, unsafe words[count] & mask == flags,
        unsafe (words[count] == 0) == isNone, unsafe children[index + count] == nil
      {
        count += 1
      }
      return count
    }
    guard !isNone else {
      while count < limit, unsafe words[count] == 0 { count += 1 }
      return count
    }
    // Sixteen at a time without a branch, which the compiler turns into vector code.
    while count + 16 <= limit {
      var difference: UInt64 = 0
      for index in count..<(count + 16) { difference |= unsafe words[index] ^ flags }
      guard difference & mask == 0 else { break }
      count += 16
    }
    while count < limit, unsafe words[count] & mask == flags { count += 1 }
    return count
  }

  mutating func add(_ run: LeafRun) {
    if var last = open, last.size == run.size, last.flags == run.flags {
      last.pages += run.pages
      open = last
      return
    }
    finish()
    open = run
  }

  mutating func finish() {
    if let run = open { runs.append(run) }
    open = nil
  }
}
