extension PageTables {
  /// Adds every entry of every table, and what is kept with the tables.
  func add(to sum: inout Checksum) { Self.add(root, to: &sum) }

  /// Adds what is kept with the tables, and not where they lie.
  func addTracks(to sum: inout Checksum) { Self.addTracks(root, to: &sum) }

  private static func addTracks(_ node: TableNode, to sum: inout Checksum) {
    sum.add(node.header.track.isTracked)
    sum.add(Int(node.header.track.count))
    sum.add(node.header.track.word)
    unsafe node.forEachChild { index, child in
      sum.add(index)
      unsafe child._withUnsafeGuaranteedRef { addTracks($0, to: &sum) }
    }
  }

  private static func add(_ node: TableNode, to sum: inout Checksum) {
    add(node.header.track, frame: node.header.frame, to: &sum)
    guard node.header.standsForTables else {
      unsafe sum.add(node.words, count: TableNode.entryCount)
      unsafe node.forEachChild { _, child in
        unsafe child._withUnsafeGuaranteedRef { add($0, to: &sum) }
      }
      return
    }
    // The sum must not tell whether a table is spelled out.
    for index in 0..<TableNode.entryCount {
      let entry = unsafe Entry(word: node.words[index])
      sum.add(entry.isUniformTable ? Entry.table.word : entry.word)
    }
    for index in 0..<TableNode.entryCount {
      let entry = unsafe Entry(word: node.words[index])
      if entry.isUniformTable {
        add(TableTrack(), frame: .max, to: &sum)
        let table = node.spellingOut(at: index)
        unsafe sum.add(table.words, count: TableNode.entryCount)
      } else if let children = unsafe node.children, let child = unsafe children[index] {
        add(child, to: &sum)
      }
    }
  }

  private static func add(_ track: TableTrack, frame: UInt64, to sum: inout Checksum) {
    sum.add(track.isTracked)
    sum.add(Int(track.count))
    sum.add(track.word)
    sum.add(frame)
  }
}
