/// What gathers the pages that a zap unmaps, until the TLB is flushed and they can be freed
/// (`struct mmu_gather`, asm-generic/tlb.h, 6.12).
///
///     bundle on the stack   8 words   [ page | page count | page | ... ]
///     page batches        510 words   [ page | page count | ...        ]  up to 19 of them
///
/// A word is a page with two flag bits, "delayed rmap" and "a count follows"; a count stands in a word
/// of its own. Kernels before 6.9 have no counts: a word is a page.
public struct MmuGather: Equatable, Sendable {
  /// How the zap goes.
  public let rules: ZapRules
  /// The bundle on the stack and the page batches that were allocated, in order.
  public internal(set) var batches = [Batch(capacity: bundleWords)]
  /// The batch that pages are added to, as an index.
  public internal(set) var active = 0
  /// Whether rmaps wait for a flush.
  public internal(set) var hasDelayedRmaps = false
  /// What was cleared since the last flush of the TLB; `nil` if nothing was.
  public internal(set) var unflushed: Range<VirtualAddress>?

  /// How many page tables its page of tables holds; `nil` where it has no such page.
  public internal(set) var tables: Int?

  init(_ rules: ZapRules) { self.rules = rules }

  /// Whether a word can be a count.
  public var isBundled: Bool { rules.batches }

  /// Words of the bundle on the stack (MMU_GATHER_BUNDLE).
  public static let bundleWords = 8
  /// Words of a page batch: `(PAGE_SIZE - sizeof(struct mmu_gather_batch)) / sizeof(void *)`.
  public static let batchWords = (4096 - 16) / 8
  /// The most page batches (MAX_GATHER_BATCH_COUNT): 10000 / 510.
  public static let batchLimit = 10_000 / batchWords
  /// The most page tables in the page of tables (MAX_TABLE_BATCH).
  public static let tableLimit = (4096 - 24) / 8
  /// The pages at which all is freed where pages are capped, not words.
  public static let pageCap = 10_000

  /// One batch.
  public struct Batch: Equatable, Sendable {
    /// How many words it has.
    public let capacity: Int
    /// How many are used.
    public internal(set) var used = 0
    /// What is in it, in order; what is alike and in a row together.
    public internal(set) var groups: [Group] = []

    /// The pages that its entries stand for.
    public var pages: Int { groups.reduce(0) { $0 + $1.pages } }
  }

  /// Entries in a row that stand for frames in a row.
  public struct Group: Equatable, Sendable {
    /// The first frame.
    public var first: PFN
    /// How many entries.
    public var entries: Int
    /// How many pages each stands for: with one it takes a word, with more two.
    public var pagesEach: Int
    /// The order of the folios.
    public var order: UInt8
    /// What the pages are.
    public var traits: GatheredEntries.Traits

    /// The words of one entry.
    public var wordsEach: Int { pagesEach == 1 ? 1 : 2 }
    /// All words.
    public var words: Int { entries * wordsEach }
    /// All pages.
    public var pages: Int { entries * pagesEach }
  }

  /// All pages that it holds.
  public var pages: Int { batches.reduce(0) { $0 + $1.pages } }

  /// The page batches that were allocated.
  public var pageBatches: Int { batches.count - 1 }

  /// Whether the active batch must not take another entry. Models the ends of
  /// `__tlb_remove_page_size()` (6.8) and `__tlb_remove_folio_pages_size()` (6.9 and later), which
  /// keeps room for a page and a count.
  public var isActiveFull: Bool {
    batches[active].used >= batches[active].capacity - (isBundled ? 1 : 0)
  }

  /// Whether there are as many pages as the cap allows, where they are capped.
  public var isAtPageCap: Bool { rules.capsPages && pages >= Self.pageCap }

  /// The number of further entries of `pagesEach` pages that fit into the active batch, including the
  /// entry that fills it or reaches the cap.
  func room(pagesEach: Int) -> Int {
    let wordsEach = pagesEach == 1 ? 1 : 2
    let left = batches[active].capacity - (isBundled ? 1 : 0) - batches[active].used
    let room = max(0, (left + wordsEach - 1) / wordsEach)
    guard rules.capsPages else { return room }
    return min(room, max(0, (Self.pageCap - pages + pagesEach - 1) / pagesEach))
  }

