import Engine

// What users of special permissions and policies keep, in plain English.

extension KeptChange {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .packAdded(let name, let chunks): "BPF pack \(name) has \(chunks) chunks of 64 bytes"
    case .packRemoved(let name): "BPF pack \(name) is empty and goes"
    case .programAdded(let program):
      program.pack.map {
        "BPF program \(program.name) takes \(program.chunks.count) chunks of \($0)"
      } ?? "BPF program \(program.name) has an area of its own"
    case .programRemoved(let name): "BPF program \(name) goes"
    case .roxFreed(let range): "the ROX cache has \(range.pages.words) at \(range.lowerBound.hex)"
    case .roxTaken(let range):
      "\(range.pages.words) at \(range.lowerBound.hex) leave the free part of the ROX cache"
    case .roxBusy(let name, let range): "\(name) holds \(range.pages.words) of the ROX cache"
    case .roxIdle(let name): "\(name) gives its part of the ROX cache back"
    case .secretAdded(let page): "secret page \(page.name) is pfn \(page.pfn.hex)"
    case .secretRemoved(let name): "secret page \(name) goes"
    case .reclaimDeferred(_, let node, let count):
      "reclaim keeps \(count) pages of node \(node) for next time"
    case .serialUsed: "a number for a name is used"
    }
  }
}

extension Range<VirtualAddress> {
  fileprivate var pages: PageCount { upperBound - lowerBound }
}

extension PageSupply.Change {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .added(.block(let order, let pfn)):
      "the next request of order \(order) gets " + (pfn.map { "pfn \($0.hex)" } ?? "nothing")
    case .added(.scan(_, let node, let pages)):
      "the next request first reclaims \(pages) pages of node \(node)"
    case .given: "the answer laid down beforehand is given"
    case .failsBlocks(let fails):
      fails ? "requests of 2M blocks fail from here on" : "2M blocks can be had again"
    case .singlePagesLeft(let count):
      count < 0 ? "single pages can be had again" : "\(count) single pages are left"
    }
  }
}

extension PolicyChange {
  /// The change, without a full stop.
  var words: String {
    switch self {
    case .edgecombe2021(let change): change.words
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

extension PolicyDecision {
  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .requestRefused(_, let gfp):
      "Unsupported GFP flags for VM_GROUP_PAGES: 0x\(String(gfp.rawValue, radix: 16)). No page."
    case .cacheEmpty(_, let node):
      node < 0
        ? "No node has a cached page." : "Node \(node) has no cached page; no other is asked."
    case .blockTaken(_, let pfn, let node):
      "A fresh 2M block, pfn \(pfn.hex) on node \(node): one page is handed out, 511 are cached."
    case .fellBack(_, let pfn):
      "No 2M block: the single page \(pfn.hex) takes its place, and joins the cache when freed."
    case .nothingLeft: "Neither a 2M block nor a page is left."
    case .shrunk(_, let node, let asked, let freed):
      "The shrinker was asked for \(asked) pages of node \(node) and gave \(freed) back."
    }
  }
}
