/// How much a gather holds before it is full, found by filling one.
public struct GatherCapacity: Equatable, Sendable {
  /// Entries of one full page batch.
  public private(set) var batchEntries = 0
  /// The pages they stand for.
  public private(set) var batchPages: PageCount = 0
  /// Entries of the bundle on the stack and all page batches, up to the forced flush.
  public private(set) var entries = 0
  /// The pages they stand for.
  public private(set) var pages: PageCount = 0
  /// What it costs to let a full page batch go, with no page zeroed.
  public private(set) var batchCost: Int64 = 0
  /// The same with every page zeroed.
  public private(set) var batchCostZeroed: Int64 = 0
  /// The dearest stretch of that between two chances for the scheduler, pages zeroed.
  public private(set) var stretchCostZeroed: Int64 = 0
  /// The most pages in such a stretch.
  public private(set) var stretchPages: PageCount = 0

  /// Fills a gather with whole folios of this many pages, none of them with a delayed rmap.
  ///
  /// - Parameters:
  ///   - rules: how the zap goes; whether pages are zeroed is asked both ways.
  ///   - order: the order of the folios, 0 to 9.
  public init(_ rules: ZapRules, order: Int) {
    let order = min(max(order, 0), UserRange.orderLimit)
    let folioPages = 1 << order
    let pagesEach = rules.batches ? folioPages : 1
    var zeroing = rules
    zeroing.zeroes = true
    var gather = MmuGather(zeroing)
    var next: PFN = 0
    while true {
      gather.add(next, pages: pagesEach, order: UInt8(order), traits: [])
      next = next + PageCount(UInt64(pagesEach))
      entries += 1
      if gather.isAtPageCap { break }
      guard gather.isActiveFull else { continue }
      guard gather.refusal == nil else { break }
      gather.openNextBatch()
    }
    pages = PageCount(UInt64(gather.pages))
    let last = gather.batches.count - 1
    batchEntries = gather.batches[last].groups.reduce(0) { $0 + $1.entries }
    batchPages = PageCount(UInt64(gather.batches[last].pages))
    batchCost = Self.cost(of: gather.batches[last].groups, folioPages, isZeroing: false)
    batchCostZeroed = Self.cost(of: gather.batches[last].groups, folioPages, isZeroing: true)
    while gather.batches[last].used > 0 {
      let words = gather.chunkWords(ofBatch: last)
      let groups = gather.first(words: words, ofBatch: last)
      let chunkPages = PageCount(UInt64(groups.reduce(0) { $0 + $1.pages }))
      stretchPages = max(stretchPages, chunkPages)
      stretchCostZeroed = max(
        stretchCostZeroed, Self.cost(of: groups, folioPages, isZeroing: true))
      gather.remove(words: words, fromBatch: last)
    }
  }

  /// The cost of entries whose folios all become free; of a folio in part, that part of its cost.
  private static func cost(
    of groups: [MmuGather.Group], _ folioPages: Int, isZeroing: Bool,
  ) -> Int64 {
    let pages = groups.reduce(0) { $0 + $1.pages }
    return ZapCost.of(
      entries: Int64(groups.reduce(0) { $0 + $1.entries }),
      folios: Int64((pages + folioPages - 1) / folioPages), pages: Int64(pages),
      isZeroing: isZeroing)
  }
}
