extension Machine {
  /// How many entries block a leaf of this size: those that are not present, that still point
  /// to tables, that are 4K by request, that are out of row, or that differ from most; where a policy
  /// asks for certain flags, those that have others. `nil` where there is no table.
  ///
  /// Costs one pass over the table where most entries go together with the first one, else a few.
  public func blockers(_ size: LeafSize, at address: VirtualAddress) -> Int? {
    guard let smaller = size.smaller else { return nil }
    let target = mergeTarget
    return unsafe tables.withTable(at: address, size) { words, isTable in
      if let target { return unsafe Self.blockers(words, isTable, smaller, target) }
      let first = Entry(word: unsafe words[0])
      if first.isPresent, !isTable(0), size != .size2M || !first.flags(.size4K).contains(.kernel4K)
      {
        let alike = unsafe Self.countInRow(words, smaller)
        // Tables never are in a row with a leaf: they have no frame.
        if alike > TableNode.entryCount / 2 { return TableNode.entryCount - alike }
      }
      guard let majority = unsafe Majority(words, isTable, smaller) else {
        return TableNode.entryCount
      }
      return unsafe Self.blockers(words, isTable, smaller, majority)
    }
  }

  /// How many entries continue the first one, itself included.
  private static func countInRow(_ words: UnsafeMutablePointer<UInt64>, _ size: LeafSize) -> Int {
    let step = size.pages.bytes
    var expected = unsafe words[0]
    var count = 0
    for index in 0..<TableNode.entryCount {
      if unsafe words[index] == expected { count += 1 }
      expected &+= step
    }
    return count
  }

  private static func blockers(
    _ words: UnsafeMutablePointer<UInt64>, _ isTable: (Int) -> Bool, _ size: LeafSize,
    _ target: MergeTarget,
  ) -> Int {
    var count = 0
    for index in 0..<TableNode.entryCount {
      let flags = unsafe Entry(word: words[index]).flags4K(size)
      if !target.difference(from: flags).isEmpty || isTable(index) { count += 1 }
    }
    return count
  }

  private static func blockers(
    _ words: UnsafeMutablePointer<UInt64>, _ isTable: (Int) -> Bool, _ size: LeafSize,
    _ majority: Majority,
  ) -> Int {
    var count = 0
    for index in 0..<TableNode.entryCount {
      let entry = unsafe Entry(word: words[index])
      let frame = majority.firstFrame &+ UInt64(index) &* size.pages.rawValue
      let fits =
        entry.isPresent && !isTable(index) && entry.flags4K(size) == majority.flags
        && entry.pfn(size).rawValue == frame
      if !fits { count += 1 }
    }
    return count
  }
}
