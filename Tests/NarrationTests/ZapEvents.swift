import Engine
import Testing

private let address: VirtualAddress = 0x7fff_f7c0_0000

/// Decisions of zapping: each kind, each end of a batch, each reason for a full gather.
let zapDecisions: [ProcessDecision] =
  [.oneByOne, .smallFolio, .folioEnd, .rangeEnd, .otherPage, .otherFlags].flatMap {
    (end: RunEnd) -> [ProcessDecision] in
    [
      .batched(address, runs: 1, pagesEach: 1, end),
      .batched(address, runs: 512, pagesEach: 256, end),
    ]
  }
  + [.delayedRmap, .batchCount, .noMemory].map { .gatherFull($0, pages: 2_482_688) }
  + [
    .mustFlush(address, 512, delaysRmap: true), .mustFlush(address, 1, delaysRmap: false),
    .holeSkipped(address, 512),
  ]

/// Changes of an address space: each kind, with small numbers and with the largest.
func zapChanges() throws -> [ProcessChange] {
  let name = try #require(Name("a_name_of_16_char"))
  let kinds: [UserRange.Traits] = [[], [.file, .dirty]]
  let pages: [(UInt16, UInt16)] = [(1, 1), (1, 512), (512, 1), (32, 16)]
  return kinds.map {
    .rangeMapped(
      UserRange(name: name, start: address, pages: 2_621_440, order: $0.isEmpty ? 0 : 9, traits: $0)
    )
  }
    + pages.flatMap { runs, each in
      [[], .file, [.file, .delayedRmap]].map {
        .gathered(
          GatheredEntries(address: address, runs: runs, pagesEach: each, order: 9, traits: $0))
      }
    }
    + [
      .rangeRemoved(name), .gatherBegan(ZapSeries.merged.rules(zeroes: true)),
      .batchOpened(isNew: true), .batchOpened(isNew: false),
      .tlbFlushed(address, 2_482_688, isFull: true, isForced: true),
      .tlbFlushed(address, 3, isFull: false, isForced: false), .delayedRmapsRemoved(entries: 516),
      .chunkFreed(
        FreedChunk(
          words: 510, entries: 255, pages: 130_560, folios: 255, pagesFreed: 130_560,
          givesBack: true)),
      .chunkFreed(
        FreedChunk(words: 1, entries: 1, pages: 1, folios: 0, pagesFreed: 0, givesBack: false)),
      .batchesEmptied, .gatherFinished, .tableBatchOpened, .tableBatchFreed(1),
      .tableBatchFreed(509),
      .tablesGathered(GatheredTables(level: .pte, address: address, count: 512, route: .word)),
      .tablesGathered(GatheredTables(level: .pmd, address: address, count: 1, route: .tableBatch)),
      .tablesGathered(GatheredTables(level: .pud, address: 0, count: 1, route: .freedAtOnce)),
    ]
}
