/// Neighbouring entries of one table level with the same flags, as the kernel's page-table dump
/// goes over them; entries that map nothing run together too.
public struct EntryRun: Equatable, Sendable {
  /// The levels of the tree by the kernel's names.
  public enum Level: String, Sendable {
    /// 512G an entry; with five levels 256T.
    case pgd
    /// 512G an entry, with five levels alone.
    case p4d
    /// 1G an entry.
    case pud
    /// 2M an entry.
    case pmd
    /// 4K an entry.
    case pte

    /// The size of the leaves of this level; `nil` if there are none.
    public var leafSize: LeafSize? {
      switch self {
      case .pgd, .p4d: nil
      case .pud: .size1G
      case .pmd: .size2M
      case .pte: .size4K
      }
    }
  }

  /// The first address.
  public var start: VirtualAddress
  /// The level at which the leaves lie, or the table that could hold some lacks.
  public var level: Level
  /// The flags of the leaves; `nil` where nothing is mapped.
  public var flags: EntryFlags?
  /// How many entries, 1 or more.
  public var count: UInt64
  /// The bytes that an entry covers.
  public var entryBytes: UInt64

  /// Creates a run.
  public init(
    start: VirtualAddress, level: Level, flags: EntryFlags?, count: UInt64, entryBytes: UInt64,
  ) {
    self.start = start
    self.level = level
    self.flags = flags
    self.count = count
    self.entryBytes = entryBytes
  }

  /// The address of an entry of the run.
  public subscript(index: UInt64) -> VirtualAddress {
    VirtualAddress(start.rawValue &+ index &* entryBytes)
  }
}

extension PageTables {
  /// Visits all of the kernel's half of the address space in rising order; equal neighbours in one
  /// table are visited as one run. On x86 the root has both halves, on arm64 each has a root of its own.
  public func forEachEntryRun(of architecture: Architecture, _ visit: (EntryRun) -> Void) {
    forEachEntryRun(
      root, shift: rootShift, first: architecture == .arm64 ? 0 : 256, base: rootStart, visit)
  }

  private func forEachEntryRun(
    _ node: TableNode, shift: UInt64, first: Int, base: UInt64, _ visit: (EntryRun) -> Void,
  ) {
    let mask = Entry.flagsMask(LeafSize(shift: shift) ?? .size1G)
    var index = first
    while index < TableNode.entryCount {
      let address = base &+ UInt64(index) << shift
      if let children = unsafe node.children, let child = unsafe children[index] {
        forEachEntryRun(child, shift: shift - 9, first: 0, base: address, visit)
        index += 1
        continue
      }
      let word = unsafe node.words[index]
      if Entry(word: word).isPatchedTable {
        let table = node.spellingOut(at: index)
        forEachEntryRun(table, shift: shift - 9, first: 0, base: address, visit)
        index += 1
        continue
      }
      if Entry(word: word).isUniformTable {
        visit(
          EntryRun(
            start: VirtualAddress(address), level: .pte,
            flags: Entry(word: word).uniformLeaf(0).flags(.size4K),
            count: UInt64(TableNode.entryCount), entryBytes: 4096))
        index += 1
        continue
      }
      let start = index
      repeat {
        index += 1
      } while index < TableNode.entryCount
        && isLike(node, index, flags: word & mask, isNone: word == 0, mask: mask)
      visit(
        EntryRun(
          start: VirtualAddress(address), level: level(shift),
          flags: word == 0 ? nil : EntryFlags(rawValue: word & mask),
          count: UInt64(index - start), entryBytes: 1 << shift))
    }
  }

  /// The level of the table whose entries each cover `1 << shift` bytes.
  private func level(_ shift: UInt64) -> EntryRun.Level {
    switch LeafSize(shift: shift) {
    case .size4K: .pte
    case .size2M: .pmd
    case .size1G: .pud
    case nil: shift == rootShift ? .pgd : .p4d
    }
  }

  private func isLike(
    _ node: TableNode, _ index: Int, flags: UInt64, isNone: Bool, mask: UInt64,
  ) -> Bool {
    if let children = unsafe node.children, unsafe children[index] != nil { return false }
    let word = unsafe node.words[index]
    return word & mask == flags && (word == 0) == isNone
  }
}
