/// A block of 2M while the runs of 4K leaves in it are collected, to be kept without a table of its own if
/// they are few.
struct MixedBlock {
  private var start: VirtualAddress = 0
  private var pfn: PFN = 0
  private var pieces: [(place: Int, count: Int, flags: EntryFlags)] = []
  private var filled = 0

  /// The most pieces that are kept without a table: more would take as much memory as one.
  private static let piecesMax = 64

  /// Takes the next run of 4K leaves, by rising address.
  mutating func take(_ run: LeafRun, _ first: PFN, _ tables: inout PageTables) {
    let count = TableNode.entryCount
    var done = 0
    let pages = Int(run.pages.rawValue)
    while done < pages {
      let address = run.start + PageCount(UInt64(done))
      let slot = address.tableIndex(LeafSize.size4K.shift)
      let isNext = filled > 0 && slot == filled && address == start + PageCount(UInt64(filled))
      if filled > 0, !isNext { flush(&tables) }
      if slot == 0, pages - done >= count {
        let whole = (pages - done) / count * count
        tables.map(whole, .size4K, at: address, first + PageCount(UInt64(done)), run.flags)
        done += whole
        continue
      }
      let part = min(pages - done, count - slot)
      if filled == 0, slot > 0 || run.flags.isEmpty {
        tables.map(part, .size4K, at: address, first + PageCount(UInt64(done)), run.flags)
        done += part
        continue
      }
      if filled == 0 {
        start = address
        pfn = first + PageCount(UInt64(done))
      }
      pieces.append((slot, part, run.flags))
      filled += part
      done += part
      if filled == count { close(&tables) }
    }
  }

  /// Maps what was collected of a block that does not go on.
  mutating func flush(_ tables: inout PageTables) {
    for piece in pieces {
      let offset = PageCount(UInt64(piece.place))
      tables.map(piece.count, .size4K, at: start + offset, pfn + offset, piece.flags)
    }
    pieces.removeAll(keepingCapacity: true)
    filled = 0
  }

  /// Maps a whole block.
  private mutating func close(_ tables: inout PageTables) {
    let isPlain = pieces.contains { $0.flags.isEmpty } || pieces.count > Self.piecesMax
    guard !isPlain, let usual = pieces.max(by: { $0.count < $1.count })?.flags else {
      return flush(&tables)
    }
    let others = pieces.filter { $0.flags != usual }
    if !tables.mapPatched(at: start, first: Entry(pfn, usual), others) { return flush(&tables) }
    pieces.removeAll(keepingCapacity: true)
    filled = 0
  }
}