  /// Why there is no next batch, as far as the gather itself knows. Models `tlb_next_batch()`.
  var refusal: GatherLimit? {
    if hasDelayedRmaps, active > 0 { return .delayedRmap }
    if active + 1 < batches.count { return nil }
    return pageBatches >= Self.batchLimit ? .batchCount : nil
  }
}

extension MmuGather {
  mutating func openNextBatch() {
    if active + 1 == batches.count { batches.append(Batch(capacity: Self.batchWords)) }
    active += 1
  }

  mutating func add(
    _ pfn: PFN, pages: Int, order: UInt8, traits: GatheredEntries.Traits,
  ) {
    batches[active].used += pages == 1 ? 1 : 2
    if let last = batches[active].groups.last, last.pagesEach == pages, last.order == order,
      last.traits == traits, last.first + PageCount(UInt64(last.pages)) == pfn
    {
      batches[active].groups[batches[active].groups.count - 1].entries += 1
      return
    }
    batches[active].groups.append(
      Group(first: pfn, entries: 1, pagesEach: pages, order: order, traits: traits))
  }

  /// The first batch that has entries.
  var firstFilled: Int? { batches.firstIndex { $0.used > 0 } }

  /// The first entries of a batch, this many words of them.
  func first(words: Int, ofBatch index: Int) -> [Group] {
    var left = words
    var taken: [Group] = []
    for group in batches[index].groups where left > 0 {
      var part = group
      part.entries = min(group.entries, left / group.wordsEach)
      left -= part.words
      taken.append(part)
      if part.entries < group.entries { break }
    }
    return taken
  }

  /// Takes the first words out of a batch.
  mutating func remove(words: Int, fromBatch index: Int) {
    var left = words
    while left > 0, let group = batches[index].groups.first {
      let entries = min(group.entries, left / group.wordsEach)
      guard entries > 0 else { break }
      left -= entries * group.wordsEach
      batches[index].used -= entries * group.wordsEach
      if entries == group.entries {
        batches[index].groups.removeFirst()
      } else {
        batches[index].groups[0].entries -= entries
        batches[index].groups[0].first =
          group.first + PageCount(UInt64(entries * group.pagesEach))
      }
    }
  }

  /// How many words are let go in one stretch. Models `__tlb_batch_free_encoded_pages()`, 6.12.
  /// With the limit by pages and pages that are written, it ends at 512 pages; else at 512 words.
  func chunkWords(ofBatch index: Int) -> Int {
    let batch = batches[index]
    // A batch has fewer than 512 words where pages have 4K: a stretch is a batch.
    guard rules.limitsFreedPages, rules.zeroes else { return batch.used }
    var pages = 0
    var words = 0
    for group in batch.groups where pages < Self.pagesOfChunk {
      let entries = min(
        group.entries, (Self.pagesOfChunk - pages + group.pagesEach - 1) / group.pagesEach)
      pages += entries * group.pagesEach
      words += entries * group.wordsEach
    }
    return words
  }

  /// MAX_NR_FOLIOS_PER_FREE.
  static let pagesOfChunk = 512

  func add(to sum: inout Checksum) {
    rules.add(to: &sum)
    sum.add(active)
    sum.add(hasDelayedRmaps)
    sum.add(unflushed != nil)
    if let unflushed { sum.add(unflushed) }
    sum.add(tables ?? -1)
    sum.add(batches) { batch, sum in
      sum.add(batch.capacity)
      sum.add(batch.used)
      sum.add(batch.groups) { $0.add(to: &$1) }
    }
  }
}

extension MmuGather.Group {
  fileprivate func add(to sum: inout Checksum) {
    sum.add(first.rawValue)
    sum.add(entries)
    sum.add(pagesEach)
    sum.add(UInt64(order))
    sum.add(UInt64(traits.rawValue))
  }
}
