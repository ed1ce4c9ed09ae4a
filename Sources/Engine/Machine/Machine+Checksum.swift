extension Machine {
  /// A number that equal machines share and that differs, but for chance, between others: over every
  /// entry of every table, counters, areas, the books of memory types, the page allocator, and what
  /// users and policies keep.
  public var checksum: UInt64 {
    var sum = Checksum()
    tables.add(to: &sum)
    for counter in Counter.allCases { sum.add(UInt64(bitPattern: counters[counter])) }
    for area in areas.live { sum.add(area) }
    sum.add(~0)
    for area in areas.lazilyFreed { sum.add(area) }
    ramTypes.forEachRun { sum.add($0, UInt64($1.rawValue)) }
    otherTypes.forEachRun { sum.add($0, UInt64($1.rawValue)) }
    physical.add(to: &sum)
    kept.value.add(to: &sum)
    processes.value.add(to: &sum)
    linearMap.value.add(to: &sum)
    sum.add(isRunning ? 1 : 0, isKernelReadOnly ? 1 : 0)
    return sum.value
  }
}

/// FNV-1a over 64-bit words.
struct Checksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ words: UInt64...) {
    for word in words { value = (value ^ word) &* 0x0000_0100_0000_01b3 }
  }

  @inline(__always)
  mutating func addWord(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01b3 }

  fileprivate mutating func add(_ area: Area) {
    for byte in area.name.description.utf8 { add(UInt64(byte)) }
    add(area.start.rawValue, area.pages.rawValue, UInt64(area.flags.rawValue), UInt64(area.unused))
  }
}

extension PageTables {
  func add(to sum: inout Checksum) { Self.add(root, to: &sum) }

  private static func add(_ node: TableNode, to sum: inout Checksum) {
    let track = node.header.track
    if track.isTracked { sum.add(UInt64(bitPattern: Int64(track.count)), track.word) }
    for index in 0..<TableNode.entryCount {
      let word = unsafe node.words[index]
      guard word != 0 else { continue }
      if Entry(word: word).isUniformTable {
        // The sum must not tell whether a table is spelled out.
        sum.add(UInt64(index), Entry.table.word)
        for leaf in 0..<TableNode.entryCount {
          sum.add(UInt64(leaf), Entry(word: word).uniformLeaf(leaf).word)
        }
        continue
      }
      sum.add(UInt64(index), word)
      if let children = unsafe node.children, let child = unsafe children[index] {
        add(child, to: &sum)
      }
    }
  }
}
