/// Page tables from whole blocks: the allocator for maps of blocks in later code of the same series, Kevin
/// Brodsky, 2026 (mm/kpkeys_hardened_pgtables.c, "pkeys block allocator", in copies of the mm tree).
///
/// A cache of pages that have the key. When it is empty a whole block of order 9 is taken, else one of order 4 or
/// 2, and the key is set for all of it in one request: a block of 2M stays one leaf. Freed page tables return to
/// the cache with their key. Four pages are a reserve: two for the splits of a refill, two for all others, which
/// fill the cache first. The shrinker gives back a block that is free as a whole in one request, else pages that
/// belong to no block, else pages of the block that has most, if these are 64 or more, which splits it.
///
/// What the code leaves open, and what is done here: the tables of the map itself, which boot makes from blocks of
/// their own, have their key from the first to the last in one request, and no rest of a block is given back. A
/// later form of the file, without such a cache, is known as well; which one was posted is not.
struct KpkeysBlocks2026: PublishedPolicy {
  var name: PolicyName { .kpkeysBlocks2026 }
  var hooks: PolicyHooks { [] }
  var shrinker: (any Shrinker)? { KpkeysShrinker() }

  /// Pages that only splits of the linear map may take.
  static let reserve = 4
  /// The orders that a refill tries, for pages of 4K.
  static let orders = [PhysicalMemory.pageblockOrder, 4, 2]

  func adjust(_ kernel: inout KernelProfile) { kernel.linearMap.tableKeys = .blocks }

  func heldPages(_ machine: Machine) -> [PFN] { machine.kept.value.policies.kpkeys.cached }

  func nextPages(_ machine: Machine) -> [PFN] {
    machine.kept.value.policies.kpkeys.cached.last.map { [$0] } ?? []
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.kpkeys
    return [
      .count("pages with the key in the cache", Int64(state.cached.count)),
      .count("whole blocks known", Int64(state.blocks.count)),
      .note("The key is set for a block of 2M at once, so that its leaf stays whole."),
    ]
  }
}

/// The shrinker of that cache. Models `pba_shrink_count()` and `pba_shrink_scan()`.
struct KpkeysShrinker: Shrinker {
  var isNodeAware: Bool { false }
  var countFunction: RemedyFunction { .pbaShrinkCount }
  var scanFunction: RemedyFunction { .pbaShrinkScan }

  /// Pages that stay, so that the next table does not fill the cache again at once.
  private static let kept = 16
  /// The least free pages for which a block is split.
  private static let leastOfBlock = 64

  func count(node: Int, _ machine: Machine) -> ShrinkResult {
    let cached = machine.kept.value.policies.kpkeys.cached.count
    return cached > Self.kept ? .pages(cached - Self.kept) : .empty
  }

  func scan(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ShrinkResult {
    nrScanned = 0
    let state = machine.kept.value.policies.kpkeys
    let most = max(0, state.cached.count - Self.kept)
    let loose = state.cached.count { state.block(of: $0) == nil }
    let fullest = Self.fullest(state)
    let isWhole = fullest.pages == TableNode.entryCount
    if isWhole, most < TableNode.entryCount { return .stop }
    let isWorth = loose < fullest.pages && loose < pages && fullest.pages >= Self.leastOfBlock
    let target = isWhole || isWorth ? fullest.block : nil
    let wanted = isWhole ? fullest.pages : min(pages, isWorth ? fullest.pages : loose)
    let chosen = state.cached.reversed().filter { state.block(of: $0) == target }
      .prefix(min(wanted, most))
    guard !chosen.isEmpty else { return .stop }
    nrScanned = chosen.count
    for pfn in chosen { machine.emit(.policy(.kpkeys(.taken(pfn))), &sink) }
    if let target {
      machine.emit(.policy(.kpkeys(.shrunk(target))), &sink)
      if isWhole {
        _ = machine.setMemoryPkey(
          machine.directMapAddress(of: target), LeafSize.size2M.pages, false, &sink)
      }
    }
    for pfn in chosen {
      if !isWhole {
        _ = machine.setMemoryPkey(machine.directMapAddress(of: pfn), 1, false, &sink)
      }
      machine.returnPages(pfn, order: 0, &sink)
    }
    machine.note(
      .shrunk(.kpkeysBlocks2026, node: -1, asked: pages, freed: chosen.count), &sink)
    return .pages(chosen.count)
  }

  /// The block with most pages in the cache, and how many.
  private static func fullest(_ state: KpkeysState) -> (block: PFN?, pages: Int) {
    var best: (block: PFN?, pages: Int) = (nil, 0)
    for block in state.blocks {
      let pages = state.cached.count { $0.alignedDown(to: .size2M) == block }
      if pages > best.pages { best = (block, pages) }
    }
    return best
  }
}
