import Engine

// What policies keep and decide, in plain English.

extension PolicyChange {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .edgecombe2021(let change): change.words
    case .permAlloc2020(let change): change.words
    case .pteCache2021(let change): change.words
    case .unmapped2022(.marked(let pfn)): "the pageblock at pfn \(pfn.hex) is Unmapped"
    case .mergeOnFree(.merged(let pfn)): "a 2M leaf maps the pageblock at pfn \(pfn.hex) again"
    case .mergeOnFree(.missed(let pfn)): "the free pageblock at pfn \(pfn.hex) keeps its 4K leaves"
    case .unmappedAlloc2023(let change): change.words
    }
  }
}

extension Edgecombe2021.Change {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .added(let pfn, let node): "pfn \(pfn.hex) joins the cache of node \(node)"
    case .taken(let pfn, let node): "pfn \(pfn.hex), the newest of node \(node), is handed out"
    case .isolated(let pfn, let node): "pfn \(pfn.hex), the oldest of node \(node), is given back"
    case .roundRobinAdvanced: "the round robin moves on by one page"
    case .enabled(let isOn): "the grouping cache is turned \(isOn ? "on" : "off")"
    }
  }
}

extension PermAlloc2020.Change {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .pushed(let pfn, let isProtected):
      "pfn \(pfn.hex) joins the cache, " + (isProtected ? "PROTECTED" : "UNPROTECTED")
    case .taken(let pfn): "pfn \(pfn.hex), the newest, leaves the cache"
    case .flushOwed(let pfn): "pfn \(pfn.hex) is flushed when the area has all its pages"
    case .flushDone: "no page waits for a flush"
    }
  }
}

extension PTECache2021.Change {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .added(let pfn, let node): "pfn \(pfn.hex) joins the cache of node \(node)"
    case .taken(let pfn, let node): "pfn \(pfn.hex), the newest of node \(node), is handed out"
    case .isolated(let pfn, let node): "pfn \(pfn.hex), the oldest of node \(node), is given back"
    case .roundRobinAdvanced: "the round robin moves on by one page"
    case .marked(let pfn): "the pageblock of pfn \(pfn.hex) is marked as mapped by 4K entries"
    }
  }
}

extension UnmappedAlloc2023.Change {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .inserted(let pfn, let order):
      "pfn \(pfn.hex) is a free block of order \(order) of the private allocator"
    case .removed(let pfn, let order):
      "the free block of order \(order) at pfn \(pfn.hex) leaves its list"
    case .cached(let pfn, let order):
      "a block of order \(order) at pfn \(pfn.hex) came in, and its pageblock is marked"
    case .released(let pfn, let order):
      "a block of order \(order) at pfn \(pfn.hex) goes back"
        + (order == 9 ? ", and with it the mark" : "; the mark of its pageblock stays")
    }
  }
}

extension PolicyDecision {
  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .requestRefused(_, let gfp):
      "Unsupported GFP flags for VM_GROUP_PAGES: 0x\(String(gfp.rawValue, radix: 16)). No page."
    case .cacheEmpty(_, let node):
      node < 0
        ? "No cached page is left." : "Node \(node) has no cached page; no other is asked."
    case .blockTaken(_, let pfn, let node):
      "A fresh 2M block for the cache: pfn \(pfn.hex) on node \(node)."
    case .blockOfOrderTaken(_, let pfn, let order):
      "A fresh block of order \(order) for the private allocator: pfn \(pfn.hex)."
    case .fellBack(_, let pfn):
      "No 2M block: the single page \(pfn.hex) takes its place, and joins the cache when freed."
    case .nothingLeft: "Neither a 2M block nor a page is left."
    case .pageblockMarked(_, let pfn):
      "The pageblock at pfn \(pfn.hex) becomes Unmapped: its 2M leaf is split first."
    case .handedOutPresent(_, let pfn):
      "Page \(pfn.hex) is handed out as unmapped, and is still in the direct map."
    case .freedNotPresent(_, let pfn):
      "Page \(pfn.hex) is freed and not in the direct map: another type took its pageblock."
    case .pageblockWaits(_, let pfn, let own, let borrowed, let boot):
      "The pageblock at pfn \(pfn.hex) keeps its 4K leaves: \(own) pages in use, \(borrowed) "
        + "borrowed by other types, \(boot) kept by boot."
    case .mergeMissed(_, let pfn, let order):
      "The pageblock at pfn \(pfn.hex) is free, but merging ended at order \(order), not at 9: "
        + "its 4K leaves stay."
    case .largerLeafStays(_, let pfn):
      "The 1G leaf at pfn \(pfn.hex) stays split: the page allocator knows no block so large."
    case .shrunk(_, let node, let asked, let freed):
      "The shrinker was asked for \(asked) pages" + (node < 0 ? "" : " of node \(node)")
        + " and gave \(freed) back."
    }
  }
}
