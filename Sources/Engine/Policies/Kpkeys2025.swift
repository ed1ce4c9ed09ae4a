/// Page tables with a protection key in the linear map: "pkeys-based page table hardening", Kevin Brodsky, arm64,
/// RFC of December 2024 to RFC v5 of August 2025 (20250815085512.2182322-1-kevin.brodsky@arm.com).
///
/// Each page-table page gets a key other than the default one when it is taken into use (`set_memory_pkey()`),
/// and loses it when it goes, so that a stray write cannot change page tables: the kernel opens the key around
/// its own writes. The key is a field of the entry (POIndex, FEAT_S1POE), so a page with it cannot share a block
/// with pages without it. In a map of pages a table costs one entry and one TLB invalidation when it comes, and
/// the same when it goes. In a map of blocks, with FEAT_BBM level 2, each table splits the block around it.
/// Without that feature a block is never split: the key cannot be set, and the allocation fails.
///
/// Published, on a Graviton3 with a map of pages and a mock of the key's register, with batching: kernbench's
/// system time +3.2 %, fork +3.4 %, vmalloc of one page +12.6 % (mail 5b5455eb-e649-4b20-8aad-6d7f5576a84a@arm.com).
///
/// What the mails leave open, and what is done here: v5 is of a time when arm64 split no live block, so what it
/// does to a map of blocks is what its rule comes to. The table of a split gets its key when the call is over,
/// as setting it may split another block. The tables that boot made get theirs when boot is done. What the
/// register's switch costs for each write of an entry is not counted. Page tables of processes are made by
/// `pgtable alloc`, those of areas are not simulated.
struct Kpkeys2025: PublishedPolicy {
  var name: PolicyName { .kpkeys2025 }
  var hooks: PolicyHooks { .calls }

  func adjust(_ kernel: inout KernelProfile) {
    if kernel.linearMap.tableKeys == .none { kernel.linearMap.tableKeys = .pages }
  }

  func didCall(_ returned: ReturnCode, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.keyOwedTables(&sink)
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let tables = machine.kept.value.pageTables
    return [
      .count("page tables of processes", tables.reduce(0) { $0 + Int64($1.pages.count) }),
      .count("blocks split", Int64(machine.linearMapBooks.splits)),
      .count("pages flushed one by one", Int64(machine.linearMapBooks.pagesFlushed)),
      .note(
        "Each page-table page has a key of its own in the linear map, so no block can hold it."),
      .note("Not merged in 7.3; posted for maps of pages alone."),
    ]
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn))
    guard let leaf, leaf.flags.contains(.tableKey) else { return [] }
    return [.note("It has the protection key of page tables.")]
  }
}

/// Page tables of a process, made by a command.
struct TablePages: Equatable, Sendable {
  /// The process.
  var name: Name
  /// Their frames, in the order in which they came.
  var pages: [PFN]
}

/// What the two forms of keys for page tables keep.
struct KpkeysState: Equatable, Sendable {
  /// Tables of splits that have no key yet, oldest first.
  var owed: [PFN] = []
  /// Pages with the key that are ready to be page tables; the last one is taken next.
  var cached: [PFN] = []
  /// The first frames of the blocks of 2M that the cache knows as such.
  var blocks: [PFN] = []
  /// Whether the cache is being filled, so that splits may use its reserve (`alloc_mutex`).
  var isLocked = false

  /// The block that a page belongs to; `nil` if to none.
  func block(of pfn: PFN) -> PFN? {
    let first = pfn.alignedDown(to: .size2M)
    return blocks.contains(first) ? first : nil
  }

  mutating func apply(_ change: KpkeysChange) {
    switch change {
    case .owed(let pfn): owed.append(pfn)
    case .keyed(let pfn): owed.removeAll { $0 == pfn }
    case .locked(let locks): isLocked = locks
    case .refilled(let first, let order):
      for index in 0..<(UInt64(1) << UInt64(order)) { cached.append(first + PageCount(index)) }
      if order == PhysicalMemory.pageblockOrder { blocks.append(first) }
    case .taken(let pfn):
      if let index = cached.lastIndex(of: pfn) { cached.remove(at: index) }
    case .freed(let pfn): cached.append(pfn)
    case .shrunk(let first): blocks.removeAll { $0 == first }
    }
  }

  func add(to sum: inout Checksum) {
    sum.add(owed)
    sum.add(cached)
    sum.add(blocks)
    sum.add(isLocked)
  }
}

/// A change of what keys for page tables keep.
public enum KpkeysChange: Equatable, Sendable {
  /// The table of a split has no key yet.
  case owed(PFN)
  /// It has one, or is gone.
  case keyed(PFN)
  /// The cache is being filled, or is not any more.
  case locked(Bool)
  /// The pages of a block of this order, which have the key, joined the cache.
  case refilled(PFN, order: Int)
  /// A page left the cache.
  case taken(PFN)
  /// A page came back into the cache, with its key.
  case freed(PFN)
  /// A block is none to the cache any more: some or all of its pages went back to the page allocator.
  case shrunk(PFN)
}
