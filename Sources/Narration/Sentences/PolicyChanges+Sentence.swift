import Engine

// What policies keep, in plain English.

extension PolicyChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .edgecombe2021(let change): change.shortWords
    case .permAlloc2020(let change): change.shortWords
    case .pteCache2021(let change): change.shortWords
    case .unmapped2022(.marked(let pfn)): "pageblock of pfn \(pfn.hex) is Unmapped"
    case .mergeOnFree(.merged(let pfn)): "2M leaf back at pfn \(pfn.hex)"
    case .unmapped2022(.strayed(let stray)): "pfn \(stray.pfn.hex) is astray: free, not present"
    case .mergeOnFree(.missed(let pfn)): "free pageblock at pfn \(pfn.hex) stays 4K"
    case .mergeOnFree(.refused(let pfn)): "free pageblock at pfn \(pfn.hex) is refused"
    case .unmappedAlloc2023(let change): change.shortWords
    case .rule(let change): change.words
    case .freetype2026(let change): change.shortWords
    case .mermap2026(let change): change.shortWords
    case .kpkeys(let change): change.shortWords
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .edgecombe2021(let change): change.sentence
    case .permAlloc2020(let change): change.sentence
    case .pteCache2021(let change): change.sentence
    case .unmapped2022(.marked(let pfn)):
      "The pageblock at pfn \(pfn.hex) becomes Unmapped: pages that leave the direct map are taken "
        + "from here first."
    case .mergeOnFree(.merged(let pfn)):
      "The pageblock at pfn \(pfn.hex) is free as a whole: a 2M leaf maps it again."
    case .unmapped2022(.strayed(let stray)):
      "pfn \(stray.pfn.hex), which \(stray.owner) frees, is lost: it is free and not present, and "
        + "the next request that zeroes it stops the kernel."
    case .mergeOnFree(.refused(let pfn)):
      "The pageblock at pfn \(pfn.hex) is free as a whole; the check of its entries refuses the merge."
    case .mergeOnFree(.missed(let pfn)):
      "The pageblock at pfn \(pfn.hex) is free as a whole, and keeps its 4K leaves all the same."
    case .unmappedAlloc2023(let change): change.sentence
    case .rule(let change): "A rule keeps another number: \(change.words)."
    case .freetype2026(let change): change.sentence
    case .mermap2026(let change): change.sentence
    case .kpkeys(let change): change.sentence
    }
  }
}

extension Edgecombe2021.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .added(let pfn, let node): "pfn \(pfn.hex) joins the cache of node \(node)"
    case .taken(let pfn, let node): "node \(node): newest cached page, pfn \(pfn.hex), taken"
    case .isolated(let pfn, let node): "node \(node): oldest cached page, pfn \(pfn.hex), leaves"
    case .roundRobinAdvanced: "the round robin moves on"
    case .enabled(let isOn): "the grouping cache is turned \(isOn ? "on" : "off")"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .added(let pfn, let node):
      "pfn \(pfn.hex) joins the cache of node \(node), to be handed out before any page of a block "
        + "that is still whole."
    case .taken(let pfn, let node):
      "The newest page in the cache of node \(node), pfn \(pfn.hex), is handed out: its "
        + "block was set aside for such pages."
    case .isolated(let pfn, let node):
      "The oldest page in the cache of node \(node), pfn \(pfn.hex), is chosen to be freed."
    case .roundRobinAdvanced:
      "The request names no node: the counter that chooses one moves on."
    case .enabled(let isOn):
      isOn
        ? "The grouping cache is turned on: pages for special permissions come from it."
        : "The grouping cache is turned off: pages come from the page allocator, and go back to it."
    }
  }
}

