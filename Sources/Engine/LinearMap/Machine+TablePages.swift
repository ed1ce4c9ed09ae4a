// Pages for page tables that are made when the linear map is up, with and without a protection key: mm/memory.c
// and, proposed, mm/kpkeys_hardened_pgtables.c.

extension Machine {
  /// `set_memory_pkey()`: gives pages of the linear map the key of page tables, or the default one. Models the
  /// function in arch/arm64/mm/pageattr.c of the series, which is `__change_memory_common()` with the bits of the
  /// key.
  mutating func setMemoryPkey(
    _ address: VirtualAddress, _ pages: PageCount, _ isOfTables: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    dunderChangeMemoryCommon(
      address, pages, set: isOfTables ? .tableKey : [], clear: isOfTables ? [] : .tableKey, &sink)
  }

  /// Allocates a page for a page table; `nil` if there is none.
  ///
  /// - Parameter isForSplit: whether a split of the linear map needs it (`__GFP_PGTABLE_SPLIT`).
  mutating func allocateTablePage(isForSplit: Bool, _ sink: inout EventListener) -> PFN? {
    switch setup.kernel.linearMap.tableKeys {
    case .none:
      return physical.allocate(order: 0, type: .unmovable, owner: .pageTables, &sink)
    case .pages:
      enter(.kpkeysPgtableAlloc, &sink)
      let pfn = allocateKeyed(isForSplit: isForSplit, &sink)
      leave(.kpkeysPgtableAlloc, .page(pfn), &sink)
      return pfn
    case .blocks:
      enter(.kpkeysPgtableAlloc, &sink)
      let pfn = takeKeyed(isForSplit: isForSplit, &sink)
      leave(.kpkeysPgtableAlloc, .page(pfn), &sink)
      return pfn
    }
  }

  /// Gives the page of a page table back.
  mutating func freeTablePage(_ pfn: PFN, _ sink: inout EventListener) {
    switch setup.kernel.linearMap.tableKeys {
    case .none: freePages(pfn, order: 0, &sink)
    case .pages:
      enter(.kpkeysPgtableFree, .page(pfn, order: 0), &sink)
      if kept.value.policies.kpkeys.owed.contains(pfn) {
        emit(.policy(.kpkeys(.keyed(pfn))), &sink)
      } else {
        _ = setMemoryPkey(directMapAddress(of: pfn), 1, false, &sink)
      }
      freePages(pfn, order: 0, &sink)
      leave(.kpkeysPgtableFree, &sink)
    case .blocks:
      enter(.kpkeysPgtableFree, .page(pfn, order: 0), &sink)
      hand(pfn, into: .kpkeysBlocks2026, &sink)
      emit(.policy(.kpkeys(.freed(pfn))), &sink)
      leave(.kpkeysPgtableFree, &sink)
    }
  }

  // MARK: Page by page

  private mutating func allocateKeyed(isForSplit: Bool, _ sink: inout EventListener) -> PFN? {
    let pfn = physical.allocate(order: 0, type: .unmovable, owner: .pageTables, &sink)
    guard let pfn else { return nil }
    if isForSplit {
      emit(.policy(.kpkeys(.owed(pfn))), &sink)
      return pfn
    }
    guard setMemoryPkey(directMapAddress(of: pfn), 1, true, &sink) == .success else {
      freePages(pfn, order: 0, &sink)
      return nil
    }
    return pfn
  }

  /// Sets the keys of tables that splits made. Each may split a block, whose table then waits too: there are
  /// fewer blocks each time, so it ends.
  mutating func keyOwedTables(_ sink: inout EventListener) {
    while let pfn = kept.value.policies.kpkeys.owed.first {
      emit(.policy(.kpkeys(.keyed(pfn))), &sink)
      _ = setMemoryPkey(directMapAddress(of: pfn), 1, true, &sink)
    }
  }

  // MARK: From blocks

  private mutating func takeKeyed(isForSplit: Bool, _ sink: inout EventListener) -> PFN? {
    let limit = isForSplit ? 0 : KpkeysBlocks2026.reserve
    var next = kept.value.policies.kpkeys.cached.last
    if kept.value.policies.kpkeys.cached.count <= limit {
      guard !isForSplit else { return nil }
      // The first page of the block serves the request.
      next = refillPages(setsKey: true, &sink)
    }
    guard let pfn = next, let user = physical.name(of: .pageTables) else { return nil }
    emit(.policy(.kpkeys(.taken(pfn))), &sink)
    hand(pfn, outOf: .kpkeysBlocks2026, to: user, &sink)
    return pfn
  }

