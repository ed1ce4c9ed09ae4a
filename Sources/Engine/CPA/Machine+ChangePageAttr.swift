// The walk of a request over its pages: arch/x86/mm/pat/set_memory.c, 6.12. The function names are
// the kernel's; `docs/model.md` lists where a version departs.

extension Machine {
  /// One request: change, then flush, then collapse. Models `change_page_attr_set_clr()`.
  mutating func changePageAttrSetClr<Sink: EventSink>(
    _ request: inout CPARequest, _ sink: inout Sink,
  ) -> ReturnCode {
    if request.isEmpty { return .success }
    emit(.entered(.changePageAttrSetClr, request.start, request.pages), &sink)
    emit(.asked(request.masks), &sink)
    vmUnmapAliases(&sink)
    let result = changePageAttrLoop(&request, isPrimary: true, &sink)
    let setsCacheType = !request.set.isDisjoint(with: .cacheMask)
    if result == .bug {
      // Nobody is left to flush anything.
    } else if !request.findings.contains(.wroteEntry) {
      emit(.decided(.nothingChanged), &sink)
    } else if result == .success {
      cpaFlush(&request, setsCacheType, &sink)
    } else {
      emit(.flushed(.allAfterFailure), &sink)
      if setsCacheType { emit(.flushed(.allCaches), &sink) }
    }
    emit(.left(.changePageAttrSetClr, result), &sink)
    return result
  }

  /// Walks the pages of a request, and after each stretch their aliases. Models
  /// `__change_page_attr_set_clr()`.
  ///
  /// - Parameter isWhole: whether the walk is all there is to the request, so that it says what is
  ///   asked for.
  mutating func changePageAttrLoop<Sink: EventSink>(
    _ request: inout CPARequest, isPrimary: Bool, isWhole: Bool = false, _ sink: inout Sink,
  ) -> ReturnCode {
    if request.isEmpty { return .success }
    emit(.entered(.changePageAttrLoop, request.start, request.pages), &sink)
    if isWhole { emit(.asked(request.masks), &sink) }
    var result = ReturnCode.success
    var remaining = request.pages
    while remaining > 0,
      sink.goesOn((request.pages - remaining).rawValue, of: request.pages.rawValue)
    {
      request.numpages = request.isArray ? 1 : remaining
      result = changePageAttr(&request, isPrimary: isPrimary, &sink)
      if result != .success { break }
      if isPrimary, !request.skipsAliases {
        result = cpaProcessAlias(&request, &sink)
        if result != .success { break }
      }
      remaining -= request.numpages
      request.current += request.numpages
    }
    request.numpages = request.pages
    emit(.left(.changePageAttrLoop, result), &sink)
    return result
  }

  /// One step: the entry that maps the current page, whatever its size. Models
  /// `__change_page_attr()`; a split goes back to the lookup.
  @inline(__always)
  private mutating func changePageAttr<Sink: EventSink>(
    _ request: inout CPARequest, isPrimary: Bool, _ sink: inout Sink,
  ) -> ReturnCode {
    let address = request.address
    while true {
      guard let leaf = tables.lookup(address) else {
        let looksForFaults = !(request.skipsAliases && setup.kernel.ignoresFaultsWithoutAlias)
        return cpaProcessFault(
          &request, address, isPrimary: isPrimary && looksForFaults, &sink)
      }
      if leaf.size == .size4K { return changeEntry(&request, address, leaf, &sink) }
      var result = ReturnCode.success
      if !shouldSplitLargePage(&request, address, leaf, &result, &sink) { return result }
      result = splitLargePage(request, address, leaf, &sink)
      if result != .success { return result }
    }
  }

  /// The 4K case of `__change_page_attr()`.
  @inline(__always)
  private mutating func changeEntry<Sink: EventSink>(
    _ request: inout CPARequest, _ address: VirtualAddress, _ leaf: PageTables.Leaf,
    _ sink: inout Sink,
  ) -> ReturnCode {
    emit(.counted(.cpa4KSetChecked, 1), &sink)
    let old = leaf.entry.flags(.size4K)
    let pfn = leaf.entry.pfn(.size4K)
    let asked = old.subtracting(request.clear).union(request.set)
    var new = staticProtections(asked, address, pfn, pages: 1, leafSize: nil)
    if new != asked { emit(.decided(.bitsRefused(address, asked.subtracting(new))), &sink) }
    warnIfWritableAndExecutable(old, new, address, &sink)
    new = globalAsPresent(new)
    request.pfn = pfn
    request.numpages = 1
    if new == old {
      emit(.decided(.entryKept(address, old)), &sink)
    } else {
      emit(.decided(.entryChanged(address, old: old, new: new)), &sink)
      emit(.entryWritten(address, .size4K, old: leaf.entry, new: Entry(pfn, new)), &sink)
      request.findings.insert(.wroteEntry)
    }
    guard setup.hooks.contains(.entries) else { return .success }
    return policiesDidStep(
      EntryStep(address: address, size: .size4K, old: old, new: new), &sink.listener)
  }

  /// The flags without G if they are not present, where the bit would mean PROTNONE; with G if they
  /// are and the kernel gives it back. Models `pgprot_clear_protnone_bits()`.
  @inline(__always)
  func globalAsPresent(_ flags: EntryFlags) -> EntryFlags {
    let dropped = flags.droppingGlobalUnlessPresent
    return restoresGlobal && flags.contains(.present) ? dropped.union(.global) : dropped
  }

  /// Whether G comes back with P: only where the default kernel mask lets it through.
  @inline(__always)
  var restoresGlobal: Bool {
    setup.kernel.restoresGlobal && setup.cpu.pageKernel.contains(.global)
  }

  /// Nothing is mapped at the address. Models `__cpa_process_fault()`.
  @inline(never)
  private mutating func cpaProcessFault<Sink: EventSink>(
    _ request: inout CPARequest, _ address: VirtualAddress, isPrimary: Bool, _ sink: inout Sink,
  ) -> ReturnCode {
    if isPrimary, !directMapRange.contains(address) {
      emit(.decided(.holeRefused(address)), &sink)
      return .fault
    }
    emit(.decided(.holeSkipped(address)), &sink)
    if isPrimary, let pfn = AddressLayout.directMapFrame(of: address) { request.pfn = pfn }
    request.numpages = 1
    return .success
  }

  /// Models `verify_rwx()`: it warns and changes nothing. An entry that is not present is no exception.
  @inline(__always)
  mutating func warnIfWritableAndExecutable<Sink: EventSink>(
    _ old: EntryFlags, _ new: EntryFlags, _ address: VirtualAddress, _ sink: inout Sink,
  ) {
    guard setup.kernel.warnsOfRWX, setup.cpu[.nx], new.contains(.writable), !new.contains(.nx),
      !old.symmetricDifference(new).isDisjoint(with: [.writable, .nx])
    else { return }
    emit(.decided(.writableAndExecutable(address)), &sink)
  }

  /// Flushes what `vunmap()` left behind. Models `vm_unmap_aliases()`, mm/vmalloc.c.
  @inline(__always)
  mutating func vmUnmapAliases<Sink: EventSink>(_ sink: inout Sink) {
    guard let span = areas.lazySpan else { return }
    emit(.entered(.vmUnmapAliases, span.start, span.pages), &sink)
    flushKernelRange(span.pages, &sink.listener)
    emit(.vmalloc(.purged), &sink)
    emit(.left(.vmUnmapAliases, .success), &sink)
  }
}
