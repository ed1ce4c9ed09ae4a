// Changing attributes on arm64: arch/arm64/mm/pageattr.c, 6.1, 6.12 and 7.0.

extension Machine {
  /// One call of the `set_memory_*()` family on arm64; those that only x86-64 has are not there.
  @inline(never)
  mutating func setMemoryArm64(
    _ operation: SetMemory, _ address: VirtualAddress, _ pages: PageCount,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    guard exists(operation) else { return .notImplemented }
    if setup.kernel.linearMap.hasGenericCPA {
      return setMemoryGeneric(operation, address, pages, &sink)
    }
    switch operation {
    case .ro: return changeMemoryCommon(address, pages, set: [], clear: .writable, &sink)
    case .rw: return changeMemoryCommon(address, pages, set: .writable, clear: [], &sink)
    case .x: return changeMemoryCommon(address, pages, set: [], clear: .nx, &sink)
    case .nx: return changeMemoryCommon(address, pages, set: .nx, clear: [], &sink)
    case .rox:
      // The generic form of include/linux/set_memory.h: two calls.
      let code = changeMemoryCommon(address, pages, set: [], clear: .writable, &sink)
      guard code == .success else { return code }
      return changeMemoryCommon(address, pages, set: [], clear: .nx, &sink)
    default: return .notImplemented
    }
  }

  /// The address of a target on arm64, where the kernel judges how many pages of an area are asked for.
  @inline(never)
  func resolveOnArm64(
    _ target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    guard case .area(let name, let page) = target, let area = areas.area(named: name),
      page < area.pages
    else { return try resolve(target, pages) }
    return area.start + page
  }

  /// Changes a range of an area, and with RDONLY the linear-map pages behind it. Models
  /// `change_memory_common()`.
  private mutating func changeMemoryCommon(
    _ address: VirtualAddress, _ pages: PageCount, set: EntryFlags, clear: EntryFlags,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    emit(.entered(.changeMemoryCommon, address, pages), &sink)
    emit(.asked(RequestMasks(set: set, clear: clear)), &sink)
    let result: ReturnCode
    switch changeableArea(address, pages) {
    case .failure(let refusal):
      emit(.decided(.linearMap(.areaRefused(address, refusal))), &sink)
      result = .invalid
    case .success(let area):
      result = changeArea(area, address, pages, set: set, clear: clear, &sink)
    }
    emit(.left(.changeMemoryCommon, result), &sink)
    return result
  }

  private mutating func changeArea(
    _ area: Area, _ address: VirtualAddress, _ pages: PageCount, set: EntryFlags,
    clear: EntryFlags, _ sink: inout EventListener,
  ) -> ReturnCode {
    if pages == 0 { return .success }
    if cpu[.rodataFull], set.union(clear) == .writable {
      let isWhole = setup.kernel.linearMap.mirrorsWholeArea
      let frames =
        isWhole ? backing(of: area) : backing(of: address, pages)
      emit(
        .decided(
          .linearMap(.mirrored(pages: PageCount(UInt64(frames.count)), requested: pages))), &sink)
      for pfn in frames {
        let code = dunderChangeMemoryCommon(
          directMapAddress(of: pfn), 1, set: set, clear: clear, &sink)
        if code != .success { return code }
      }
      if !isWhole { passPageArray(pages - PageCount(UInt64(frames.count)), &sink) }
    } else {
      emit(.decided(.linearMap(.notMirrored)), &sink)
    }
    vmUnmapAliases(&sink)
    return dunderChangeMemoryCommon(address, pages, set: set, clear: clear, &sink)
  }

  /// The size of an area counts its guard page, its array of pages does not: with the guard page the loop
  /// reads past the array. What it finds there maps nothing, and each page is flushed all the same.
  private mutating func passPageArray(_ pages: PageCount, _ sink: inout EventListener) {
    guard pages > 0 else { return }
    emit(.decided(.linearMap(.pastPageArray(pages))), &sink)
    for _ in 0..<pages.rawValue { emit(.linearMap(.flushedRange(1)), &sink) }
  }

  /// The area that may be changed, or why not.
  private func changeableArea(
    _ address: VirtualAddress, _ pages: PageCount,
  ) -> Result<Area, LinearMapDecision.AreaRefusal> {
    guard let area = areas.area(at: address) else { return .failure(.noArea) }
    // The size of an area counts its guard page.
    guard pages <= area.start + area.pages - address + 1 else { return .failure(.pastArea) }
    guard area.flags.contains(.ownsPages) else { return .failure(.notAllocated) }
    if setup.kernel.linearMap.refusesHugeAreas, area.flags.contains(.huge) {
      return .failure(.mayBeHuge)
    }
    return .success(area)
  }

  func backing(of address: VirtualAddress, _ pages: PageCount) -> [PFN] {
    let part = Area(name: serialName("part-"), start: address, pages: pages)
    return backing(of: part)
  }

  /// Changes a range and flushes it. Models `__change_memory_common()`.
  mutating func dunderChangeMemoryCommon(
    _ address: VirtualAddress, _ pages: PageCount, set: EntryFlags, clear: EntryFlags,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    emit(.entered(.dunderChangeMemoryCommon, address, pages), &sink)
    let result = updateRange(address, pages, set: set, clear: clear, &sink)
    // The flush comes whatever the walk came to, as long as it began.
    let isMadeValid = set == .present && clear.isEmpty
    if result != .noMemory, !isMadeValid || setup.kernel.linearMap.flushesMadeValid {
      emit(.linearMap(.flushedRange(pages)), &sink)
    }
    emit(.left(.dunderChangeMemoryCommon, result), &sink)
    return result
  }

  /// Splits what must be split, and changes every entry of a range; nothing is flushed. Models
  /// `update_range_prot()`, 7.0, and `apply_to_page_range()` before it.
  mutating func updateRange(
    _ address: VirtualAddress, _ pages: PageCount, set: EntryFlags, clear: EntryFlags,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    let split = splitKernelLeafMapping(address, pages, &sink)
    if split != .success { return split }
    for run in tables.runs(from: address, pages: pages) {
      guard let size = run.size else { continue }
      if let met = obstacle(in: run, size) {
        emit(.decided(.linearMap(.walkerMetBlock(met, size))), &sink)
        return .invalid
      }
      let flags = run.flags.subtracting(clear).union(set)
      if flags != run.flags { rewrite(run, size, flags, &sink) }
    }
    return .success
  }

  /// Where the walker cannot go on: at a block, if it knows none, and in the middle of a block or of a
  /// contiguous group.
  private func obstacle(in run: LeafRun, _ size: LeafSize) -> VirtualAddress? {
    if size > .size4K, !setup.kernel.linearMap.hasBBML2 { return run.start }
    var unit = size.pages.rawValue
    if run.flags.contains(.contiguous) { unit *= 16 }
    let isWhole =
      (run.start.rawValue >> 12) % unit == 0 && run.pages.rawValue % unit == 0
    return isWhole ? nil : run.start
  }

  private mutating func rewrite(
    _ run: LeafRun, _ size: LeafSize, _ flags: EntryFlags, _ sink: inout EventListener,
  ) {
    if run.leafCount > 1, AddressLayout.directMapFrame(of: run.start) != nil {
      emit(.linearMap(.rewritten(run, flags)), &sink)
      return
    }
    for index in 0..<run.leafCount {
      let address = run.start + PageCount(index * size.pages.rawValue)
      guard let leaf = tables.lookup(address) else { continue }
      emit(
        .entryWritten(address, size, old: leaf.entry, new: Entry(leaf.pfn, flags)), &sink)
    }
  }
}
