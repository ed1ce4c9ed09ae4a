import Engine

extension Decision {
  /// The decision in plain English, its numbers filled in.
  public func sentence(_ form: SentenceForm = .long) -> String {
    switch form {
    case .short: shortSentence
    case .long: longSentence
    }
  }

  private var shortSentence: String {
    switch self {
    case .entryKept: "4K already as requested: kept"
    case .entryChanged(_, let old, let new): old.changeWords(to: new, .size4K)
    case .holeSkipped: "nothing mapped: skipped"
    case .holeRefused: "nothing mapped: -EFAULT"
    case .sameProtection(_, let size, let pages):
      "\(size.name) already as requested: kept (\(pages.words))"
    case .preserved(_, let size, let old, let new):
      "\(size.name) covered completely: \(old.changeWords(to: new, size))"
    case .splitForced(_, let size): "forced: split \(size.name) to \(size.splitWords)"
    case .splitPartial(_, let size, firstPage: _, let covered):
      "\(covered.rawValue) of \(size.pages.rawValue) pages: split to \(size.splitWords)"
    case .splitProtected(_, let size, let flags):
      "\(flags.text(size)) refused in part: split \(size.name) to \(size.splitWords)"
    case .bitsRefused(_, let flags): "kernel text or rodata: \(flags.text(.size4K)) refused"
    case .writableAndExecutable: "warning: writable and executable"
    case .aliasInDirectMap(_, let pages): "\(pages.words) again in the direct map"
    case .aliasInHighMap(_, let pages): "\(pages.words) again in the high map"
    case .typeConflict(_, let type): "a page is \(type.name) already: refused"
    case .typeNotFreed: "not reserved as one range: the type stays"
    case .nothingChanged: "nothing written: no flush"
    case .collapseFailed(_, let size, let obstacle): "no \(size.name): \(obstacle.shortWords)"
    case .mergeWaits(_, let size, let entries): "no merge to \(size.name): \(entries) in the way"
    case .mergeDone(_, let size): "merge: \(size.splitWords) become one \(size.name) leaf"
    case .collapseDone(_, let size): "\(size.splitWords) become one \(size.name) leaf"
    case .memory(let decision): decision.shortWords
    case .vmalloc(let decision): decision.shortWords
    case .policy(let decision): decision.shortWords
    case .process(let decision): decision.shortWords
    case .linearMap(let decision): decision.shortWords
    }
  }

  private var longSentence: String {
    switch self {
    case .entryKept(let address, let flags):
      "The 4K entry of \(address.words) is \(flags.text(.size4K)) already: nothing is written."
    case .entryChanged(let address, let old, let new):
      "The 4K entry of \(address.words) changes: it "
        + old.changeWords(to: new, .size4K, set: "gains", clear: "loses") + "."
    case .holeSkipped(let address):
      "Nothing is mapped at \(address.words): the walk skips the page."
    case .holeRefused(let address):
      "Nothing is mapped at \(address.words): the call fails with -EFAULT."
    case .sameProtection(let address, let size, let pages):
      "\(size.leafWords(at: address, "The")) already has the requested flags: it stays, "
        + "and \(pages.words) \(pages.rawValue == 1 ? "is" : "are") done."
    case .preserved(let address, let size, let old, let new):
      "The request covers all \(size.pages.rawValue) pages of \(size.leafWords(at: address)): "
        + "it stays one leaf and "
        + old.changeWords(to: new, size, set: "gains", clear: "loses") + "."
    case .splitForced(let address, let size):
      "set_memory_4k splits whatever it meets: \(size.leafWords(at: address)) becomes "
        + "\(size.splitWords)."
    case .splitPartial(let address, let size, let firstPage, let covered):
      "The request covers \(covered.rawValue) of \(size.pages.rawValue) pages of "
        + "\(size.leafWords(at: address)), from page \(firstPage.rawValue): it must split to "
        + "\(size.splitWords)."
    case .splitProtected(let address, let size, let flags):
      "Part of \(size.leafWords(at: address)) is kernel text or read-only data and may not "
        + "have \(flags.text(size)): it must split to \(size.splitWords)."
    case .bitsRefused, .writableAndExecutable, .aliasInDirectMap, .aliasInHighMap, .typeConflict,
      .typeNotFreed,
      .nothingChanged, .collapseFailed, .collapseDone, .mergeWaits, .mergeDone, .memory, .policy,
      .process, .linearMap, .vmalloc:
      longSentenceOfRest
    }
  }

