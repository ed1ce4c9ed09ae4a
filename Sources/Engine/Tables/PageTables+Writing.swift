extension PageTables {
  /// Writes an entry of `size`; its table must exist.
  @inline(__always)
  mutating func write(_ entry: Entry, at address: VirtualAddress, _ size: LeafSize) {
    guard let table = unsafe tableForWriting(address, size) else {
      preconditionFailure("An entry was written where there is no table for it.")
    }
    unsafe table._withUnsafeGuaranteedRef {
      unsafe $0.words[address.tableIndex(size.shift)] = entry.word
    }
  }

  /// Replaces the leaf of `size` by a table of 512 leaves of the next smaller size: `first`, and each
  /// further one `step` frames up.
  @inline(__always)
  mutating func installTable(
    at address: VirtualAddress, inPlaceOf size: LeafSize, first: Entry, step: PageCount,
  ) {
    guard let table = unsafe tableForWriting(address, size) else {
      preconditionFailure("A leaf was split where there is no table that holds it.")
    }
    let child = TableNode.makeUninitialized()
    var word = first.word
    let stepBytes = step.bytes
    let words = unsafe child.words
    for index in 0..<TableNode.entryCount {
      unsafe words[index] = word
      word &+= stepBytes
    }
    let index = address.tableIndex(size.shift)
    unsafe table._withUnsafeGuaranteedRef {
      unsafe $0.words[index] = Entry.table.word
      unsafe $0.childrenForWriting()[index] = child
    }
  }

  /// Replaces the table under the entry of `size` by a leaf.
  mutating func removeTable(at address: VirtualAddress, _ size: LeafSize, leaf: Entry) {
    guard let table = unsafe tableForWriting(address, size) else {
      preconditionFailure("A table was removed where there is none.")
    }
    let index = address.tableIndex(size.shift)
    unsafe table._withUnsafeGuaranteedRef {
      unsafe $0.words[index] = leaf.word
      unsafe $0.children?[index] = nil
    }
  }

  /// Maps `count` leaves of `size` from an address on, making the tables they need. An empty table
  /// in the way of a large leaf goes, as `pmd_free_pte_page()` lets it.
  mutating func map(
    _ count: Int, _ size: LeafSize, at address: VirtualAddress, _ pfn: PFN, _ flags: EntryFlags,
  ) {
    var index = 0
    while index < count {
      let start = address + PageCount(UInt64(index) * size.pages.rawValue)
      if size == .size4K, count - index >= TableNode.entryCount, start.isAligned(to: .size2M),
        mapUniform(at: start, first: Entry(pfn + PageCount(UInt64(index)), flags))
      {
        index += TableNode.entryCount
        continue
      }
      guard let table = unsafe tableForWriting(start, size, creating: true) else { return }
      let first = start.tableIndex(size.shift)
      let last = min(TableNode.entryCount, first + count - index)
      unsafe table._withUnsafeGuaranteedRef { node in
        for slot in first..<last {
          let offset = PageCount(UInt64(index + slot - first) * size.pages.rawValue)
          unsafe node.words[slot] = Entry(pfn + offset, flags).word
          unsafe node.children?[slot] = nil
        }
      }
      index += last - first
    }
  }

  /// Takes away all leaves in a range that begins and ends at their borders; the tables stay, as in
  /// `vunmap_range()`.
  mutating func unmap(_ start: VirtualAddress, _ count: PageCount) {
    var done: PageCount = 0
    while done < count {
      let address = start + done
      if let leaf = lookup(address) {
        write(.none, at: address, leaf.size)
        done += address.pagesToEnd(of: leaf.size)
      } else if let hole = pagesToEndOfHole(at: address) {
        done += hole
      }
    }
  }

  /// Takes everything away below an address that is a multiple of 512 GiB, tables too; with four levels
  /// alone.
  mutating func removeAll(below end: VirtualAddress) {
    for index in 0..<end.tableIndex(39) {
      guard unsafe root.words[index] != 0 else { continue }
      let address = VirtualAddress(0xffff_0000_0000_0000 + UInt64(index) << 39)
      // Makes the root this value's own.
      guard unsafe tableForWriting(address, .size1G) != nil else { continue }
      unsafe root.words[index] = 0
      unsafe root.children?[index] = nil
    }
  }

  /// Whether there is a table of entries of a size for an address.
  func hasTable(ofEntries size: LeafSize, at address: VirtualAddress) -> Bool {
    guard let larger = size.larger else {
      let start = VirtualAddress(address.rawValue & ~((1 << 39) - 1))
      return lookup(start) != nil || (pagesToEndOfHole(at: start) ?? 0).bytes < 1 << 39
    }
    let start = address.alignedDown(to: larger)
    if let leaf = lookup(start) { return leaf.size <= size }
    return (pagesToEndOfHole(at: start) ?? 0) < larger.pages
  }
}