extension PermAlloc2020.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .pushed(let pfn, let isProtected):
      "pfn \(pfn.hex) cached, " + (isProtected ? "PROTECTED" : "UNPROTECTED")
    case .taken(let pfn): "newest cached page, pfn \(pfn.hex), leaves"
    case .flushOwed(let pfn): "pfn \(pfn.hex) is to be flushed later"
    case .flushDone: "no page waits for a flush"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .pushed(let pfn, let isProtected):
      "pfn \(pfn.hex) joins the cache, "
        + (isProtected ? "out of the direct map already." : "still in the direct map.")
    case .taken(let pfn): "pfn \(pfn.hex), the newest page of the cache, is taken out of it."
    case .flushOwed(let pfn):
      "The flush of pfn \(pfn.hex) waits until the area has all its pages: one flush for all."
    case .flushDone: "No page waits for a flush any more."
    }
  }
}

extension PTECache2021.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .added(let pfn, let node): "pfn \(pfn.hex) joins the cache of node \(node)"
    case .taken(let pfn, let node): "node \(node): newest cached page, pfn \(pfn.hex), taken"
    case .isolated(let pfn, let node): "node \(node): oldest cached page, pfn \(pfn.hex), leaves"
    case .roundRobinAdvanced: "the round robin moves on"
    case .marked(let pfn): "pageblock of \(pfn.hex): mapped by 4K entries"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .added(let pfn, let node):
      "pfn \(pfn.hex) joins the cache of node \(node): it is mapped by a 4K entry, and a change of "
        + "it splits nothing."
    case .taken(let pfn, let node):
      "The newest page in the cache of node \(node), pfn \(pfn.hex), is handed out."
    case .isolated(let pfn, let node):
      "The oldest page in the cache of node \(node), pfn \(pfn.hex), is chosen to be freed."
    case .roundRobinAdvanced:
      "The request names no node: the counter that chooses one moves on."
    case .marked(let pfn): "The pageblock of pfn \(pfn.hex) is marked as mapped by 4K entries."
    }
  }
}

extension UnmappedAlloc2023.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .inserted(let pfn, let order): "free here: pfn \(pfn.hex) (order \(order))"
    case .removed(let pfn, let order): "taken from here: pfn \(pfn.hex) (order \(order))"
    case .cached(let pfn, let order): "pfn \(pfn.hex) (order \(order)) came in"
    case .released(let pfn, let order): "pfn \(pfn.hex) (order \(order)) goes back"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .inserted(let pfn, let order):
      "The block of order \(order) at pfn \(pfn.hex) is free in the private allocator."
    case .removed(let pfn, let order):
      "The free block of order \(order) at pfn \(pfn.hex) leaves its list in the private allocator."
    case .cached(let pfn, let order):
      "The private allocator got a block of order \(order) at pfn \(pfn.hex), and marks its "
        + "pageblock."
    case .released(let pfn, let order):
      "The private allocator gives a block of order \(order) at pfn \(pfn.hex) back"
        + (order == 9 ? ", and takes the mark off." : "; the mark of its pageblock stays.")
    }
  }
}

extension Freetype2026.Change {
  fileprivate var shortWords: String {
    switch self {
    case .unmapped(let pfn): "pageblock at pfn \(pfn.hex): unmapped"
    case .mapped(let pfn): "pageblock at pfn \(pfn.hex): mapped again"
    case .taken(let pfn): "pfn \(pfn.hex) of an unmapped block"
    case .freed(let pfn): "pfn \(pfn.hex) back in its unmapped block"
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .unmapped(let pfn):
      "The pageblock at pfn \(pfn.hex) is outside the direct map as a whole: the next 512 requests for such "
        + "pages split, change and flush nothing."
    case .mapped(let pfn):
      "The pageblock at pfn \(pfn.hex) is free as a whole and is mapped again, so any user can have it; no "
        + "flush is needed."
    case .taken(let pfn):
      "Page \(pfn.hex) comes out of an unmapped block: it is outside the direct map already."
    case .freed(let pfn):
      "Page \(pfn.hex) goes back to its unmapped block, and stays outside the direct map."
    }
  }
}
