extension Machine {
  /// One call that only arm64 has.
  mutating func perform(
    _ call: LinearMapCall, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard setup.isArm64 else { throw .needsArchitecture(.arm64) }
    switch call {
    case .mapMem:
      let isUsed =
        !areas.live.isEmpty || !areas.lazilyFreed.isEmpty || !kept.value.secrets.isEmpty
        || !kept.value.guests.isEmpty || !kept.value.pageTables.isEmpty
        || !linearMap.value.added.isEmpty
      if isUsed { throw .linearMap(.mapInUse) }
      emit(.linearMap(.cleared), &sink)
      mapMem(&sink)
      finishLinearMap(&sink)
      protectDataAlias(&sink)
      return .success
    case .setMemoryValid(let target, let pages, let isValid):
      let address = try resolve(target, pages)
      return setMemoryValid(address, pages, isValid, &sink)
    case .addMemory(let pfn, let pages):
      return try addMemory(pfn, pages, &sink)
    case .setMemoryPkey(let target, let pages, let isOfTables):
      guard setup.kernel.linearMap.tableKeys != .none else { throw .policyOff(.kpkeys2025) }
      let address = try resolve(target, pages)
      // `__is_lm_address()`.
      guard AddressLayout.directMapFrame(of: address) != nil else { return .invalid }
      return setMemoryPkey(address, pages, isOfTables, &sink)
    case .tablesAlloc(let name, let pages): return try allocateTables(name, pages, &sink)
    case .tablesFree(let name): return try freeTables(name, &sink)
    }
  }

  /// Builds the linear map of memory that is plugged in. Models `arch_add_memory()`: the tables come
  /// from the page allocator. The memory itself is not handed to it, which `online_pages()` would do.
  private mutating func addMemory(
    _ pfn: PFN, _ pages: PageCount, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard pages > 0 else { throw .noPages }
    let section = BootMemorySizes.sectionPages
    let limit = AddressLayout.arm64FrameLimit
    guard pages.rawValue <= 1 << 28, pfn < limit, pages <= limit - pfn else {
      throw .linearMap(.outOfRoom(pfn, pages))
    }
    guard pfn.rawValue % section == 0, pages.rawValue % section == 0 else {
      throw .linearMap(.notSections(pfn, pages))
    }
    let frames = pfn..<(pfn + pages)
    if let range = memory.ranges(overlapping: frames).first {
      throw .linearMap(.memoryThere(max(range.lowerBound, pfn)))
    }
    let reason = forcePTEMapping
    guard hasMemoryForTables(pages, isPagesOnly: reason != nil) else { return .noMemory }
    emit(.entered(.archAddMemory, directMapAddress(of: pfn), pages), &sink)
    emit(
      .decided(
        .linearMap(reason.map { .pagesOnly($0) } ?? .blocksAllowed(bbml2: supportsBBML2))), &sink)
    var walk = LinearMapWalk(
      flags: .arm64PageKernel, allowsBlocks: reason == nil, allowsContiguous: reason == nil,
      isLate: true)
    emit(.linearMap(.memoryAdded(pfn, pages)), &sink)
    mapMemblock(frames, &walk, &sink)
    emit(.left(.archAddMemory, .success), &sink)
    return .success
  }

  /// Whether the page allocator has as many pages as the tables could take at the most. The kernel
  /// would go on as far as it comes.
  private func hasMemoryForTables(_ pages: PageCount, isPagesOnly: Bool) -> Bool {
    guard physical.isKnown else { return true }
    let gibibytes = pages.rawValue >> 18 + 2
    let tables = gibibytes + 2 + (isPagesOnly ? pages.rawValue >> 9 : 2)
    return physical.freePages.rawValue >= tables
  }
}
