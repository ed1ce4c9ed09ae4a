// A table of 512 like 4K leaves with frames in a row says nothing that its first entry does not say.
// So `map` keeps only that entry, marked, in the place of the table; the first write to one of the
// leaves spells the table out. A linear map of 512 GiB in 4K leaves then takes 2 MiB, not 1 GiB.
//
// A table that was read from a real machine, and in which few entries differ from the others, is kept so
// too: what differs stands as patches with the table above it.

extension Entry {
  /// The mark of an entry of 2M that stands for a table of 512 like 4K leaves: its first one. A
  /// software bit that no kernel modelled here uses; it never leaves the tables.
  @inlinable static var uniformMark: UInt64 { 1 << 56 }

  /// The mark of such an entry of whose table some leaves differ.
  @inlinable static var patchedMark: UInt64 { 1 << 57 }

  /// Whether the entry stands for a table in which some leaves differ from the others.
  @inlinable var isPatchedTable: Bool { word & Self.patchedMark != 0 }

  /// Whether the entry stands for a table.
  @inlinable var isUniformTable: Bool { word & Self.uniformMark != 0 }

  /// An entry that stands for the table of which this is the first one.
  var asUniformTable: Entry { Entry(word: word | Self.uniformMark) }

  /// The leaf at an index of the table that the entry stands for.
  @inlinable func uniformLeaf(_ index: Int) -> Entry {
    Entry(
      word: (word & ~(Self.uniformMark | Self.patchedMark)) &+ UInt64(truncatingIfNeeded: index)
        &<< 12)
  }
}

/// Leaves of a table that is not spelled out which differ from the others.
struct TablePatch {
  /// The place of the first: that of the entry that stands for the table, times 512, and its own.
  var first: Int32
  /// How many there are.
  var count: Int32
  /// Their flags, at least one.
  var flags: EntryFlags

  /// The places.
  var places: Range<Int> { Int(first)..<Int(first) + Int(count) }
}

extension TableNode {
  /// The table that an entry stands for.
  func spellingOut(at index: Int) -> TableNode {
    let entry = unsafe Entry(word: words[index])
    let node = Self.makeUninitialized()
    let words = unsafe node.words
    for slot in 0..<Self.entryCount { unsafe words[slot] = entry.uniformLeaf(slot).word }
    guard entry.isPatchedTable else { return node }
    let base = index * Self.entryCount
    for patch in patches(of: index) {
      for place in patch.places {
        let leaf = entry.uniformLeaf(place - base)
        unsafe words[place - base] = patch.leaf(in: leaf).word
      }
    }
    return node
  }

  /// A leaf of the table that an entry stands for.
  @inline(never)
  func patchedLeaf(at index: Int, _ slot: Int) -> Entry {
    let leaf = unsafe Entry(word: words[index]).uniformLeaf(slot)
    let place = index * Self.entryCount + slot
    let next = header.patches.partitioningIndex { Int($0.first) > place }
    guard next > 0, header.patches[next - 1].places.contains(place) else { return leaf }
    return header.patches[next - 1].leaf(in: leaf)
  }

  /// The patches of the table that an entry stands for.
  func patches(of index: Int) -> ArraySlice<TablePatch> {
    let patches = header.patches
    let start = patches.partitioningIndex { Int($0.first) >= index * Self.entryCount }
    let end = patches.partitioningIndex { Int($0.first) >= (index + 1) * Self.entryCount }
    return patches[start..<end]
  }

  /// Puts a table in the place of the entry that stands for it; false where none does.
  @inline(never)
  func spellOut(at index: Int) -> Bool {
    let entry = unsafe Entry(word: words[index])
    guard entry.isUniformTable else { return false }
    let table = spellingOut(at: index)
    unsafe words[index] = Entry.table.word
    unsafe childrenForWriting()[index] = table
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

  /// Maps 512 leaves of 4K in a row, from a 2M boundary on, of which few differ, without a table; false
  /// where something is in the way.
  ///
  /// - Parameters:
  ///   - first: the first entry as most of them are.
  ///   - patches: those that differ, by rising place: the place of the first, how many, and their flags.
  mutating func mapPatched(
    at address: VirtualAddress, first: Entry,
    _ patches: [(place: Int, count: Int, flags: EntryFlags)],
  ) -> Bool {
    guard mapUniform(at: address, first: first) else { return false }
    guard !patches.isEmpty, let table = unsafe tableForWriting(address, .size2M) else {
      return true
    }
    let index = address.tableIndex(LeafSize.size2M.shift)
    unsafe table._withUnsafeGuaranteedRef { node in
      unsafe node.words[index] |= Entry.patchedMark
      let base = index * TableNode.entryCount
      let new = patches.map { patch in
        TablePatch(
          first: Int32(base + patch.place), count: Int32(patch.count), flags: patch.flags)
      }
      // What stood here before a table or a leaf took the place is of no use any more.
      let old = node.patches(of: index).indices
      node.header.patches.replaceSubrange(old, with: new)
    }
    return true
  }
}

extension TablePatch {
  /// The leaf with the flags of the patch.
  fileprivate func leaf(in leaf: Entry) -> Entry {
    Entry(leaf.pfn(.size4K), flags)
  }
}
