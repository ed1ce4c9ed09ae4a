import Engine

// What users of special permissions keep, in plain English.

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
