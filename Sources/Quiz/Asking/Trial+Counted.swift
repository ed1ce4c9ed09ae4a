import Engine
import Narration

// Questions about areas, about what policies cache, and about what a zap counts.

extension Trial {
  /// The area that the call made.
  private var madeArea: Area? {
    call.madeArea.flatMap { after.areas.area(named: $0) }
  }

  var areaLeavesQuestion: Question? {
    guard let area = madeArea else { return nil }
    let use = after.use(of: area)
    let asked = area.asked.rawValue
    let whole = (asked + 511) / 512
    let right = use.leaves2M
    let least = LeafSize.size2M.pages.rawValue
    var wrong = [
      Misconception(
        whole,
        right == 0
          ? asked < least
            ? "Less than 2M is never worth a block." : "Nobody allowed 2M leaves for this area."
          : nil),
      Misconception(
        asked / 512,
        right > 0 ? "The last block is taken whole, though few of its pages are asked for." : nil),
      Misconception(0, right > 0 ? "The caller allows 2M leaves, and free blocks exist." : nil),
      Misconception(1),
    ]
    wrong += [Misconception(right + 1), Misconception(right + 2), Misconception(right + 3)]
    let told = reasons(2) { event in
      if case .decided(.vmalloc) = event { true } else { false }
    }
    let sum =
      "\(use.leaves2M) x 2M and \(use.leaves4K) x 4K map its \(area.pages.words)."
    return QuestionMaker.number(
      .areaLeaves, "How many 2M leaves map area \(area.name) after the call?", right, wrong,
      (told + [sum]).joined(separator: " ")
    ) { $0 ? "That is more than the area needs." : "That leaves part of the area unmapped." }
  }

  var wastedQuestion: Question? {
    guard let area = madeArea, area.flags.contains(.ownsPages), area.asked.rawValue >= 512 else {
      return nil
    }
    let right = Int64(area.unused) * 4
    let rest = Int64(512 - area.asked.rawValue % 512) % 512 * 4
    return QuestionMaker.number(
      .wasted, "How many kB does area \(area.name) take that nobody asked for?", right,
      [
        Misconception(
          rest, right == 0 ? "Only areas of 2M blocks are rounded up to whole blocks." : nil),
        Misconception(0, right > 0 ? "An area of 2M blocks ends with a whole block." : nil),
        Misconception(4, "The guard page after an area is an address, no memory."),
        Misconception(2048), Misconception(2044),
      ],
      "\(area.asked.words) were asked for, and \(area.pages.words) were taken: "
        + "\(area.unused) x 4 kB."
    ) {
      "\($0) kB"
    } otherwise: {
      $0
        ? "That is more than the difference between what was asked for and what was taken."
        : "More pages were taken than were asked for."
    }
  }

  var cachedQuestion: Question? {
    let (old, new) = (before.cachedPages.rawValue, after.cachedPages.rawValue)
    guard old != new else { return nil }
    let block = LeafSize.size2M.pages.rawValue
    let told = reasons(2) { event in
      if case .decided(.policy) = event { true } else { false }
    }
    let sum = cacheSum(Int64(clamping: old), Int64(clamping: new), Int64(clamping: block))
    let wrong = [
      Misconception(0, "The cache keeps the rest of a block, and freed pages."),
      Misconception(old, "The call takes pages from the cache, or gives some to it."),
      Misconception(block, "The pages that are in use are not in the cache."),
      Misconception(
        pages, "The cache holds what is free of the blocks it took, not what is in use."),
      Misconception(new + 1), Misconception(new + 2),
    ]
    return QuestionMaker.number(
      .cached, "How many pages does the cache of the policy hold after the call?", new, wrong,
      (told + [sum]).joined(separator: " ")
    ) { _ in "The sum is another: \(sum)" }
  }

  /// How the new number of cached pages follows from the old one.
  private func cacheSum(_ old: Int64, _ new: Int64, _ block: Int64) -> String {
    let used = Int64(clamping: pages)
    let taken = new - old + used
    if used > 0, taken == 0 {
      return "The area takes \(counted(used, "page")) from the cache: \(old) - \(used) = \(new)."
    }
    if used > 0, taken > 0, taken % block == 0 {
      let blocks = taken / block
      return
        "The cache is short of pages, so it takes \(blocks == 1 ? "a block" : "\(blocks) blocks") "
        + "of \(block), and the area takes \(used): \(old) + \(taken) - \(used) = \(new)."
    }
    return new > old
      ? "The call gives \(counted(new - old, "page")) to the cache: \(old) + \(new - old) = \(new)."
      : "The call takes \(counted(old - new, "page")) from the cache: \(old) - \(old - new) = \(new)."
  }

