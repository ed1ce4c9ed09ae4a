import Engine

// What policies decide, in plain English.

extension PolicyDecision {
  /// The decision in a few words.
  var shortWords: String {
    switch self {
    case .requestRefused(_, let gfp): "GFP flags \(gfp.hex) unsupported: no page"
    case .cacheEmpty(_, let node): node < 0 ? "no cached page is left" : "node \(node): cache empty"
    case .blockTaken(_, let pfn, _): "a fresh 2M block: pfn \(pfn.hex)"
    case .blockOfOrderTaken(_, let pfn, let order):
      "a fresh block of order \(order): pfn \(pfn.hex)"
    case .fellBack(_, let pfn): "no 2M block: single pfn \(pfn.hex)"
    case .nothingLeft: "neither a block nor a page left"
    case .pageblockMarked(_, let pfn): "pageblock at pfn \(pfn.hex): Unmapped"
    case .handedOutPresent(_, let pfn): "pfn \(pfn.hex) handed out, still present"
    case .freedNotPresent(_, let pfn): "pfn \(pfn.hex) freed, not present"
    case .pageblockWaits(_, _, let use):
      use.isOnlyWaiting
        ? "waits on CPU 0's list: \(use.waiting) pages"
        : "4K: \(use.own) used, \(use.borrowed) borrowed, \(use.boot) boot"
          + (use.waiting > 0 ? ", \(use.waiting) on CPU list" : "")
    case .mergeRefused(_, _, let odd): "free, but pfn \(odd.hex) is not ordinary: no merge"
    case .rightsRewritten(_, _, let entries): "\(entries) entries lose rights of their own"
    case .flushesUnderLock: "flushes other CPUs, zone->lock held"
    case .sleepsInAtomic: "an atomic request that may sleep: it splits"
    case .lockedInSoftirq: "takes cpa_lock in a softirq"
    case .lost(_, let pfn): "pfn \(pfn.hex) could not be split, and is lost"
    case .mergeMissed(_, _, let order): "free, but merging ended at order \(order)"
    case .largerLeafStays(_, let pfn): "1G at pfn \(pfn.hex) stays split"
    case .ruleRan(let ran): ran.words
    case .chunkInUse(_, _, let held): "freed, and \(held.rawValue) pages are in use"
    case .shrunk(_, let node, let asked, let freed):
      "shrinker" + (node < 0 ? "" : ", node \(node)") + ": \(freed) of \(asked) freed"
    }
  }

  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .requestRefused(_, let gfp):
      "Unsupported GFP flags for VM_GROUP_PAGES: \(gfp.hex). The request gets no page."
    case .cacheEmpty(_, let node):
      node < 0
        ? "No cached page is left." : "Node \(node) has no cached page; no other is asked."
    case .blockTaken(_, let pfn, let node):
      "A fresh 2M block for the cache: pfn \(pfn.hex) on node \(node). Its 512 pages will share one "
        + "split."
    case .blockOfOrderTaken(_, let pfn, let order):
      "A fresh block of order \(order) for the private allocator: pfn \(pfn.hex)."
    case .fellBack(_, let pfn):
      "No 2M block is available: the single page \(pfn.hex) takes its place, and joins the cache when "
        + "it is freed."
    case .nothingLeft: "Neither a 2M block nor a page is available: the request fails."
    case .pageblockMarked(_, let pfn):
      "The pageblock at pfn \(pfn.hex) becomes Unmapped: its 2M leaf is split first."
    case .handedOutPresent(_, let pfn):
      "Page \(pfn.hex) is handed out as unmapped, and is still in the direct map."
    case .freedNotPresent(_, let pfn):
      "Page \(pfn.hex) is freed and not in the direct map: another type took its pageblock."
    case .pageblockWaits(_, let pfn, let use):
      use.isOnlyWaiting
        ? "The pageblock at pfn \(pfn.hex) waits on CPU 0's list: \(use.waiting) of its free pages lie "
          + "there, where nothing merges."
        : "The pageblock at pfn \(pfn.hex) keeps its 4K leaves: \(counted(use.own, "page")) in use, "
          + "\(use.borrowed) borrowed by other types, \(use.boot) kept by boot"
          + (use.waiting > 0 ? ", \(use.waiting) on CPU 0's list." : ".")
    case .mergeRefused(_, let pfn, let odd):
      "The pageblock at pfn \(pfn.hex) is free, but the entry of pfn \(odd.hex) is not ordinary: its "
        + "4K leaves stay."
    case .rightsRewritten(_, let pfn, let entries):
      "The 2M leaf at pfn \(pfn.hex) makes \(counted(entries, "page")) ordinary that were read-only, executable or "
        + "not present: nobody read their entries."
    case .flushesUnderLock(_, let pfn):
      "The merge at pfn \(pfn.hex) flushes other CPUs with interrupts off and zone->lock held: a kernel "
        + "warns of it."
    case .sleepsInAtomic(_, let pfn):
      "The request for pfn \(pfn.hex) may not sleep, and splitting its leaf allocates with GFP_KERNEL: "
        + "the kernel sleeps in atomic context."
    case .lost(_, let pfn):
      "The leaf of pfn \(pfn.hex) cannot be split; the page is to change lists, is on none, and is lost. "
        + "The kernel warns of a corrupt list."
    case .lockedInSoftirq(_, let pfn):
      "Freeing pfn \(pfn.hex) in a softirq takes cpa_lock, which others hold with softirqs on: a "
        + "deadlock that waits to happen."
    case .mergeMissed(_, let pfn, let order):
      "The pageblock at pfn \(pfn.hex) is free, but merging ended at order \(order), not at 9: "
        + "its 4K leaves stay."
    case .largerLeafStays(_, let pfn):
      "The 1G leaf at pfn \(pfn.hex) stays split: the page allocator knows no block so large."
    case .ruleRan(let ran): ran.words.sentence
    case .chunkInUse(let start, let pages, let held):
      "The area at \(start.hex) goes with all its \(pages.rawValue) pages, and \(held.rawValue) of them are "
        + "in use: up to 7.3.3 a free part that begins and ends at 2M is enough."
    case .shrunk(_, let node, let asked, let freed):
      "Reclaim asked the cache" + (node < 0 ? "" : " of node \(node)")
        + " for \(counted(asked, "page")) and got \(freed)."
    }
  }
}

extension PageblockUse {
  /// Whether only the CPU's lists keep the pageblock from being free.
  fileprivate var isOnlyWaiting: Bool { own + borrowed + boot == 0 && waiting > 0 }
}

extension GFPFlags {
  /// The bits as `0x` and hexadecimal digits.
  fileprivate var hex: String { "0x" + String(rawValue, radix: 16) }
}
