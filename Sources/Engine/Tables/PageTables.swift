/// The kernel's page tables (`init_mm`): a tree of 512-entry tables in the shape of the hardware's,
/// with tables only where something is split.
///
///     pgd ─┬─ pud ─┬─ 1G leaf
///          │       ├─ pmd ─┬─ 2M leaf
///          │       │       └─ pte ── 4K leaves
///          │       └─ nothing
///          └─ nothing
///
/// A value: copies share their tables, and a write first copies the shared tables on its path. So a
/// table that two copies can reach is never written, which is why the type may be sent anywhere.
public struct PageTables: @unchecked Sendable {
  private(set) var root: TableNode

  /// Tables that map nothing.
  public init() { root = TableNode.makeEmpty() }

  /// A leaf as the walk found it.
  public struct Leaf: Equatable, Sendable {
    /// The entry; not necessarily present.
    public var entry: Entry
    /// The level at which it lies.
    public var size: LeafSize

    /// Creates a leaf.
    @inlinable public init(entry: Entry, size: LeafSize) {
      self.entry = entry
      self.size = size
    }

    /// The flags of the entry.
    @inlinable public var flags: EntryFlags { entry.flags(size) }

    /// The first frame of the leaf.
    @inlinable public var pfn: PFN { entry.pfn(size) }
  }

  /// The leaf that maps an address, present or not; `nil` where nothing is mapped.
  /// Models `lookup_address()`, arch/x86/mm/pat/set_memory.c.
  @inline(__always)
  public func lookup(_ address: VirtualAddress) -> Leaf? {
    let pgd = unsafe Unmanaged.passUnretained(root)
    guard let pud = unsafe child(of: pgd, at: address.tableIndex(39)) else { return nil }
    guard let pmd = unsafe child(of: pud, at: address.tableIndex(30)) else {
      return unsafe leaf(in: pud, at: address.tableIndex(30), .size1G)
    }
    guard let pte = unsafe child(of: pmd, at: address.tableIndex(21)) else {
      let leaf = unsafe leaf(in: pmd, at: address.tableIndex(21), .size2M)
      guard let entry = leaf?.entry, entry.isUniformTable else { return leaf }
      let slot = address.tableIndex(12)
      guard entry.isPatchedTable else { return Leaf(entry: entry.uniformLeaf(slot), size: .size4K) }
      let patched = unsafe pmd._withUnsafeGuaranteedRef {
        $0.patchedLeaf(at: address.tableIndex(21), slot)
      }
      return Leaf(entry: patched, size: .size4K)
    }
    return unsafe leaf(in: pte, at: address.tableIndex(12), .size4K)
  }

  /// The frame that an address shows; `nil` where nothing is mapped.
  public func frame(at address: VirtualAddress) -> PFN? {
    lookup(address).map { $0.pfn + (address - address.alignedDown(to: $0.size)) }
  }

  @inline(__always)
  private func child(of node: Unmanaged<TableNode>, at index: Int) -> Unmanaged<TableNode>? {
    guard let children = unsafe node._withUnsafeGuaranteedRef({ unsafe $0.children }),
      let child = unsafe children[index]
    else { return nil }
    return unsafe Unmanaged.passUnretained(child)
  }

  @inline(__always)
  private func leaf(in node: Unmanaged<TableNode>, at index: Int, _ size: LeafSize) -> Leaf? {
    let word = unsafe node._withUnsafeGuaranteedRef { unsafe $0.words[index] }
    return word == 0 ? nil : Leaf(entry: Entry(word: word), size: size)
  }

  /// The smallest slot around an address that is mapped by nothing at all, as the number of pages
  /// to its end; `nil` where something is mapped.
  func pagesToEndOfHole(at address: VirtualAddress) -> PageCount? {
    var node = root
    var shift: UInt64 = 39
    while let children = unsafe node.children,
      let child = unsafe children[address.tableIndex(shift)]
    {
      node = child
      shift -= 9
    }
    guard unsafe node.words[address.tableIndex(shift)] == 0 else { return nil }
    let bytes: UInt64 = 1 << shift
    return PageCount((bytes - (address.rawValue & (bytes - 1)) + 4095) >> 12)
  }

  /// The table that holds the entry of `size` for an address, owned by this value alone; `nil` where
  /// there is none and `creating` is false.
  @inline(__always)
  mutating func tableForWriting(
    _ address: VirtualAddress, _ size: LeafSize, creating: Bool = false,
  ) -> Unmanaged<TableNode>? {
    if !isKnownUniquelyReferenced(&root) { root = root.copied() }
    var node = unsafe Unmanaged.passUnretained(root)
    var shift: UInt64 = 39
    while shift > size.shift {
      let index = address.tableIndex(shift)
      if let children = unsafe node._withUnsafeGuaranteedRef({ unsafe $0.children }),
        unsafe children[index] != nil
      {
        let slot = unsafe children + index
        if unsafe !isKnownUniquelyReferenced(&slot.pointee) {
          unsafe slot.pointee = slot.pointee?.copied()
        }
      } else if !(unsafe node._withUnsafeGuaranteedRef { $0.spellOut(at: index) }) {
        guard creating else { return nil }
        unsafe node._withUnsafeGuaranteedRef { $0.addEmptyTable(at: index) }
      }
      guard let children = unsafe node._withUnsafeGuaranteedRef({ unsafe $0.children }),
        let child = unsafe children[index]
      else { return nil }
      unsafe node = Unmanaged.passUnretained(child)
      shift &-= 9
    }
    return unsafe node
  }
}

extension TableNode {
  /// Puts a table that maps nothing under an entry that so far mapped nothing.
  @inline(never)
  func addEmptyTable(at index: Int) {
    precondition(unsafe words[index] == 0, "A leaf was in the way of a new table.")
    unsafe words[index] = Entry.table.word
    unsafe childrenForWriting()[index] = TableNode.makeEmpty()
  }
}

extension VirtualAddress {
  /// The index into the table whose entries each cover `1 << shift` bytes.
  @inline(__always)
  func tableIndex(_ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (rawValue &>> shift) & 511)
  }
}

extension LeafSize {
  /// The size of a leaf in the table whose entries each cover `1 << shift` bytes.
  @inline(__always)
  init?(shift: UInt64) {
    switch shift {
    case 12: self = .size4K
    case 21: self = .size2M
    case 30: self = .size1G
    default: return nil
    }
  }
}