  // MARK: - Zapping

  var zapQuestions: [Question] {
    guard returned == .success else { return [] }
    let counts = after.lastZap
    let pages = counts[.pages]
    guard pages > 0 else { return [] }
    return [zapWords(counts), zapForced(counts), zapLongest(counts), zapReferences(counts)]
      .compactMap(\.self)
  }

  private func zapWords(_ counts: ZapCounts) -> Question? {
    let (right, pages, runs) = (counts[.words], counts[.pages], counts[.runs])
    let batches = before.kernel.batchesZap
    return QuestionMaker.number(
      .zapWords, "How many words of 8 bytes does the mmu_gather take in?", right,
      [
        Misconception(
          pages,
          batches
            ? "From 6.9 on, the pages of a folio that are cleared together go in as one pair." : nil
        ),
        Misconception(2 * runs, "Before 6.9 each page takes its own word."),
        Misconception(runs, "A run of more than one page takes two words: a page and a count."),
        Misconception(2 * pages, "A single page takes one word."), Misconception(right + 1),
      ],
      "\(counted(pages, "entry", "entries")) \(pages == 1 ? "is" : "are") cleared in \(counted(runs, "run")): a single page is one word, "
        + "a longer run two."
    ) { _ in "A single page takes one word, a longer run two: that makes \(right)." }
  }

  private func zapForced(_ counts: ZapCounts) -> Question? {
    let right = counts[.forcedFlushes]
    let told = reasons(1) { event in
      if case .decided(.process(let decision)) = event {
        switch decision {
        case .mustFlush, .gatherFull: return true
        case .batched, .holeSkipped: return false
        }
      }
      return false
    }
    return QuestionMaker.number(
      .zapForced, "How many times must the TLB be flushed before the end?", right,
      [
        Misconception(
          0, right > 0 ? "The gather is full, or a page is dirty, before the end." : nil),
        Misconception(
          1,
          right == 0 ? "The flush at the end is not a forced one; all fits into the gather." : nil),
        Misconception(2), Misconception(right + 1), Misconception(right + 2),
      ],
      (told
        + [
          "The gather held \(counted(counts[.mostPages], "page")) at most, in the bundle on the stack and "
            + "\(counts[.batches] == 1 ? "1 page batch" : "\(counts[.batches]) page batches"). "
            + "Forced flushes: \(right)."
        ]).joined(separator: " ")
    ) {
      $0
        ? "The gather is full, or meets dirty pages of a file, less often."
        : "Each time the gather is full, or meets dirty pages of a file, it must flush."
    }
  }

  private func zapLongest(_ counts: ZapCounts) -> Question? {
    let right = counts[.longestChunkPages]
    guard right > 0 else { return nil }
    return QuestionMaker.number(
      .zapLongest,
      "How many pages at most are freed in one stretch, before the scheduler gets a chance?",
      right,
      [
        Misconception(
          counts[.pagesFreed], "It is cut into \(counted(counts[.chunks], "stretch", "stretches"))."
        ),
        Misconception(512), Misconception(509), Misconception(7),
        Misconception(130_560), Misconception(right * 2),
      ],
      "\(counted(counts[.pagesFreed], "page")) \(counts[.pagesFreed] == 1 ? "goes" : "go") in \(counted(counts[.chunks], "stretch", "stretches")); a page batch has room for "
        + "\(MmuGather.batchWords) words, and a word or a pair may mean many pages."
    ) {
      $0
        ? "No page batch has room for so many here."
        : "More go together: a page batch has room for \(MmuGather.batchWords) words."
    }
  }

  private func zapReferences(_ counts: ZapCounts) -> Question? {
    let (right, pages) = (counts[.refOperations], counts[.pages])
    return QuestionMaker.number(
      .zapReferences, "How many times is the reference count of a folio changed?", right,
      [
        Misconception(pages, "The references of a run are dropped together."),
        Misconception(counts[.runs]),
        Misconception(counts[.foliosFreed]), Misconception(right + 1), Misconception(2 * right),
      ],
      "\(counted(counts[.pages], "entry", "entries")) \(counts[.pages] == 1 ? "is" : "are") cleared in \(counted(counts[.runs], "run")), and the references of a run are "
        + "dropped at once."
    ) { _ in "One change for each run makes \(right)." }
  }
}
