// set_direct_map_*() and set_memory_valid() on arm64: arch/arm64/mm/pageattr.c, 6.12 and 7.0.

extension Machine {
  /// `set_direct_map_invalid_noflush()` or `..._default_noflush()` on one frame after the other; they
  /// do nothing and return 0 unless single pages can be changed.
  @inline(never)
  mutating func setDirectMapArm64(
    _ operation: SetDirectMap, _ pfn: PFN, _ pages: PageCount, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard canSetDirectMap != nil else {
      emit(.decided(.linearMap(.cannotSetDirectMap)), &sink)
      return .success
    }
    let isDefault = operation == .default
    let set: EntryFlags = isDefault ? [.present, .writable] : []
    let clear: EntryFlags = isDefault ? [] : .present
    let address = directMapAddress(of: pfn)
    // Where all is 4K pages, as many calls come to the same as one.
    guard supportsBBML2, forcePTEMapping == nil else {
      return updateRange(address, pages, set: set, clear: clear, &sink)
    }
    for index in 0..<pages.rawValue {
      let code = updateRange(
        address + PageCount(index), 1, set: set, clear: clear, &sink)
      if code != .success { return code }
    }
    return .success
  }

  /// `set_direct_map_valid_noflush()`, which flushes on arm64 all the same, as it is
  /// `set_memory_valid()`.
  @inline(never)
  mutating func setDirectMapValidArm64(
    _ pfn: PFN, _ pages: PageCount, _ isValid: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard canSetDirectMap != nil else {
      emit(.decided(.linearMap(.cannotSetDirectMap)), &sink)
      return .success
    }
    return setMemoryValid(directMapAddress(of: pfn), pages, isValid, &sink)
  }

  /// Models `set_memory_valid()`: no area is asked for, nothing is mirrored.
  mutating func setMemoryValid(
    _ address: VirtualAddress, _ pages: PageCount, _ isValid: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    let runs = tables.runs(from: address, pages: pages)
    if runs.allSatisfy({ $0.size == .size4K && !$0.flags.contains(.contiguous) }) {
      emit(.decided(.linearMap(.nothingToSplit)), &sink)
    }
    return dunderChangeMemoryCommon(
      address, pages, set: isValid ? .present : [], clear: isValid ? [] : .present, &sink)
  }

  /// `flush_tlb_kernel_range()` of either architecture.
  mutating func flushKernelRange(_ pages: PageCount, _ sink: inout EventListener) {
    emit(
      setup.isArm64 ? .linearMap(.flushedRange(pages)) : .flushed(.kernelRange(pages)), &sink)
  }
}
