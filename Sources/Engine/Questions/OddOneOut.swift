/// An entry that differs from most leaves of its table.
public struct OddOneOut: Equatable, Sendable {
  /// The first frame of the entry; of the first one, where neighbours differ in the same way.
  public var pfn: PFN
  /// The size of the leaf.
  public var size: LeafSize
  /// How many such leaves there are in a row.
  public var leaves: UInt64
  /// The bits that it lacks, in 4K layout.
  public var lacking: EntryFlags
  /// The bits that it has and most have not, in 4K layout.
  public var extra: EntryFlags
}

extension Machine {
  /// The next leaf of the direct map, behind or before the run of like leaves that holds a frame, whose
  /// flags differ from those of most leaves in its table. Reads each table on the way once.
  public func nextOddOneOut(after pfn: PFN, forwards: Bool = true) -> OddOneOut? {
    OddSearch(
      tables: tables, directMap: layout.directMap, from: directMapAddress(of: pfn),
      forwards: forwards
    ).next()
  }
}

/// A walk over the tables of the direct map, table by table.
private struct OddSearch {
  let tables: PageTables
  let directMap: Range<VirtualAddress>
  let from: VirtualAddress
  let forwards: Bool

  func next() -> OddOneOut? { search(tables.root, shift: tables.rootShift, base: tables.rootStart) }

  /// The first stretch of odd leaves in a table and those below it that begins behind the place, or
  /// before it.
  private func search(_ node: TableNode, shift: UInt64, base: UInt64) -> OddOneOut? {
    let size = LeafSize(shift: shift)
    let children = unsafe node.children
    let usual = size.flatMap { majority(of: node, $0) }
    var index = forwards ? first(shift, base) : last(shift, base)
    while let place = index, (0..<TableNode.entryCount).contains(place) {
      let start = base &+ UInt64(place) << shift
      if shift == tables.rootShift, !directMap.contains(VirtualAddress(start)) { return nil }
      if let children = unsafe children, let child = unsafe children[place] {
        if let found = search(child, shift: shift - 9, base: start) { return found }
        index = forwards ? place + 1 : place - 1
        continue
      }
      if unsafe Entry(word: node.words[place]).isPatchedTable {
        let table = node.spellingOut(at: place)
        if let found = search(table, shift: shift - 9, base: start) { return found }
        index = forwards ? place + 1 : place - 1
        continue
      }
      // All leaves of any other table that is not spelled out are alike.
      if unsafe Entry(word: node.words[place]).isUniformTable {
        index = forwards ? place + 1 : place - 1
        continue
      }
      let run = like(node, place, shift)
      if let size, let usual, let found = odd(node, run, size, usual, base) { return found }
      index = forwards ? run.upperBound : run.lowerBound - 1
    }
    return nil
  }

  /// Where a table is entered: at the entry that holds the place, or at its first or last one. The
  /// direct map is all there is to the search.
  private func first(_ shift: UInt64, _ base: UInt64) -> Int? {
    let low = max(from.rawValue, directMap.lowerBound.rawValue)
    return low <= base ? 0 : index(of: low, shift, base)
  }

  private func last(_ shift: UInt64, _ base: UInt64) -> Int? {
    let high = min(from.rawValue, directMap.upperBound.rawValue - 1)
    return high < base ? nil : min(index(of: high, shift, base), TableNode.entryCount - 1)
  }

  private func index(of address: UInt64, _ shift: UInt64, _ base: UInt64) -> Int {
    Int(truncatingIfNeeded: (address &- base) >> shift)
  }

  /// The leaves around one that have its flags.
  private func like(_ node: TableNode, _ index: Int, _ shift: UInt64) -> Range<Int> {
    let mask = Entry.flagsMask(LeafSize(shift: shift) ?? .size1G)
    let children = unsafe node.children
    let word = unsafe node.words[index]
    func isLike(_ other: Int) -> Bool {
      if let children = unsafe children, unsafe children[other] != nil { return false }
      let another = unsafe node.words[other]
      return another & mask == word & mask && (another == 0) == (word == 0)
    }
    var low = index
    while low > 0, isLike(low - 1) { low -= 1 }
    var high = index + 1
    while high < TableNode.entryCount, isLike(high) { high += 1 }
    return low..<high
  }

  /// The flags that most leaves of a table have, in 4K layout; present ones or not, KERNEL_4K or not.
  private func majority(of node: TableNode, _ size: LeafSize) -> EntryFlags? {
    var tally = Tally()
    let children = unsafe node.children
    for index in 0..<TableNode.entryCount {
      let entry = unsafe Entry(word: node.words[index])
      if entry.isNone || entry.isUniformTable { continue }
      if let children = unsafe children, unsafe children[index] != nil { continue }
      tally.add(entry.flags4K(size).rawValue)
    }
    return tally.most.map { EntryFlags(rawValue: $0) }
  }

  /// The run as what was looked for, if it is; one that holds the place is not, but going back it is,
  /// if it begins before the place.
  private func odd(
    _ node: TableNode, _ run: Range<Int>, _ size: LeafSize, _ majority: EntryFlags,
    _ base: UInt64,
  ) -> OddOneOut? {
    let entry = unsafe Entry(word: node.words[run.lowerBound])
    guard !entry.isNone else { return nil }
    let flags = entry.flags4K(size)
    let start = base &+ UInt64(run.lowerBound) << size.shift
    guard flags != majority, forwards ? start > from.rawValue : start < from.rawValue,
      let pfn = AddressLayout.directMapFrame(of: VirtualAddress(start))
    else { return nil }
    return OddOneOut(
      pfn: pfn, size: size, leaves: UInt64(run.count), lacking: majority.subtracting(flags),
      extra: flags.subtracting(majority))
  }
}
