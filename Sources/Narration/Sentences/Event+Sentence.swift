import Engine

extension Event {
  /// The event in plain English, its numbers filled in.
  public func sentence(_ form: SentenceForm = .long) -> String {
    if case .decided(let decision) = self { return decision.sentence(form) }
    return switch form {
    case .short: shortSentence
    case .long: longSentence
    }
  }

  private var shortSentence: String {
    switch self {
    case .entered(let function, _, let pages): "\(function.name), \(pages.words)"
    case .remedy(let step): step.words
    case .seen(let step): step.words
    case .asked(let masks): masks.shortWords
    case .left(let function, let code): "\(function.name) returns \(code.name)"
    case .decided(let decision): decision.sentence(.short)
    case .mapped(let fill): "maps \(fill.count) x \(fill.size.name)"
    case .unmapped(_, let pages): "unmaps \(pages.words)"
    case .entryWritten(_, let size, let old, let new):
      "\(size.name): " + old.flags(size).changeWords(to: new.flags(size), size)
    case .tableInstalled(_, let size, old: _, first: _):
      "one \(size.name) leaf becomes \(size.splitWords)"
    case .tableBacked(_, inPlaceOf: _, let pfn): "the new table is in pfn \(pfn.hex)"
    case .tableFreed(_, let size, leaf: _): "\(size.splitWords) become one \(size.name) leaf"
    case .tableTracked(_, entries: let size, let track):
      "count kept with \(size.name) table: \(track.count)"
    case .counted(let counter, let change): Self.countWords(counter, change)
    case .flushed(let flush): flush.shortWords
    case .memoryTypeSet(_, page: _, let pages, let type): "books: \(pages.words) \(type.name)"
    case .vmalloc(let change): change.shortWords
    case .systemRunning: "boot is over: vmstat counts from here"
    case .stopped(.splitCountWrong(_, _, let counted, let found)):
      "BUG: counted \(counted) not standard, has \(found)"
    case .stopped(.walkerMetLeaf(_, let size)):
      "BUG: a walker of 4K entries met a \(size.name) leaf"
    case .stopped(.clearedNotPresent(let pfn, _)):
      "BUG: clear_page meets pfn \(pfn.hex), not present"
    case .stopped(.movedOffList(let pfn)):
      "BUG: pfn \(pfn.hex), on no list, is moved"
    case .kernelSetReadOnly: "the kernel image is read-only"
    case .memory(let change): change.shortWords
    case .kept(let change): change.shortWords
    case .policy(let change): change.shortWords
    case .supply(let change): change.shortWords
    case .process(let change): change.shortWords
    case .linearMap(let change): change.shortWords
    }
  }