  /// Fills the cache from the largest block that can be allocated. Models `__refill_pages()`.
  ///
  /// - Parameter setsKey: whether the linear map can be changed already.
  /// - Returns: the first page.
  private mutating func refillPages(setsKey: Bool, _ sink: inout EventListener) -> PFN? {
    let name = PolicyName.kpkeysBlocks2026
    for order in KpkeysBlocks2026.orders {
      enter(.refillPages, .order(order), &sink)
      guard let first = allocPages(PageRequest(order: order, owner: name.owner), &sink) else {
        leave(.refillPages, .page(nil), &sink)
        continue
      }
      let pages = PageCount(1 << UInt64(order))
      if setsKey {
        emit(.policy(.kpkeys(.locked(true))), &sink)
        let result = setMemoryPkey(directMapAddress(of: first), pages, true, &sink)
        emit(.policy(.kpkeys(.locked(false))), &sink)
        guard result == .success else {
          returnPages(first, order: order, &sink)
          leave(.refillPages, .page(nil), &sink)
          return nil
        }
      }
      splitPage(first, order: order, &sink)
      for index in 0..<pages.rawValue { hand(first + PageCount(index), into: name, &sink) }
      emit(.policy(.kpkeys(.refilled(first, order: order))), &sink)
      leave(.refillPages, .page(first), &sink)
      return first
    }
    return nil
  }

  /// Sees that a split finds its tables. Models `kpkeys_prepare_direct_map_split()`.
  mutating func prepareSplit(_ sink: inout EventListener) -> ReturnCode {
    guard setup.kernel.linearMap.tableKeys == .blocks, physical.isKnown else { return .success }
    let state = kept.value.policies.kpkeys
    if state.isLocked || state.cached.count >= KpkeysBlocks2026.reserve { return .success }
    return refillPages(setsKey: true, &sink) == nil ? .noMemory : .success
  }

  // MARK: Boot

  /// Fills the cache while the linear map cannot be changed yet. Models `pba_init()`.
  mutating func initTablePages(_ sink: inout EventListener) {
    guard setup.kernel.linearMap.tableKeys == .blocks, physical.isKnown else { return }
    _ = refillPages(setsKey: false, &sink)
  }

  /// Gives the tables that boot made their key, and first the pages that were cached without it. Models
  /// `kpkeys_hardened_pgtables_init_late()`.
  mutating func protectTables(_ tables: [Range<PFN>], _ sink: inout EventListener) {
    guard setup.kernel.linearMap.tableKeys != .none else { return }
    for block in kept.value.policies.kpkeys.blocks {
      _ = setMemoryPkey(directMapAddress(of: block), LeafSize.size2M.pages, true, &sink)
    }
    for piece in tables where !piece.isEmpty {
      let pages = piece.upperBound - piece.lowerBound
      _ = setMemoryPkey(directMapAddress(of: piece.lowerBound), pages, true, &sink)
    }
    keyOwedTables(&sink)
  }

  // MARK: Of processes

  /// `pgtable alloc`: a process gets page tables. Models `pagetable_alloc()`, one after the other.
  mutating func allocateTables(
    _ name: Name, _ pages: PageCount, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let isKnown = kept.value.pageTables.contains { $0.name == name }
    if !isKnown, isTaken(name) { throw .nameTaken(name) }
    guard pages > 0 else { throw .noPages }
    guard physical.isKnown else { return .noMemory }
    for index in 0..<pages.rawValue where sink.goesOn(index, of: pages.rawValue) {
      guard let pfn = allocateTablePage(isForSplit: false, &sink) else { return .noMemory }
      emit(.kept(.tablePageAdded(name, pfn)), &sink)
    }
    return .success
  }

  /// `pgtable free`: all of them go.
  mutating func freeTables(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard let tables = kept.value.pageTables.first(where: { $0.name == name }) else {
      throw .nothingHeld(name, "pgtable alloc")
    }
    emit(.kept(.tablePagesRemoved(name)), &sink)
    for (index, pfn) in tables.pages.enumerated()
    where sink.goesOn(UInt64(index), of: UInt64(tables.pages.count)) {
      freeTablePage(pfn, &sink)
    }
    return .success
  }
}
