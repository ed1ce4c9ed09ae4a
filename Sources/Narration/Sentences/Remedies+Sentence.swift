import Engine

// The functions of remedies in plain English: each with its rule.

extension RemedyStep {
  /// The step in a few words.
  var words: String {
    switch self {
    case .entered(let function, let argument):
      argument == .none ? function.name : "\(function.name), \(argument.words)"
    case .left(let function, let result):
      result.words.map { "\(function.name) returns \($0)" } ?? "\(function.name) ends"
    }
  }

  /// The step as a sentence.
  var sentence: String {
    switch self {
    case .entered(let function, let argument): function.purpose(argument)
    case .left(let function, let result):
      result.words.map { "\(function.name) returns \($0)." } ?? "\(function.name) ends."
    }
  }
}

extension RemedyArgument {
  /// The argument as the trace shows it between parentheses.
  public var words: String {
    switch self {
    case .none: ""
    case .node(let node): Self.words(ofNode: node)
    case .page(let pfn, let order): "pfn \(pfn.hex)" + (order == 0 ? "" : ", order \(order)")
    case .order(let order): "order \(order)"
    case .scan(let node, let pages):
      (node.map { "node \($0), " } ?? "") + "\(pages)"
    case .pages(let pages): pages.words
    case .range(let start, let pages): "\(start.words), \(pages.rawValue)"
    }
  }

  /// A node; the kernel's name for none in particular.
  private static func words(ofNode node: Int?) -> String {
    node.map { "node \($0)" } ?? "NUMA_NO_NODE"
  }
}

extension RemedyResult {
  /// What was returned; `nil` for nothing.
  public var words: String? {
    switch self {
    case .nothing: nil
    case .page(let pfn): pfn.map { "pfn \($0.hex)" } ?? "NULL"
    case .address(let address): address.map(\.words) ?? "NULL"
    case .code(let code): code.name
    case .truth(let isTrue): isTrue ? "true" : "false"
    case .shrink(.pages(let pages)): "\(pages)"
    case .shrink(.empty): "SHRINK_EMPTY"
    case .shrink(.stop): "SHRINK_STOP"
    case .count(let count): "\(count)"
    }
  }

  /// Whether the function failed. An empty list is no failure.
  public var isFailure: Bool { if case .code(let code) = self { code.isFailure } else { false } }
}

extension RemedyFunction {
  /// What the function is for and by which rule it works.
  func purpose(_ argument: RemedyArgument) -> String {
    let what = argument.words
    return switch policy {
    case .edgecombe2021?: groupedPurpose(what)
    case .pteCache2021?: pteMappedPurpose(what)
    case .permAlloc2020?: permPurpose(what)
    case .unmappedAlloc2023?: unmappedAllocPurpose(what)
    case .unmapped2022?, .mergeOnFree?: unmappedPurpose(what)
    case .mermap2026?: mermapPurpose(what)
    case .kpkeys2025?, .kpkeysBlocks2026?: kpkeysPurpose(what)
    default: kernelPurpose(what)
    }
  }

  private func mermapPurpose(_ what: String) -> String {
    switch self {
    case .mermapGet:
      "\(name) maps \(what) in the window of this CPU, behind the highest mapping in use; nothing is "
        + "allocated, and it may fail."
    case .mermapGetReserved:
      "\(name) maps \(what) with preemption off: it may take the last page of the window too."
    default:
      "\(name) overwrites the entries of \(what) in the window; the flush waits until the space is "
        + "used again."
    }
  }

  private func kpkeysPurpose(_ what: String) -> String {
    switch self {
    case .kpkeysPgtableAlloc:
      "\(name) gets a page for a page table; in the linear map it has the protection key of page tables."
    case .kpkeysPgtableFree:
      "\(name) gives the page table in \(what) back."
    case .refillPages:
      "\(name) takes a whole block (\(what)), or less where there is none, gives it the key in one "
        + "request, and caches its pages."
    case .pbaShrinkCount: "\(name) counts the cached pages but 16: SHRINK_EMPTY for none."
    default:
      "\(name) gives cached pages back (\(what)): a free block as a whole, else pages of no block, "
        + "else those of the block with most of them, which splits it."
    }
  }

  private func groupedPurpose(_ what: String) -> String {
    switch self {
    case .getGroupedPage:
      "\(name) gets a page for \(what): one of the cache, else the first of a fresh 2M block. The GFP "
        + "flags must be exactly GFP_GROUPED."
    case .removeFirstPage:
      "\(name) looks for a cached page on the list of the node asked for; for NUMA_NO_NODE on all "
        + "lists, from where the round robin is."
    case .listLRUGetMRU:
      "\(name) takes the page that was added last off the list of \(what): last in, first out."
    case .replenishGroupedPages:
      "\(name) takes a block of order 9 (\(what)), caches 511 of its pages and "
        + "returns the first; without one it returns a single page."
    case .freeGroupedPage:
      "\(name) puts \(what) at the end of the list of its own node; the list node is written into "
        + "the page itself."
    case .groupedShrinkCount:
      "\(name) counts the cached pages of \(what): SHRINK_EMPTY for none."
    case .groupedShrinkScan:
      "\(name) takes the oldest pages off the list (\(what)) and frees them; SHRINK_STOP where the "
        + "request has no flag of GFP_GROUPED."
    case .groupedIsolate:
      "\(name) moves \(what) to the front of the list of pages to be freed: LRU_REMOVED."
    default:
      "\(name) frees the pages one by one (\(what)), the last one taken first."
    }
  }

