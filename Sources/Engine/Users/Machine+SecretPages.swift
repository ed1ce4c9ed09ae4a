// memfd_secret: mm/secretmem.c, 7.0. KFENCE: arch/x86/include/asm/kfence.h.

extension Machine {
  /// A process touches a page of memfd_secret: it leaves the direct map. Models `secretmem_fault()`.
  mutating func faultSecret(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if kept.value.secrets.contains(where: { $0.name == name }) || isTaken(name) {
      throw .nameTaken(name)
    }
    // `memfd_secret()` is not there where the map cannot be changed.
    if setup.isArm64, canSetDirectMap == nil { return .notImplemented }
    var request = PageRequest(owner: name)
    request.gfp = [.user, .highmem, .zero]
    request.isGrouped = true
    request.isSecret = true
    guard case .page(let pfn, let isUnmapped) = allocPage(request, &sink) else { return .noMemory }
    if !isUnmapped {
      _ = setDirectMap(.invalid, pfn, 1, &sink)
      flushKernelRange(1, &sink)
    }
    if isUnmapped, zeroUnmapped(request, pfn, &sink) != .success {
      _ = freePage(pfn, [.group, .secret, .hasNoAlias], &sink)
      return .noMemory
    }
    let page = SecretPage(name: name, pfn: pfn, isUnmappedByPolicy: isUnmapped)
    emit(.kept(.secretAdded(page)), &sink)
    return .success
  }

  /// The page goes: back into the direct map, and zeroed there, which sets D. Models
  /// `secretmem_free_folio()`.
  mutating func releaseSecret(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard let page = kept.value.secrets.first(where: { $0.name == name }) else {
      throw .noSecret(name)
    }
    flushMermap(&sink)
    emit(.kept(.secretRemoved(name)), &sink)
    if !page.isUnmappedByPolicy {
      _ = setDirectMap(.default, page.pfn, 1, &sink)
      try? touch(.write, directMapAddress(of: page.pfn), 1, &sink)
    }
    let flags: Area.Flags =
      page.isUnmappedByPolicy ? [.group, .secret, .hasNoAlias] : [.group, .secret]
    return freePage(page.pfn, flags, &sink)
  }

  /// KFENCE takes P from the entry of a page, or gives it back: no CPA, no counters, no other CPU.
  /// Models `kfence_protect_page()`.
  mutating func kfence(protects: Bool, _ pfn: PFN, _ sink: inout EventListener) throws(CallError) {
    let address = try resolve(.frame(pfn), 1)
    guard let leaf = tables.lookup(address), leaf.size == .size4K else {
      throw .notSplit(address)
    }
    if setup.isArm64 {
      _ = setMemoryValid(address, 1, !protects, &sink)
      return
    }
    let flags = protects ? leaf.flags.subtracting(.present) : leaf.flags.union(.present)
    guard flags != leaf.flags else { return }
    emit(.entryWritten(address, .size4K, old: leaf.entry, new: Entry(leaf.pfn, flags)), &sink)
    emit(.flushed(.ownPage), &sink)
  }
}
