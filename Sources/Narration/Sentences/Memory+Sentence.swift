import Engine

// The page allocator in plain English.

extension MemoryChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .unlisted(let block): "\(block.words) leaves the \(block.type.name) list"
    case .listed(let block, let atTail):
      "\(block.words): \(atTail ? "tail" : "head") of \(block.type.name) list"
    case .relisted(let block, let type):
      "\(block.words): \(block.type.name) to \(type.name) list"
    case .retyped(let pfn, let type): "pageblock of \(pfn.hex) is \(type.name)"
    case .allocated(let block, _): "\(block.words) allocated"
    case .released(let block, _): "\(block.words) freed"
    case .handed(let handover): handover.shortWords
    case .divided(let block, _): "\(block.words) becomes single pages"
    case .handedOver(let pfn, let pages): "\(pages.words) from \(pfn.hex) go to the allocator"
    case .listedRun(let pfn, let blocks): "\(blocks) x 4M from \(pfn.hex) are free"
    case .ownerNamed(_, let name): "a new owner: \(name)"
    case .cpuList(let change): change.shortWords
    case .movedToNode(let node): "the CPU is on node \(node)"
    case .aged(_, let operations): "\(operations) random operations"
    case .scattered(_, let pages, let percent, _):
      "\(pages.words) taken, \(percent) % freed at random"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .unlisted(let block):
      "The free block \(block.words) is taken off the \(block.type.name) list."
    case .listed(let block, let atTail):
      "The block \(block.words) is put at the \(atTail ? "tail" : "head") of the "
        + "\(block.type.name) list."
    case .relisted(let block, let type):
      "The free block \(block.words) moves from the \(block.type.name) list to the tail of the "
        + "\(type.name) list."
    case .retyped(let pfn, let type):
      "The pageblock that holds pfn \(pfn.hex) becomes \(type.name)."
    case .allocated(let block, _):
      "The block \(block.words) is handed out, for \(block.type.name) use."
    case .released(let block, _): "The block \(block.words) is freed."
    case .handed(let handover): handover.sentence
    case .divided(let block, _):
      "The allocated block \(block.words) becomes \(block.pages.words), each to be freed by itself."
    case .handedOver(let pfn, let pages):
      "Boot hands \(pages.words) from pfn \(pfn.hex) over to the page allocator."
    case .listedRun(let pfn, let blocks):
      "Boot hands \(blocks) free blocks of 4M from pfn \(pfn.hex) over to the page allocator."
    case .ownerNamed(_, let name): "\(name) is a new owner of pages."
    case .cpuList(let change): change.sentence
    case .movedToNode(let node): "The CPU that asks for memory is on node \(node) from here on."
    case .aged(let seed, let operations):
      "Memory ages: \(operations) random requests and releases, seed \(seed)."
    case .scattered(_, let pages, let percent, let seed):
      "\(pages.words) of kernel memory are taken one by one, and \(percent) % of them freed at "
        + "random, seed \(seed)."
    }
  }
}

extension CPUListChange {
  /// The change in a few words.
  fileprivate var shortWords: String {
    switch self {
    case .added(let block, let atTail):
      "\(block.words): \(atTail ? "tail" : "head") of CPU 0's list"
    case .removed(let block): "\(block.words) leaves CPU 0's list"
    case .freeFactor(_, let factor): "overflows free \(1 << factor) batches"
    }
  }

  /// The same as a sentence.
  fileprivate var sentence: String {
    switch self {
    case .added(let block, atTail: true):
      "The block \(block.words) fills CPU 0's list of \(block.type.name) blocks of its order."
    case .added(let block, atTail: false):
      "The block \(block.words) waits on CPU 0's \(block.type.name) list, where nothing merges."
    case .removed(let block):
      "The block \(block.words) leaves CPU 0's \(block.type.name) list."
    case .freeFactor(_, let factor):
      "When CPU 0's lists overflow next, \(1 << factor) batches go, or all but one."
    }
  }
}

extension Handover {
  /// Who gives the page to whom, in a few words.
  fileprivate var shortWords: String {
    entersCache
      ? "pfn \(block.first.hex): \(user) to the cache"
      : "pfn \(block.first.hex): the cache to \(user)"
  }

  /// The same as a sentence.
  fileprivate var sentence: String {
    let move =
      entersCache
      ? "from \(user) to the cache of \(cache.rawValue)"
      : "from the cache of \(cache.rawValue) to \(user)"
    return "pfn \(block.first.hex) changes hands \(move). The page allocator does not see it: for "
      + "it the page stays allocated."
  }
}

extension MemoryDecision {
  /// The decision in a few words.
  var shortWords: String {
    switch self {
    case .served(_, let order, let block):
      block.order == order
        ? "the \(block.type.name) list has order \(order)"
        : "order \(order) is cut from order \(block.order)"
    case .claimedWhole(let block, let type): "\(type.name) claims all of \(block.words)"
    case .claimed(_, let type, let free, let alike):
      "\(free) free + \(alike) alike of 512: \(type.name) claims the pageblock"
    case .notClaimed(_, _, let free, let alike):
      "\(free) free + \(alike) alike of 512: too few to claim"
    case .stolen(let block, let type): "\(type.name) takes \(block.words) alone"
    case .zoneKept(let zone, let free, let reserve):
      "zone \(zone): \(free.rawValue) free, \(reserve.rawValue) kept back"
    case .zoneSpared(let zone, _): "zone \(zone) spared: no types mixed yet"
    case .exhausted(let order, _, let node): "node \(node): no zone has order \(order)"
    }
  }

  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .served(let zone, let order, let block):
      "Zone \(zone) serves a request of order \(order) from its \(block.type.name) list with "
        + "\(block.words)"
        + (block.order == order ? "." : "; the upper halves go back.")
    case .claimedWhole(let block, let type):
      "No \(type.name) block is left: the \(block.type.name) block \(block.words) is as large as a "
        + "pageblock and becomes \(type.name) whole."
    case .claimed(let block, let type, let free, let alike):
      "No \(type.name) block is left: of the pageblock of \(block.words), \(free) pages are free and "
        + "\(alike) used alike, half of 512 or more, so it becomes \(type.name)."
    case .notClaimed(let block, let type, let free, let alike):
      "The pageblock of \(block.words) does not become \(type.name): \(free) of its pages are free "
        + "and \(alike) used alike, fewer than half of 512."
    case .stolen(let block, let type):
      "No \(type.name) block is left: \(block.words) is taken from the \(block.type.name) list, and "
        + "its pageblock keeps its type."
    case .zoneKept(let zone, let free, let reserve):
      "Zone \(zone) is passed over: it has \(free.words) free and keeps \(reserve.words) back for "
        + "those that no higher zone can serve."
    case .zoneSpared(let zone, let order):
      "Zone \(zone) could serve order \(order) only by mixing types in a pageblock: other zones are "
        + "asked first."
    case .exhausted(let order, let type, let node):
      "No zone that node \(node) may ask has a block of order \(order) for \(type.name) use: the "
        + "request fails."
    }
  }
}

extension PageState.Block {
  /// The first frame and the order.
  var words: String { "pfn \(first.hex) (order \(order))" }
}
