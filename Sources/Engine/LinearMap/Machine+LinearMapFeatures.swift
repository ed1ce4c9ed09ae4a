extension Machine {
  /// The frames of the kernel's text and read-only data in the linear map of arm64, which are mapped
  /// apart from the rest: without memory tagging, for one.
  public var linearMapImage: Range<PFN>? { setup.linearMap.image }

  /// The frames of KFENCE's early pool in the linear map of arm64; `nil` if there is none.
  public var kfencePool: Range<PFN>? { setup.linearMap.kfenceFrames }

  /// Whether the CPU that runs has FEAT_BBM level 2, and the kernel makes use of it. Models
  /// `system_supports_bbml2_noabort()`: of all CPUs.
  var supportsBBML2: Bool { setup.kernel.linearMap.hasBBML2 && cpu[.bbml2] && cpu[.bbml2All] }

  /// Why the whole linear map must be of 4K pages; `nil` if it need not be. Models
  /// `force_pte_mapping()`, 7.0, which asks the CPU that boots, and before that the use of
  /// `can_set_direct_map()` in `map_mem()`.
  var forcePTEMapping: LinearMapDecision.PageReason? {
    guard let reason = canSetDirectMap else {
      return setup.kernel.linearMap.crashkernelNeedsPages && cpu[.crashkernel] ? .crashkernel : nil
    }
    if reason != .debugPagealloc, setup.kernel.linearMap.hasBBML2, cpu[.bbml2] { return nil }
    return reason
  }

  /// Whether blocks and contiguous groups of the linear map are split when a part of them changes (arm64).
  public var splitsBlocks: Bool {
    supportsBBML2 && canSetDirectMap != nil && forcePTEMapping == nil
  }

  /// Whether the tables have a level more: FEAT_LPA2, and a kernel that is built for it.
  var hasFiveLevels: Bool { setup.kernel.linearMap.takesLPA2 && cpu[.lpa2] }

  /// Why single pages of the linear map can be changed; `nil` if they cannot. Models
  /// `can_set_direct_map()`, arch/arm64/mm/pageattr.c.
  var canSetDirectMap: LinearMapDecision.PageReason? {
    let rules = setup.kernel.linearMap
    if cpu[.rodataFull] { return .rodataFull }
    if cpu[.debugPagealloc] { return .debugPagealloc }
    if rules.knowsLateKFENCE, cpu[.lateKFENCE] { return .lateKFENCE }
    if rules.knowsRealms, cpu[.realm] { return .realm }
    return nil
  }

  /// Splits all blocks once if a secondary CPU lacks FEAT_BBM level 2. Models
  /// `linear_map_maybe_split_to_ptes()` and `linear_map_split_to_ptes()`, 7.0: the kernel image keeps
  /// its blocks, from its text to its read-only data.
  mutating func linearMapMaybeSplitToPTEs(_ sink: inout EventListener) {
    guard setup.kernel.linearMap.hasBBML2, cpu[.bbml2], !cpu[.bbml2All], canSetDirectMap != nil
    else {
      return
    }
    let start = directMapAddress(of: memory.ranges.first?.lowerBound ?? 0)
    emit(.entered(.linearMapSplitToPTEs, start, memory.pages), &sink)
    emit(.decided(.linearMap(.splitAllToPages(memory.pages))), &sink)
    let banks = LinearMapLayout(image: setup.linearMap.image).banks(of: memory)
    for bank in banks {
      let runs = tables.runs(
        from: directMapAddress(of: bank.lowerBound), pages: bank.upperBound - bank.lowerBound)
      for run in runs {
        guard let size = run.size else { continue }
        if size == .size4K {
          guard run.flags.contains(.contiguous) else { continue }
          emit(.linearMap(.rewritten(run, run.flags.subtracting(.contiguous))), &sink)
        } else {
          splitToPages(run, size, &sink)
        }
      }
    }
    emit(.left(.linearMapSplitToPTEs, .success), &sink)
  }

  private mutating func splitToPages(
    _ run: LeafRun, _ size: LeafSize, _ sink: inout EventListener,
  ) {
    emit(.linearMap(.splitToPages(run)), &sink)
    let blocks2M = run.pages.rawValue / LeafSize.size2M.pages.rawValue
    var counts: [(TableLevel, UInt64)] = [(.pte, blocks2M)]
    if size == .size1G { counts.append((.pmd, run.leafCount)) }
    for (level, count) in counts {
      let kind = TableKind(level, isLate: true)
      emit(.linearMap(.allocated(kind, count)), &sink)
      emit(
        .linearMap(.filled(kind, visits: count, groups: count * 32, entries: count * 512)), &sink)
    }
  }
}
