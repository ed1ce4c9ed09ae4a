/// Neighbouring entries of one table level with the same flags, as the kernel's page-table dump
/// goes over them; entries that map nothing run together too.
public struct EntryRun: Equatable, Sendable {
  /// The levels of the tree by the kernel's names.
  public enum Level: String, Sendable {
    /// 512G an entry.
    case pgd
    /// 1G an entry.
    case pud
    /// 2M an entry.
    case pmd
    /// 4K an entry.
    case pte

    /// The bytes that an entry covers.
    public var entryBytes: UInt64 {
      switch self {
      case .pgd: 1 << 39
      case .pud: 1 << 30
      case .pmd: 1 << 21
      case .pte: 1 << 12
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

  /// Creates a run.
  public init(start: VirtualAddress, level: Level, flags: EntryFlags?, count: UInt64) {
    self.start = start
    self.level = level
    self.flags = flags
    self.count = count
  }

  /// The address of an entry of the run.
  public subscript(index: UInt64) -> VirtualAddress {
    VirtualAddress(start.rawValue &+ index &* level.entryBytes)
  }
}

extension PageTables {
  /// Visits all of the kernel's half of the address space in rising order; equal neighbours in one
  /// table are visited as one run. On x86 the root has both halves, on arm64 each has a root of its own.
  public func forEachEntryRun(of architecture: Architecture, _ visit: (EntryRun) -> Void) {
    forEachEntryRun(
      root, shift: 39, first: architecture == .arm64 ? 0 : 256, base: 0xffff_0000_0000_0000, visit)
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
            count: UInt64(TableNode.entryCount)))
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
          start: VirtualAddress(address), level: EntryRun.Level(shift: shift),
          flags: word == 0 ? nil : EntryFlags(rawValue: word & mask),
          count: UInt64(index - start)))
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

extension EntryRun.Level {
  /// The level of the table whose entries each cover `1 << shift` bytes.
  fileprivate init(shift: UInt64) {
    switch LeafSize(shift: shift) {
    case .size4K: self = .pte
    case .size2M: self = .pmd
    case .size1G: self = .pud
    case nil: self = .pgd
    }
  }
}
