import Engine

// What policies keep and decide, in plain English.

extension PolicyChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .edgecombe2021(let change): change.shortWords
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .edgecombe2021(let change): change.sentence
    }
  }
}

extension Edgecombe2021.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .added(let pfn, let node): "pfn \(pfn.hex) joins the cache of node \(node)"
    case .taken(let pfn, _): "newest cached page, pfn \(pfn.hex), handed out"
    case .isolated(let pfn, _): "oldest cached page, pfn \(pfn.hex), leaves"
    case .roundRobinAdvanced: "the round robin moves on"
    case .enabled(let isOn): "the grouping cache is turned \(isOn ? "on" : "off")"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .added(let pfn, let node):
      "pfn \(pfn.hex) joins the cache of node \(node), to be handed out before any page that was "
        + "never split."
    case .taken(let pfn, let node):
      "The newest page in the cache of node \(node), pfn \(pfn.hex), is handed out: it lies in a "
        + "block that is broken up already."
    case .isolated(let pfn, let node):
      "The oldest page in the cache of node \(node), pfn \(pfn.hex), is chosen to be given back."
    case .roundRobinAdvanced:
      "The request names no node: the counter that chooses one moves on."
    case .enabled(let isOn):
      isOn
        ? "The grouping cache is turned on: pages for special permissions come from it."
        : "The grouping cache is turned off: pages come from the page allocator again, and go "
          + "back to it."
    }
  }
}

extension PolicyDecision {
  /// The decision in a few words.
  var shortWords: String {
    switch self {
    case .requestRefused(_, let gfp): "GFP flags \(gfp.hex) unsupported: no page"
    case .cacheEmpty(_, let node):
      node < 0 ? "no node's cache has a page" : "node \(node): cache empty"
    case .blockTaken(_, let pfn, _): "fresh 2M block, pfn \(pfn.hex): 511 cached"
    case .fellBack(_, let pfn): "no 2M block: single pfn \(pfn.hex)"
    case .nothingLeft: "neither a block nor a page left"
    case .shrunk(_, let node, let asked, let freed):
      "shrinker, node \(node): \(freed) of \(asked) freed"
    }
  }

  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .requestRefused(_, let gfp):
      "The grouping cache does not support the GFP flags \(gfp.hex): the request gets no page."
    case .cacheEmpty(_, let node):
      node < 0
        ? "No node has a cached page."
        : "Node \(node) has no cached page, and the request may ask no other node."
    case .blockTaken(_, let pfn, let node):
      "A fresh 2M block, pfn \(pfn.hex) on node \(node), is taken: one page is handed out, 511 wait "
        + "in the cache, and all their permissions will cost one split."
    case .fellBack(_, let pfn):
      "No 2M block can be had: the single page pfn \(pfn.hex) takes its place, and joins the cache "
        + "when it is freed."
    case .nothingLeft: "Neither a 2M block nor a page can be had: the request fails."
    case .shrunk(_, let node, let asked, let freed):
      "Reclaim asked the cache of node \(node) for \(asked) pages and got \(freed)."
    }
  }
}

extension GFPFlags {
  /// The bits as `0x` and hexadecimal digits.
  fileprivate var hex: String { "0x" + String(rawValue, radix: 16) }
}
