/// The kernel's page tables (`init_mm`): a tree of 512-entry tables in the shape of the hardware's,
/// with tables only where something is split.
///
///     pgd ─┬─ pud ─┬─ 1G leaf
///          │       ├─ pmd ─┬─ 2M leaf
///          │       │       └─ pte ── 4K leaves
///          │       └─ nothing
///          └─ nothing
///
/// With five levels the root has tables of 512G entries below it, the P4Ds, each in the shape above; with
/// four the P4D is folded into the root, as in the kernel.
///
/// A value: copies share their tables, and a write first copies the shared tables on its path. So a
/// table that two copies can reach is never written, which is why the type may be sent anywhere.
public struct PageTables: @unchecked Sendable {
  private(set) var root: TableNode
  /// Whether there are P4Ds between the root and the tables of 1G entries.
  public let hasFiveLevels: Bool

  /// Tables that map nothing.
  public init(hasFiveLevels: Bool = false) {
    root = TableNode.makeEmpty()
    self.hasFiveLevels = hasFiveLevels
  }

  /// The bits of an address that an entry of the root covers.
  var rootShift: UInt64 { hasFiveLevels ? 48 : 39 }

  /// The first address that the root covers: it has the user's half too, or on arm64 what is its own.
  var rootStart: UInt64 { ~0 << (rootShift + 9) }

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
    guard let p4d = unsafe tableOf512G(address),
      let pud = unsafe child(of: p4d, at: address.tableIndex(39))
    else { return nil }
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

  /// The table of 512G entries for an address: the root, or with five levels one below it.
  @inline(__always)
  func tableOf512G(_ address: VirtualAddress) -> Unmanaged<TableNode>? {
    let pgd = unsafe Unmanaged.passUnretained(root)
    return hasFiveLevels ? unsafe child(of: pgd, at: address.tableIndex(48)) : unsafe pgd
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
    var shift = rootShift
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
    if hasFiveLevels {
      guard let p4d = unsafe Self.childForWriting(node, address.tableIndex(48), creating) else {
        return nil
      }
      unsafe node = p4d
    }
    var shift: UInt64 = 39
    while shift > size.shift {
      guard let child = unsafe Self.childForWriting(node, address.tableIndex(shift), creating)
      else { return nil }
      unsafe node = child
      shift &-= 9
    }
    return unsafe node
  }

  /// The table under an entry of one that is owned, owned as well.
  @inline(__always)
  private static func childForWriting(
    _ node: Unmanaged<TableNode>, _ index: Int, _ creating: Bool,
  ) -> Unmanaged<TableNode>? {
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
    return unsafe Unmanaged.passUnretained(child)
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