  private var longSentenceOfRest: String {
    switch self {
    case .bitsRefused(let address, let flags):
      "\(address.words) is kernel text or read-only data: \(flags.text(.size4K)) is refused."
    case .writableAndExecutable(let address):
      "The kernel warns: \(address.words) is writable and executable at once."
    case .aliasInDirectMap(let address, let pages):
      "The same frames are mapped in the direct map too: \(pages.words) from \(address.words) "
        + "change there as well."
    case .aliasInHighMap(let address, let pages):
      "The same frames are part of the kernel image: \(pages.words) from \(address.words) "
        + "change in the high map as well."
    case .typeNotFreed(let page, let pages):
      "No range was reserved that is just the \(pages.words) from page \(page) on: the kernel says "
        + "\"freeing invalid memtype\", and the type stays in the books."
    case .typeConflict(let page, let type):
      "Page 0x\(String(page, radix: 16)) is recorded as \(type.words) already: the call is refused "
        + "and changes nothing."
    case .nothingChanged:
      "No entry of the range was written: nothing to flush, nothing to collapse."
    case .collapseFailed(let address, let size, let obstacle):
      "\(address.words) does not become a \(size.name) leaf: \(obstacle.wordsInOrder)."
    case .mergeWaits(let address, let size, let entries):
      "The policy does not merge \(address.words) to a \(size.name) leaf: the entries it counts "
        + "in the way are \(entries), and must be 0."
    case .mergeDone(let address, let size):
      "The policy counts no entry in the way any more: the table at \(address.words) becomes one "
        + "\(size.name) leaf."
    case .collapseDone(let address, let size):
      "All 512 entries at \(address.words) are present and equal: \(size.splitWords) become one "
        + "\(size.name) leaf."
    case .memory(let decision): decision.sentence
    case .vmalloc(let decision): decision.sentence
    case .policy(let decision): decision.sentence
    case .process(let decision): decision.sentence
    case .linearMap(let decision): decision.sentence
    case .entryKept, .entryChanged, .holeSkipped, .holeRefused, .sameProtection, .preserved,
      .splitForced, .splitPartial, .splitProtected:
      shortSentence
    }
  }
}

extension CollapseObstacle {
  fileprivate var shortWords: String {
    switch self {
    case .alreadyLeaf(let size): "a \(size.name) leaf already"
    case .nothingMapped: "nothing is mapped"
    case .sizeUnavailable: "size unavailable"
    case .frameMisaligned(let pfn): "\(pfn.hex) not aligned"
    case .kernel4K: "KERNEL_4K"
    case .notPresent(let index): "entry \(index) not present"
    case .table(let index): "entry \(index) is a table"
    case .frameOutOfOrder(let index): "entry \(index), frame not contiguous"
    case .flagsDiffer(let index, let flags): "entry \(index) differs in \(flags.text(.size4K))"
    }
  }

  /// The condition that is not met, as a clause.
  public var words: String {
    switch self {
    case .alreadyLeaf(let size): "a \(size.name) leaf maps it already"
    case .nothingMapped: "nothing is mapped there"
    case .sizeUnavailable: "the CPU or the boot has no leaves of this size"
    case .frameMisaligned(let pfn): "its first frame, \(pfn.hex), is not aligned to the size"
    case .kernel4K: "its first entry is marked KERNEL_4K, split on request"
    case .notPresent(let index): "entry \(index) is not present"
    case .table(let index): "entry \(index) is still a table of smaller leaves"
    case .frameOutOfOrder(let index): "the frame of entry \(index) does not follow the first one's"
    case .flagsDiffer(let index, let flags):
      "entry \(index) differs from entry 0 in \(flags.text(.size4K))"
    }
  }

  /// The same, and before it the conditions that are met, in the kernel's order.
  fileprivate var wordsInOrder: String {
    switch self {
    case .alreadyLeaf, .nothingMapped, .sizeUnavailable, .frameMisaligned, .table(index: 0): words
    case .kernel4K: "the first frame is aligned, but \(words)"
    case .notPresent(let index), .table(let index), .frameOutOfOrder(let index),
      .flagsDiffer(let index, _):
      "aligned, not KERNEL_4K, "
        + (index > 1 ? "entries 0 to \(index - 1) are present and equal, " : "") + "but \(words)"
    }
  }
}
