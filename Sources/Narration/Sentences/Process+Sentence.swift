import Engine

extension ProcessChange {
  var shortWords: String {
    switch self {
    case .rangeMapped(let range): "\(range.name): \(range.pages.words) mapped"
    case .rangeRemoved(let name): "range \(name) goes"
    case .gatherBegan: "tlb_gather_mmu: bundle of \(MmuGather.bundleWords) words"
    case .gathered(let entries): entries.shortWords
    case .batchOpened(let isNew): isNew ? "a new page batch" : "the next page batch, kept"
    case .tlbFlushed(_, let pages, let isFull, let isForced):
      "\(isForced ? "forced " : "")TLB flush: \(isFull ? "all" : pages.words)"
    case .delayedRmapsRemoved(let entries): "\(counted(entries, "delayed rmap")) removed"
    case .chunkFreed(let chunk):
      "frees \(counted(chunk.entries, "entry", "entries")): \(PageCount(UInt64(chunk.pagesFreed)).words)"
    case .batchesEmptied: "all batches empty"
    case .tablesGathered(let tables): "\(tables.words) taken out"
    case .tableBatchOpened: "a page for page tables"
    case .tableBatchFreed(let count):
      "\(count == 1 ? "1 page table" : "\(count) page tables") freed"
    case .gatherFinished: "tlb_finish_mmu: batches freed"
    }
  }

  var sentence: String {
    switch self {
    case .rangeMapped(let range): range.sentence
    case .rangeRemoved(let name): "Range \(name) is forgotten: its addresses can be used again."
    case .gatherBegan:
      "tlb_gather_mmu sets up a gather with a bundle of \(MmuGather.bundleWords) words on the stack."
    case .gathered(let entries): entries.sentence
    case .batchOpened(let isNew):
      isNew
        ? "tlb_next_batch allocates a page batch of \(MmuGather.batchWords) words."
        : "tlb_next_batch continues with a page batch that was allocated before."
    case .tlbFlushed(let address, let pages, let isFull, let isForced):
      "The TLB is flushed for \(pages.words) from \(address.words), "
        + (isFull ? "by emptying it" : "one by one")
        + (isForced ? "; forced: what is gathered is freed next, before the end." : ".")
    case .delayedRmapsRemoved(let entries):
      "tlb_flush_rmaps removes the rmaps that waited for the flush, one operation for each of "
        + "\(counted(entries, "entry", "entries"))."
    case .chunkFreed(let chunk): chunk.sentence
    case .batchesEmptied: "All batches are empty; the bundle on the stack is filled next."
    case .tablesGathered(let tables): tables.sentence
    case .tableBatchOpened:
      "tlb_remove_table allocates a page that holds up to \(MmuGather.tableLimit) page tables."
    case .tableBatchFreed(let count):
      "\(count == 1 ? "1 page table is" : "\(count) page tables are") freed after the flush, and "
        + "with them the page that held them."
    case .gatherFinished: "tlb_finish_mmu gives the pages of the batches back."
    }
  }
}

extension UserRange {
  fileprivate var sentence: String {
    let folios = pages.rawValue >> UInt64(order)
    let kind = isFile ? "a file" : "anonymous memory"
    let dirty = traits.contains(.dirty) ? ", dirty" : ""
    return
      "\(name) maps \(pages.words) of \(kind)\(dirty) from \(start.words), with 4K entries: "
      + (order == 0
        ? "\(folios) single pages." : "\(folios) folios of \(folioPages.words) (order \(order)).")
  }
}

extension GatheredEntries {
  fileprivate var shortWords: String {
    let each = pagesEach == 1 ? "1 page" : "\(pagesEach) pages"
    return "clears \(pages.rawValue) PTEs: \(runs) x \(each)"
  }

  fileprivate var sentence: String {
    let what =
      pagesEach == 1
      ? "\(runs == 1 ? "1 word" : "\(runs) words"), a page each"
      : "\(runs == 1 ? "1 pair" : "\(runs) pairs") of words, a page and its count \(pagesEach)"
    let rmap = traits.contains(.delayedRmap) ? ", their rmaps delayed" : ""
    return "\(pages.rawValue == 1 ? "1 entry" : "\(pages.rawValue) entries") from \(address.words) "
      + "on \(pages.rawValue == 1 ? "is" : "are") cleared; the gather takes \(what)\(rmap)."
  }
}