  private var longSentence: String {
    switch self {
    case .entered(.vmResetPerms, let address, let pages):
      "vm_reset_perms takes \(pages.words) out of the direct map, the first \(address.words), "
        + "flushes once and puts them back writable."
    case .entered(let function, let address, let pages):
      "\(function.name) is entered for \(pages.words) from \(address.words)."
    case .remedy(let step): step.sentence
    case .seen(let step): step.words.sentence
    case .asked(let masks): "The request asks to \(masks.words)."
    case .left(let function, let code):
      code == .success
        ? "\(function.name) returns 0."
        : "\(function.name) returns \(code.name): \(code.meaning)."
    case .decided(let decision): decision.sentence(.long)
    case .mapped(let fill):
      "\(fill.count) x \(fill.size.name) are mapped at \(fill.start.words), to the frames from "
        + "\(fill.pfn.hex), \(fill.flags.text(fill.size))."
    case .unmapped(let address, let pages):
      "\(pages.words) from \(address.words) are unmapped."
    case .entryWritten(let address, let size, let old, let new):
      "The \(size.name) entry of \(address.words) is written: it "
        + old.flags(size).changeWords(
          to: new.flags(size), size, set: "gains", clear: "loses")
        + "."
    case .tableInstalled(let address, let size, old: _, first: _):
      "The \(size.name) leaf at \(address.words) is replaced by a table of \(size.splitWords) with "
        + "the same flags."
    case .tableBacked(_, inPlaceOf: _, let pfn):
      "The new table takes a page of memory itself: pfn \(pfn.hex)."
    case .tableFreed(let address, let size, leaf: _):
      "The table at \(address.words) is replaced by one \(size.name) leaf."
    case .tableTracked(let address, entries: let size, let track):
      "With the table of \(size.name) entries at \(address.words) the policy now keeps the count "
        + "\(track.count) and the word 0x\(String(track.word, radix: 16))."
    case .counted(let counter, let change): "\(Self.countWords(counter, change))."
    case .flushed(let flush): flush.sentence
    case .memoryTypeSet(_, let page, let pages, let type):
      "\(pages.words) from page 0x\(String(page, radix: 16)) are recorded as \(type.words)."
    case .vmalloc(let change): change.sentence
    case .systemRunning: "Boot is over: vmstat counts splits from here on."
    case .stopped(let bug): "The kernel stops. \(bug)."
    case .kernelSetReadOnly: "The kernel's text and read-only data are protected from here on."
    case .memory(let change): change.sentence
    case .kept(let change): change.sentence
    case .policy(let change): change.sentence
    case .supply(let change): change.sentence
    case .process(let change): change.sentence
    case .linearMap(let change): change.sentence
    }
  }

  /// A counter that moved, with its kernel name: kilobytes for the lines of meminfo.
  private static func countWords(_ counter: Counter, _ change: Int64) -> String {
    let size = LeafSize.allCases.first { Counter.directMap($0) == counter }
    let unit = size.map { Int64($0.pages.kilobytes) }
    let (amount, overflows) = change.multipliedReportingOverflow(by: unit ?? 1)
    let number = overflows ? change : amount
    return "\(Reading.counter(counter).name) \(number < 0 ? "" : "+")\(number)"
      + (unit == nil ? "" : " kB")
  }
}

extension Flush {
  fileprivate var shortWords: String {
    switch self {
    case .all: "flush_tlb_all: all entries, all CPUs"
    case .pages(let pages): "__cpa_flush_tlb: \(pages.words), each CPU"
    case .allAfterFailure: "__cpa_flush_all: all entries, all CPUs"
    case .kernelRange(let pages):
      "flush_tlb_kernel_range: \(pages.words)"
        + (pages > Machine.singlePageFlushCeiling ? ", so all" : "")
    case .kernelRangeToEnd: "flush_tlb_kernel_range: to TLB_FLUSH_ALL, so all"
    case .cacheLines(let pages): "clflush: cache lines of \(pages.words)"
    case .ownPage: "flush_tlb_one_kernel: 1 page, this CPU"
    case .ownTLB: "mermap_flush_tlb: all entries, this CPU"
    case .allCaches: "wbinvd: all caches, all CPUs"
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .all: "flush_tlb_all empties the TLB of every CPU."
    case .pages(let pages):
      "__cpa_flush_tlb takes \(pages.words) out of the TLB of each CPU, one by one."
    case .allAfterFailure: "__cpa_flush_all empties the TLB of every CPU after a failed change."
    case .kernelRange(let pages):
      "flush_tlb_kernel_range takes \(pages.words) out of the TLB"
        + (pages > Machine.singlePageFlushCeiling ? " by emptying it." : ", one by one.")
    case .kernelRangeToEnd:
      "flush_tlb_kernel_range, with the end TLB_FLUSH_ALL, empties the TLB of every CPU."
    case .cacheLines(let pages): "CLFLUSH writes back the cache lines of \(pages.words)."
    case .ownPage: "flush_tlb_one_kernel takes the page out of the TLB of this CPU alone."
    case .ownTLB: "mermap_flush_tlb empties the TLB of this CPU alone, and interrupts nobody."
    case .allCaches: "WBINVD writes back the caches of every CPU."
    }
  }
}
