// A table of 512 like 4K leaves with frames in a row says nothing that its first entry does not say.
// So `map` keeps only that entry, marked, in the place of the table; the first write to one of the
// leaves spells the table out. A linear map of 512 GiB in 4K leaves then takes 2 MiB, not 1 GiB.

extension Entry {
  /// The mark of an entry of 2M that stands for a table of 512 like 4K leaves: its first one. A
  /// software bit that no kernel modelled here uses; it never leaves the tables.
  @inlinable static var uniformMark: UInt64 { 1 << 56 }

  /// Whether the entry stands for a table.
  @inlinable var isUniformTable: Bool { word & Self.uniformMark != 0 }

  /// An entry that stands for the table of which this is the first one.
  var asUniformTable: Entry { Entry(word: word | Self.uniformMark) }

  /// The leaf at an index of the table that the entry stands for.
  @inlinable func uniformLeaf(_ index: Int) -> Entry {
    Entry(word: (word & ~Self.uniformMark) &+ UInt64(truncatingIfNeeded: index) &<< 12)
  }
}

extension TableNode {
  /// The table that an entry stands for.
  static func spellingOut(_ entry: Entry) -> TableNode {
    let node = makeUninitialized()
    let words = unsafe node.words
    for index in 0..<entryCount { unsafe words[index] = entry.uniformLeaf(index).word }
    return node
  }

  /// Puts a table in the place of the entry that stands for it; false where none does.
  @inline(never)
  func spellOut(at index: Int) -> Bool {
    let entry = unsafe Entry(word: words[index])
    guard entry.isUniformTable else { return false }
    unsafe words[index] = Entry.table.word
    unsafe childrenForWriting()[index] = Self.spellingOut(entry)
    return true
  }

  /// The table as those read it who expect a table under each entry that points to one: itself, or a
  /// copy in which all are spelled out.
  func spelledOut() -> TableNode {
    guard header.standsForTables else { return self }
    let copy = copied()
    for index in 0..<Self.entryCount { _ = copy.spellOut(at: index) }
    return copy
  }
}

extension PageTables {
  /// Maps 512 like 4K leaves in a row, from a 2M boundary on, without a table; false where something
  /// is in the way other than 512 like leaves.
  mutating func mapUniform(at address: VirtualAddress, first: Entry) -> Bool {
    guard let table = unsafe tableForWriting(address, .size2M, creating: true) else { return false }
    let index = address.tableIndex(LeafSize.size2M.shift)
    return unsafe table._withUnsafeGuaranteedRef { node in
      let isFree = unsafe node.words[index] == 0 || Entry(word: node.words[index]).isUniformTable
      guard isFree else { return false }
      unsafe node.words[index] = first.asUniformTable.word
      node.header.standsForTables = true
      return true
    }
  }
}
