import Engine

// What users of special permissions keep, in plain English.

extension KeptChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .packAdded(let name, let chunks): "\(name): \(chunks) chunks to share"
    case .packDirtied(let name): "branch predictors may remember \(name)"
    case .predictorFlushed(let name): "branch predictors flushed before \(name)"
    case .tablePageAdded(let name, let pfn): "\(name): page table in pfn \(pfn.hex)"
    case .tablePagesRemoved(let name): "\(name): all page tables go"
    case .packRemoved(let name): "\(name) is empty and goes"
    case .programAdded(let program):
      program.pack.map { "\(program.name): \(program.chunks.count) chunks of \($0)" }
        ?? "\(program.name) has an area of its own"
    case .programRemoved(let name): "BPF program \(name) goes"
    case .roxFreed(let range): "ROX cache gains \(range.pages.words), \(range.lowerBound.hex)"
    case .roxTaken(let range): "ROX cache gives \(range.pages.words), \(range.lowerBound.hex)"
    case .roxBusy(let name, let range): "\(name) holds \(range.pages.words) of the ROX cache"
    case .roxIdle(let name): "\(name) gives its part of the ROX cache back"
    case .secretAdded(let page): "secret page \(page.name) is pfn \(page.pfn.hex)"
    case .secretRemoved(let name): "secret page \(name) goes"
    case .guestPageAdded(let page): "guest \(page.name): pfn \(page.pfn.hex)"
    case .guestRemoved(let name): "guest \(name) lets its memory go"
    case .kexecAdded(let page): "control page of \(page.name): pfn \(page.pfn.hex)"
    case .kexecRemoved(let name): "the control page of \(name) goes"
    case .reclaimDeferred(_, let node, let count):
      "reclaim: \(count) of node \(node) left for later"
    case .serialUsed: "a number for a name is used"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .packAdded(let name, let chunks):
      "BPF pack \(name) is ready, read-only and executable: \(chunks) chunks of 64 bytes, which "
        + "programs share, so that the next one changes no permissions at all."
    case .packDirtied(let name):
      "BPF pack \(name) is dirty: branch predictors may remember code of programs that were there."
    case .predictorFlushed(let name):
      "A classic program comes into \(name), which is dirty: branch predictors are flushed, and all packs "
        + "are clean."
    case .tablePageAdded(let name, let pfn): "\(name) has a page table in pfn \(pfn.hex)."
    case .tablePagesRemoved(let name): "The page tables of \(name) go, one after the other."
    case .packRemoved(let name):
      "The last program has left BPF pack \(name): all of it is freed."
    case .programAdded(let program):
      program.pack.map {
        "BPF program \(program.name) takes \(program.chunks.count) chunks of 64 bytes in pack \($0)."
      }
        ?? "BPF program \(program.name) has an area of its own: this kernel has no packs, or the "
        + "program is larger than one."
    case .programRemoved(let name): "BPF program \(name) goes; its place can be used again."
    case .roxFreed(let range):
      "The cache of executable memory gains \(range.pages.words) at \(range.lowerBound.hex): "
        + "filled with traps, read-only and executable, free for the next who asks."
    case .roxTaken(let range):
      "\(range.pages.words) at \(range.lowerBound.hex) leave the free part of the cache of "
        + "executable memory."
    case .roxBusy(let name, let range):
      "\(name) gets \(range.pages.words) of the cache of executable memory, which are mapped "
        + "read-only and executable already."
    case .roxIdle(let name): "\(name) gives its part of the cache of executable memory back."
    case .secretAdded(let page):
      "Secret page \(page.name) is pfn \(page.pfn.hex): its process alone can read it now, the "
        + "kernel cannot."
    case .secretRemoved(let name):
      "The process releases secret page \(name): its frame returns to the kernel."
    case .guestPageAdded(let page):
      "Page \(page.pfn.hex) belongs to guest \(page.name) now, and is not in the direct map."
    case .guestRemoved(let name): "Guest \(name) lets all of its memory go."
    case .kexecAdded(let page):
      "The code that starts the new kernel of \(page.name) is in page \(page.pfn.hex), which will be "
        + "executable at its own address in the direct map."
    case .kexecRemoved(let name): "The control page of \(name) goes back to the page allocator."
    case .reclaimDeferred(_, let node, let count):
      "Reclaim leaves \(counted(count, "page")) of node \(node) to its next round."
    case .serialUsed: "A number for a name is used."
    }
  }
}

extension Range<VirtualAddress> {
  fileprivate var pages: PageCount { upperBound - lowerBound }
}

extension PageSupply.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .added(.block(let order, let pfn)):
      "next order \(order): " + (pfn.map { "pfn \($0.hex)" } ?? "nothing")
    case .added(.scan(_, let node, let pages)):
      "reclaim of \(pages) of node \(node) comes first"
    case .given: "the answer laid down before is given"
    case .failsBlocks(let fails):
      fails ? "no 2M blocks are available" : "2M blocks are available again"
    case .failsTables(let fails):
      fails ? "splits find no page for a table" : "splits find pages again"
    case .singlePagesLeft(let count):
      count < 0 ? "single pages are available again" : "\(counted(count, "single page")) left"
    case .refusals(let refusals): refusals?.words ?? "requests are served again"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .added(.block(let order, let pfn)):
      "The next request of order \(order) gets "
        + (pfn.map { "pfn \($0.hex)" } ?? "nothing") + ", whatever the page allocator has."
    case .added(.scan(_, let node, let pages)):
      "Before the next request is answered, reclaim asks for \(counted(pages, "page")) of node \(node)."
    case .given: "The answer that was laid down before is given."
    case .failsBlocks(let fails):
      fails
        ? "Requests of 2M blocks fail from here on, as on a machine whose memory is fragmented."
        : "2M blocks are available again."
    case .failsTables(let fails):
      fails
        ? "No split finds a page for its table from here on, as on a machine without memory."
        : "Splits find pages for their tables again."
    case .singlePagesLeft(let count):
      count < 0
        ? "Single pages are available again."
        : "\(count) single pages are left before requests fail."
    case .refusals(let refusals):
      refusals.map { "Of the next requests for pages, of whatever order, \($0.words)." }
        ?? "Requests for pages are served again."
    }
  }
}

extension PageSupply.Refusals {
  fileprivate var words: String {
    let served = after == 0 ? "" : "\(after) served, then "
    return served + (times.map { "\($0) refused" } ?? "all refused")
  }
}
