// Splitting live blocks with FEAT_BBM level 2: arch/arm64/mm/mmu.c, 7.0.

extension Machine {
  /// Makes both borders of a range borders of leaves. Without FEAT_BBM level 2 nothing is ever split.
  /// Models `split_kernel_leaf_mapping()`.
  mutating func splitKernelLeafMapping(
    _ start: VirtualAddress, _ pages: PageCount, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard splitsBlocks, !isKFENCEPage(start) else { return .success }
    let end = start + pages
    emit(.entered(.splitKernelLeafMapping, start, pages), &sink)
    var result = ReturnCode.success
    if pages == 1 {
      let isStartLess = start.rawValue.trailingZeroBitCount < end.rawValue.trailingZeroBitCount
      let least = isStartLess ? start : end
      emit(
        .decided(.linearMap(.singlePage(least, other: isStartLess ? end : start))), &sink)
      result = splitLeaf(at: least, &sink)
    } else {
      result = splitLeaf(at: start, &sink)
      if result == .success { result = splitLeaf(at: end, &sink) }
    }
    emit(.left(.splitKernelLeafMapping, result), &sink)
    return result
  }

  private func isKFENCEPage(_ address: VirtualAddress) -> Bool {
    guard let pool = kfencePool, let pfn = AddressLayout.directMapFrame(of: address) else {
      return false
    }
    return pool.contains(pfn)
  }

  /// Makes an address a border of leaves, from the largest to the smallest. Models
  /// `split_kernel_leaf_mapping_locked()`.
  private mutating func splitLeaf(
    at address: VirtualAddress, _ sink: inout EventListener,
  ) -> ReturnCode {
    if isBorder(address, LeafSize.size1G.bytes, &sink) { return .success }
    guard prepareSplit(&sink) == .success else { return .noMemory }
    guard let leaf = tables.lookup(address) else { return .success }
    if leaf.size == .size1G {
      let code = splitBlock(address, leaf, &sink)
      if code != .success { return code }
    }
    if isBorder(address, LeafSize.size2M.bytes << 4, &sink) { return .success }
    guard let leaf = tables.lookup(address) else { return .success }
    if leaf.size == .size2M {
      if leaf.flags.contains(.contiguous) { dropCont(address, leaf, &sink) }
      if isBorder(address, LeafSize.size2M.bytes, &sink) { return .success }
      guard let single = tables.lookup(address) else { return .success }
      let code = splitBlock(address, single, &sink)
      if code != .success { return code }
    }
    if isBorder(address, LeafSize.size4K.bytes << 4, &sink) { return .success }
    guard let leaf = tables.lookup(address) else { return .success }
    if leaf.flags.contains(.contiguous) { dropCont(address, leaf, &sink) }
    return .success
  }

  private mutating func isBorder(
    _ address: VirtualAddress, _ bytes: UInt64, _ sink: inout EventListener,
  ) -> Bool {
    guard address.rawValue & (bytes - 1) == 0 else { return false }
    emit(.decided(.linearMap(.borderAligned(address, bytes: bytes))), &sink)
    return true
  }

  /// A block becomes 512 entries of the next size, all with CONT. Models `split_pud()` and
  /// `split_pmd()`.
  private mutating func splitBlock(
    _ address: VirtualAddress, _ leaf: PageTables.Leaf, _ sink: inout EventListener,
  ) -> ReturnCode {
    let start = address.alignedDown(to: leaf.size)
    emit(.decided(.linearMap(.splitBlock(start, leaf.size))), &sink)
    var frame: PFN?
    if physical.isKnown {
      frame = allocateTablePage(isForSplit: true, &sink)
      if frame == nil { return .noMemory }
    }
    let level: TableLevel = leaf.size == .size1G ? .pmd : .pte
    let kind = TableKind(level, isLate: true)
    let first = Entry(leaf.pfn, leaf.flags.union(.contiguous))
    emit(.tableInstalled(start, inPlaceOf: leaf.size, old: leaf.entry, first: first), &sink)
    if let frame { emit(.tableBacked(start, inPlaceOf: leaf.size, frame), &sink) }
    emit(.linearMap(.allocated(kind, 1)), &sink)
    emit(.linearMap(.filled(kind, visits: 1, groups: 32, entries: 512)), &sink)
    emit(.linearMap(.splitCounted(leaf.size)), &sink)
    return .success
  }

  /// The 16 entries of a group lose CONT. Models `split_contpmd()` and `split_contpte()`.
  private mutating func dropCont(
    _ address: VirtualAddress, _ leaf: PageTables.Leaf, _ sink: inout EventListener,
  ) {
    let bytes = leaf.size.bytes << 4
    let start = VirtualAddress(address.rawValue & ~(bytes - 1))
    emit(.decided(.linearMap(.dropCont(start, leaf.size))), &sink)
    for run in tables.runs(from: start, pages: PageCount(bytes >> 12)) where run.size != nil {
      emit(.linearMap(.rewritten(run, run.flags.subtracting(.contiguous))), &sink)
    }
    emit(.linearMap(.contDropped(leaf.size)), &sink)
  }
}
