// What boot does to the linear map once it is built: smp_cpus_done() and mark_rodata_ro(),
// arch/arm64/kernel/smp.c and mm/mmu.c, 6.1 to 7.3.

extension Machine {
  /// Brings the map from what `map_mem()` made to what a running machine has.
  mutating func finishLinearMap(_ sink: inout EventListener) {
    kptiInstallNGMappings(&sink)
    linearMapMaybeSplitToPTEs(&sink)
    markLinearTextAliasRO(&sink)
  }

  /// With page-table isolation no mapping of the kernel stays global. Models
  /// `kpti_install_ng_mappings()`, which goes over all leaves.
  private mutating func kptiInstallNGMappings(_ sink: inout EventListener) {
    guard cpu[.kpti] else { return }
    let range = directMapRange
    emit(.entered(.kptiInstallNGMappings, range.lowerBound, memory.pages), &sink)
    rewriteLeaves(range, &sink) { $0.subtracting(.global) }
    emit(.left(.kptiInstallNGMappings, .success), &sink)
  }

  /// The kernel's text and read-only data become read-only in the linear map too. Models
  /// `mark_linear_text_alias_ro()`, which does so whatever `rodata=` says.
  private mutating func markLinearTextAliasRO(_ sink: inout EventListener) {
    guard let image = setup.linearMap.image else { return }
    let start = directMapAddress(of: image.lowerBound)
    let pages = image.upperBound - image.lowerBound
    emit(.entered(.markLinearTextAliasRO, start, pages), &sink)
    rewriteLeaves(start..<(start + pages), &sink) { $0.subtracting(.writable) }
    emit(.left(.markLinearTextAliasRO, .success), &sink)
  }

  /// The kernel's data and bss become read-only or invalid there: they are used through the image's own
  /// mapping alone. This comes last, as tables that blocks split into are from the page allocator.
  mutating func protectDataAlias(_ sink: inout EventListener) {
    guard let data = setup.linearMap.data else { return }
    let (behind, lost): (PageCount, EntryFlags)
    switch setup.kernel.linearMap.dataAlias {
    case .writable: return
    case .readOnly(let pages): (behind, lost) = (pages, .writable)
    case .invalid(let pages): (behind, lost) = (pages, .present)
    }
    let pages = data.upperBound - data.lowerBound
    guard pages > behind else { return }
    _ = dunderChangeMemoryCommon(
      directMapAddress(of: data.lowerBound), pages - behind, set: [], clear: lost, &sink)
  }

  private mutating func rewriteLeaves(
    _ range: Range<VirtualAddress>, _ sink: inout EventListener,
    _ change: (EntryFlags) -> EntryFlags,
  ) {
    let runs = tables.runs(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound)
    for run in runs where run.size != nil {
      emit(.linearMap(.rewritten(run, change(run.flags))), &sink)
    }
  }
}