  private func pteMappedPurpose(_ what: String) -> String {
    switch self {
    case .allocPagePTEMapped:
      "\(name) gets a page that a 4K entry maps: one of the cache, else of a fresh block."
    case .pteMappedCacheGet:
      "\(name) looks on the lists of all nodes, from the one at which the round robin is; the "
        + "node asked for does not matter."
    case .pteMappedListGetMRU:
      "\(name) takes the page that was added last off the list of \(what)."
    case .pteMappedCacheReplenish:
      "\(name) takes a block of order 9, else a single page, splits it by set_memory_4k, caches all "
        + "but the first and marks the pageblock."
    case .pteMappedCacheAdd: "\(name) puts \(what) at the end of the list of its own node."
    case .freePagePTEMapped:
      "\(name) keeps \(what): a single page of a marked pageblock never goes back."
    case .pteMappedShrinkCount: "\(name) counts the cached pages of \(what)."
    case .pteMappedShrinkScan:
      "\(name) takes the oldest pages off the list (\(what)) and frees them past the cache "
        + "(FPI_NO_PTE_MAP); the 4K entries stay."
    default: "\(name) moves \(what) to the list of pages to be freed: LRU_REMOVED."
    }
  }

  private func permPurpose(_ what: String) -> String {
    switch self {
    case .getPermPage:
      "\(name) takes the page at the head of the one list; where it is empty, replenish_pages fills "
        + "it first."
    case .replenishPages:
      "\(name) takes a zeroed block of order 9 and each of its 512 pages out of the direct map: all "
        + "are PROTECTED; without a block, replenish_pages_one."
    case .replenishPagesOne:
      "\(name) takes a single page, UNPROTECTED: it leaves the direct map when it is used."
    case .permFreePages:
      "\(name) puts \(what) back at the head of the list, out of the direct map as it is."
    case .permShrinkCount: "\(name) counts the pages of the list."
    default:
      "\(name) takes \(what) pages from the head, puts them back into the direct map, flushes once "
        + "and frees them."
    }
  }

  private func unmappedPurpose(_ what: String) -> String {
    switch self {
    case .setPageblockUnmapped:
      "\(name) makes the pageblock of \(what) Unmapped: its 2M leaf is split first, as only that can "
        + "fail; then its free pages change lists."
    case .migrateUnmappedUnmapPages:
      "\(name) takes \(what) out of the direct map: the last step of the allocation."
    case .migrateUnmappedMapPages:
      "\(name) puts \(what) back into the direct map: the first step of the free. The type of the "
        + "pageblock decides, not the page."
    case .freeOnePage:
      "\(name) has merged the freed page as far as it goes: \(what). The stub checks whether a whole "
        + "Unmapped pageblock is free."
    default:
      "\(name) maps the block \(what) by one 2M leaf again. The patch calls it; nobody wrote it."
    }
  }

  private func unmappedAllocPurpose(_ what: String) -> String {
    switch self {
    case .unmappedPagesAlloc:
      "\(name) gets a block of \(what) from the private allocator; where it has none, the largest "
        + "block from order 9 down comes from the page allocator."
    case .unmappedRmqueueSmallest:
      "\(name) takes the head of the smallest list that serves \(what) and puts the upper halves "
        + "back."
    case .unmappedPagesFree:
      "\(name) keeps \(what), no matter who frees it: its pageblock is marked."
    case .unmappedFreeOnePage:
      "\(name) merges \(what) with its free neighbours of the private allocator, up to order 10."
    case .unmappedCountObjects: "\(name) counts the free pages of all orders."
    case .unmappedScanObjects:
      "\(name) frees blocks from order 0 up until \(what) pages went, and lowers what is left by all "
        + "that went before."
    default:
      "\(name) frees blocks of \(what) from the head of the list: each goes back into the direct map "
        + "first."
    }
  }

  private func kernelPurpose(_ what: String) -> String {
    switch self {
    case .dropSlab: "\(name) shrinks every cache of every node until little comes."
    case .doShrinkSlab:
      "\(name) asks the shrinker how many pages there are (\(what)), and scans in batches of 128 what "
        + "the priority makes of that."
    case .listLRUShrinkWalk:
      "\(name) walks the list from its oldest page on: \(what) at the most."
    case .bpfProgPackAlloc:
      "\(name) looks for enough consecutive free chunks of 64 bytes, pack by pack; without them it makes "
        + "a new pack."
    case .allocNewPack:
      "\(name) makes an area of \(what), 2M for each node, read-only and executable: one change for "
        + "all programs in it."
    case .bpfProgPackFree:
      "\(name) gives the chunks of the program back; the last one takes the pack with it."
    case .execmemCacheAlloc:
      "\(name) takes the first free addresses of the cache that hold \(what); where there are none, "
        + "it fills the cache and tries once more."
    case .execmemCachePopulate:
      "\(name) gets memory for \(what), rounded up to 2M, makes it read-only and executable and adds "
        + "it to the cache."
    case .execmemForceRW:
      "\(name) makes \(what) writable: NX first, so that nothing is ever writable and executable."
    case .execmemRestoreROX: "\(name) makes \(what) read-only and executable again."
    case .execmemCacheFree:
      "\(name) fills \(what) with traps, makes it read-only and executable and puts it back into the "
        + "cache."
    default:
      "\(name) gives whole free blocks of 2M back, their pages valid in the direct map again."
    }
  }
}
