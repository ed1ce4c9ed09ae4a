// The public calls: which masks they hand to the engine, and what they do around it.

extension Machine {
  /// The masks and switches of a call that is one plain request; `nil` for those that do more.
  @inline(__always)
  func plainRequest(
    _ operation: SetMemory, _ address: VirtualAddress, _ pages: PageCount,
  ) -> CPARequest? {
    let readOnly: EntryFlags = setup.kernel.roClearsDirty ? [.writable, .dirty] : .writable
    var request: CPARequest
    switch operation {
    case .ro: request = CPARequest(address, pages, set: [], clear: readOnly)
    case .rw: request = CPARequest(address, pages, set: .writable, clear: [])
    case .x: request = CPARequest(address, pages, set: [], clear: .nx)
    case .nx: request = CPARequest(address, pages, set: .nx, clear: [])
    case .rox:
      let clear = setup.cpu[.nx] ? readOnly.union(.nx) : readOnly
      request = CPARequest(address, pages, set: [], clear: clear)
      request.collapses = setup.kernel.collapses
    case .np: request = CPARequest(address, pages, set: [], clear: .present)
    case .npNoalias:
      request = CPARequest(address, pages, set: [], clear: .present)
      request.skipsAliases = true
    case .p: request = CPARequest(address, pages, set: .present, clear: [])
    case .split4K:
      let mark: EntryFlags = setup.kernel.marksKernel4K ? .kernel4K : []
      request = CPARequest(address, pages, set: mark, clear: [])
      request.forceSplit = true
    case .global: request = CPARequest(address, pages, set: .global, clear: [])
    case .nonglobal: request = CPARequest(address, pages, set: [], clear: .global)
    case .wt:
      request = CPARequest(
        address, pages, set: MemoryType.wt.entryBits,
        clear: .cacheMask.subtracting(MemoryType.wt.entryBits))
    case .uc, .wc, .wb, .encrypted, .decrypted: return nil
    }
    if setup.kernel.aliasNX == .unaliasedAlone, request.set.union(request.clear) == .nx {
      request.skipsAliases = true
    }
    return request
  }

  /// One call of the `set_memory_*()` family. Models arch/x86/mm/pat/set_memory.c.
  @inline(__always)
  mutating func setMemory<Sink: EventSink>(
    _ operation: SetMemory, _ address: VirtualAddress, _ pages: PageCount,
    skipsAliases: Bool = false, _ sink: inout Sink,
  ) -> ReturnCode {
    if setup.isArm64 { return setMemoryArm64(operation, address, pages, &sink.listener) }
    if !exists(operation) { return .notImplemented }
    if !setup.cpu[.nx], operation == .x || operation == .nx { return .success }
    if var request = plainRequest(operation, address, pages) {
      if skipsAliases { request.skipsAliases = true }
      return changePageAttrSetClr(&request, &sink)
    }
    switch operation {
    case .uc: return setCacheType(.ucMinus, address, pages, &sink)
    case .wc: return setCacheType(.wc, address, pages, &sink)
    case .wb: return setWriteBack(address, pages, &sink)
    case .encrypted: return setEncrypted(true, address, pages, &sink)
    default: return setEncrypted(false, address, pages, &sink)
    }
  }

  /// Whether the kernel version has a call.
  public func exists(_ operation: SetMemory) -> Bool {
    switch operation {
    case .rox: setup.kernel.hasRox
    case .ro, .rw, .x, .nx: true
    case .p: setup.kernel.hasP
    default: !setup.isArm64
    }
  }
}

// MARK: - Encryption

extension Machine {
  /// Models `__set_memory_enc_pgtable()`, 6.12: a no-op without memory encryption (SME, SEV, TDX); otherwise it
  /// flushes afterwards whether anything changed or not.
  private mutating func setEncrypted<Sink: EventSink>(
    _ isEncrypted: Bool, _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let carriesCBit = setup.cpu.carriesCBit
    guard carriesCBit || setup.cpu[.tdx] else { return .success }
    let setsBit = carriesCBit ? isEncrypted : !isEncrypted
    var request = CPARequest(
      address, pages, set: setsBit ? .encryption : [],
      clear: setsBit ? [] : .encryption)
    if carriesCBit || !isEncrypted { cpaFlush(&request, setup.cpu[.tdx], &sink) }
    let result = changePageAttrLoop(&request, isPrimary: true, isWhole: true, &sink)
    cpaFlush(&request, false, &sink)
    return result
  }
}

// MARK: - The direct map without flush

extension Machine {
  /// `set_direct_map_invalid_noflush()` or `..._default_noflush()` on one frame after the other.
  mutating func setDirectMap<Sink: EventSink>(
    _ operation: SetDirectMap, _ pfn: PFN, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    if setup.isArm64 { return setDirectMapArm64(operation, pfn, pages, &sink.listener) }
    for index in 0..<pages.rawValue {
      let result = setPresent(operation == .default, pfn + PageCount(index), 1, &sink)
      if result != .success { return result }
    }
    return .success
  }

  /// `set_direct_map_valid_noflush()`, 6.13 and later: one request for all frames.
  mutating func setDirectMapValid<Sink: EventSink>(
    _ pfn: PFN, _ pages: PageCount, _ isValid: Bool, _ sink: inout Sink,
  ) -> ReturnCode {
    guard setup.kernel.hasDirectMapValid else { return .notImplemented }
    if setup.isArm64 { return setDirectMapValidArm64(pfn, pages, isValid, &sink.listener) }
    return setPresent(isValid, pfn, pages, &sink)
  }

  /// Models `__set_pages_p()` and `__set_pages_np()`: no alias, no flush, no collapse.
  mutating func setPresent<Sink: EventSink>(
    _ isPresent: Bool, _ pfn: PFN, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let cleared: EntryFlags =
      setup.kernel.roClearsDirty ? [.present, .writable, .dirty] : [.present, .writable]
    var request = CPARequest(
      directMapAddress(of: pfn), pages,
      set: isPresent ? [.present, .writable] : [], clear: isPresent ? [] : cleared)
    request.skipsAliases = true
    return changePageAttrLoop(&request, isPrimary: true, isWhole: true, &sink)
  }
}