extension GatheredTables {
  fileprivate var words: String {
    count == 1 ? "1 \(level.name) table" : "\(count) \(level.name) tables"
  }

  fileprivate var sentence: String {
    let wait =
      switch route {
      case .word: "the gather takes \(count == 1 ? "a word" : "\(count) words")"
      case .tableBatch: "\(count == 1 ? "it waits" : "they wait") in a page of page tables"
      case .freedAtOnce:
        "there is no page in which it could wait, so it is freed after a flush of its own"
      }
    return "Nothing uses \(words) from \(address.words) on any more: \(wait), and the flush covers "
      + "the first page of \(count == 1 ? "its slot" : "each slot") too."
  }
}

extension FreedChunk {
  fileprivate var sentence: String {
    let given =
      folios == 0
      ? "no folio becomes free"
      : "\(folios == 1 ? "1 folio" : "\(folios) folios"), "
        + "\(PageCount(UInt64(pagesFreed)).words), go back to the page allocator"
    return "\(entries == 1 ? "1 entry is" : "\(entries) entries are") freed in one stretch, "
      + "\(PageCount(UInt64(pages)).words): \(given); then the scheduler gets a chance."
  }
}

extension ProcessDecision {
  var shortWords: String {
    switch self {
    case .batched(_, let runs, let pages, let end):
      (runs == 1 ? "batch of \(pages)" : "\(runs) batches of \(pages)") + ": \(end.shortWords)"
    case .mustFlush(_, let pages, _): "\(pages.words) of a file dirty: flush under the lock"
    case .gatherFull(let limit, let pages): "full at \(pages.words): \(limit.shortWords)"
    case .holeSkipped(_, let pages): "nothing mapped in \(pages.words)"
    }
  }

  var sentence: String {
    switch self {
    case .batched(let address, let runs, let pages, let end):
      "From \(address.words) on, "
        + (runs == 1
          ? "\(pages == 1 ? "1 entry is" : "\(pages) entries are") cleared together: \(end.words)."
          : "\(runs) times \(pages == 1 ? "1 entry is" : "\(pages) entries are") cleared together: "
            + "\(end.words).")
    case .mustFlush(_, let pages, let delays):
      "\(pages.words) of a file may be dirty: the TLB must be flushed before the lock of the page "
        + "table is given up"
        + (delays ? ", and the rmaps stay until then." : "; the rmaps are removed at once.")
    case .gatherFull(let limit, let pages):
      "tlb_next_batch gives no batch, with \(pages.words) gathered: \(limit.words)."
    case .holeSkipped(let address, let pages):
      "Nothing is mapped in \(pages.words) from \(address.words)."
    }
  }
}

extension RunEnd {
  fileprivate var shortWords: String {
    switch self {
    case .oneByOne: "page by page"
    case .smallFolio: "single pages"
    case .folioEnd: "folio ends"
    case .rangeEnd: "range or table ends"
    case .otherPage: "another page follows"
    case .otherFlags: "other flags follow"
    }
  }

  fileprivate var words: String {
    switch self {
    case .oneByOne: "this kernel takes page by page"
    case .smallFolio: "each folio is a single page"
    case .folioEnd: "the folio ends there"
    case .rangeEnd: "the range or the page table ends there"
    case .otherPage: "the next entry does not show the folio's next page"
    case .otherFlags: "the next entry has other flags"
    }
  }
}

extension GatherLimit {
  fileprivate var shortWords: String {
    switch self {
    case .delayedRmap: "rmaps are delayed"
    case .batchCount: "no 20th batch"
    case .pageCap: "\(MmuGather.pageCap) pages are the cap"
    case .noMemory: "no page for a batch"
    }
  }

  fileprivate var words: String {
    switch self {
    case .delayedRmap: "rmaps are delayed, and one page batch is in use"
    case .batchCount: "\(MmuGather.batchLimit) page batches are the most"
    case .pageCap: "\(MmuGather.pageCap) pages in all are the most, whatever their folios"
    case .noMemory: "no free page for a batch"
    }
  }
}
