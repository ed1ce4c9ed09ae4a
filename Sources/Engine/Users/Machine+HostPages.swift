// Single pages of the direct map that the hardware or another kernel asks for: SNP, memory failure, kexec.

/// The control page of a kernel that kexec has loaded.
public struct ControlPage: Equatable, Sendable {
  /// The name under which it was loaded.
  public var name: Name
  /// Its frame.
  public var pfn: PFN
}

extension Machine {
  /// A host of SNP guests makes pages private, or shared again: RMPUPDATE faults where a leaf of the direct
  /// map is larger than the update, so such a leaf is split first. What begins at a multiple of 2M and has
  /// 2M is one update of 2M. Models `adjust_direct_map()`, arch/x86/virt/svm/sev.c, 6.12 and 7.3.4.
  ///
  /// - Returns: -EFAULT where a split fails; the pages before it stay as they are.
  mutating func rmpUpdate(
    _ pfn: PFN, _ pages: PageCount, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let start = try resolve(.frame(pfn), pages)
    guard !setup.isArm64 else { throw .needsArchitecture(.x86_64) }
    let block = LeafSize.size2M.pages
    var index: PageCount = 0
    while index < pages, sink.goesOn(index.rawValue, of: pages.rawValue) {
      if (pfn + index).isAligned(to: .size2M), pages - index >= block {
        // The hardware checks a leaf of 1G as one of 2M.
        index += block
        continue
      }
      let address = start + index
      // A page that is not mapped, or mapped by 4K, is as it must be.
      if let leaf = tables.lookup(address), leaf.size > .size4K {
        let result = setMemory(.split4K, address, 1, &sink)
        if result != .success { return .fault }
      }
      index += 1
    }
    return .success
  }

  /// A page with an uncorrectable error leaves the direct map, or comes back. The address is a decoy with bit
  /// 63 flipped, so that nobody speculates on it: it leads to the same entry, and lies outside of the direct
  /// map, so CPA looks at the real address as an alias, and flushes everything. Back is `set_memory_p()`.
  /// Models `set_mce_nospec()` and `clear_mce_nospec()`, arch/x86/mm/pat/set_memory.c, 7.2. Up to 5.18 the
  /// page became uncached instead (from memory).
  mutating func setPoisoned(
    _ isPoisoned: Bool, _ pfn: PFN, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let address = try resolve(.frame(pfn), 1)
    guard !setup.isArm64 else { throw .needsArchitecture(.x86_64) }
    var request = CPARequest(
      address, 1, set: isPoisoned ? [] : .present, clear: isPoisoned ? .present : [])
    if isPoisoned { request.findings.insert(.visitedAlias) }
    return changePageAttrSetClr(&request, &sink)
  }

  /// A kernel is loaded for kexec: its control page becomes read-only and executable at its direct-map
  /// address. It is the one caller that makes an address of the direct map executable: as it is no alias,
  /// NX goes. Models `machine_kexec_prepare()`, arch/x86/kernel/machine_kexec_64.c, 7.3.4. Before 6.14 the
  /// page became writable and executable (from memory), by `set_memory_x()`.
  ///
  /// The ranges that kdump marks around it (`arch_kexec_protect_crashkres()`) are left out.
  mutating func loadKexec(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    if isTaken(name) || kept.value.kexecs.contains(where: { $0.name == name }) {
      throw .nameTaken(name)
    }
    guard !setup.isArm64 else { throw .needsArchitecture(.x86_64) }
    guard let pfn = allocPages(PageRequest(owner: name), &sink) else { return .noMemory }
    emit(.kept(.kexecAdded(ControlPage(name: name, pfn: pfn))), &sink)
    return setMemory(setup.kernel.hasROXCache ? .rox : .x, directMapAddress(of: pfn), 1, &sink)
  }

  /// The kernel is unloaded: NX, then RW; nothing collapses. Models `machine_kexec_cleanup()`.
  mutating func unloadKexec(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard let page = kept.value.kexecs.first(where: { $0.name == name }) else {
      throw .nothingHeld(name, "kexec load")
    }
    let address = directMapAddress(of: page.pfn)
    _ = setMemory(.nx, address, 1, &sink)
    if setup.kernel.hasROXCache { _ = setMemory(.rw, address, 1, &sink) }
    emit(.kept(.kexecRemoved(name)), &sink)
    freePages(page.pfn, order: 0, &sink)
    return .success
  }
}
