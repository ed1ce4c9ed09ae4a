public import Engine

/// Reads page tables in the memory of a guest, as the hardware would.
public struct TableReader<Source: TableSource> {
  /// Where the tables lie.
  public var source: Source
  /// The physical address of the first table.
  public var root: UInt64
  /// How many levels there are: 4 or 5.
  public var levels: Int
  /// How entries are read.
  public var format: TableFormat

  /// Creates a reader.
  public init(_ source: Source, root: UInt64, levels: Int, format: TableFormat) {
    self.source = source
    self.root = root
    self.levels = levels
    self.format = format
  }

  /// The leaves at addresses, equal neighbours as one run, and where nothing is mapped.
  ///
  /// - Parameters:
  ///   - address: the first address in the guest, at the border of a leaf.
  ///   - pages: how many pages.
  ///   - shown: the address that the first one has here; it has the same place in its 1G slot.
  public func runs(
    from address: VirtualAddress, pages: PageCount, shownAs shown: VirtualAddress? = nil,
  ) -> [LeafRun] {
    var walk = Walk(format: format)
    walk.shift = (shown ?? address).rawValue &- address.rawValue
    let first = address.rawValue
    read(root, levels, from: first, to: first + pages.rawValue << 12, into: &walk)
    return walk.runs
  }

  /// The bytes that an entry of a level covers, as a power of two: 12 on the lowest.
  static func shift(_ level: Int) -> UInt64 { UInt64(12 + 9 * (level - 1)) }

  private func read(
    _ table: UInt64, _ level: Int, from first: UInt64, to end: UInt64, into walk: inout Walk,
  ) {
    let known: Void? = unsafe source.withTable(at: table) { words in
      if level == 1 { return unsafe readLowest(words, from: first, to: end, into: &walk) }
      let shift = Self.shift(level)
      let size = LeafSize(level: level)
      var address = first
      while address < end {
        let slot = Int(address >> shift & 511)
        let next = min((address >> shift &+ 1) << shift, end)
        switch format.meaning(of: unsafe words[slot], size) {
        case .none: walk.add(address, next, nil, [])
        case .leaf(let flags): walk.add(address, next, size, flags)
        case .table(let lower): read(lower, level - 1, from: address, to: next, into: &walk)
        }
        address = next
        // The last slot of the address space.
        if next == 0 { break }
      }
    }
    if known == nil { walk.add(first, end, nil, []) }
  }

  /// Reads a table of 4K entries: most of their words differ from the one before in the frame alone.
  private func readLowest(
    _ words: UnsafeBufferPointer<UInt64>, from first: UInt64, to end: UInt64, into walk: inout Walk,
  ) {
    let attributes = format.attributes
    var slot = Int(first >> 12 & 511)
    let last = slot + Int((end &- first) >> 12)
    var address = first
    while slot < last {
      let word = unsafe words[slot]
      var stop = slot + 1
      while stop < last, unsafe words[stop] & attributes == word & attributes,
        unsafe (words[stop] == 0) == (word == 0)
      {
        stop += 1
      }
      let next = address &+ UInt64(stop - slot) << 12
      switch format.meaning(of: word, .size4K) {
      case .leaf(let flags): walk.add(address, next, .size4K, flags)
      case .none, .table: walk.add(address, next, nil, [])
      }
      address = next
      slot = stop
    }
  }

  private struct Walk {
    let format: TableFormat
    var shift: UInt64 = 0
    var runs: [LeafRun] = []

    mutating func add(_ first: UInt64, _ end: UInt64, _ size: LeafSize?, _ flags: EntryFlags) {
      let pages = PageCount((end &- first) >> 12)
      if let last = runs.indices.last, runs[last].size == size, runs[last].flags == flags {
        runs[last].pages = PageCount(runs[last].pages.rawValue + pages.rawValue)
        return
      }
      runs.append(
        LeafRun(start: VirtualAddress(first &+ shift), pages: pages, size: size, flags: flags))
    }
  }
}

extension LeafSize {
  /// The size of a leaf on a level, 1 being the lowest; `nil` where there are none.
  fileprivate init?(level: Int) {
    switch level {
    case 1: self = .size4K
    case 2: self = .size2M
    case 3: self = .size1G
    default: return nil
    }
  }
}

extension TableReader {
  /// The physical addresses of the entries that an address is mapped by, from the level of 1G leaves down
  /// to its leaf.
  func entries(_ address: UInt64) -> [UInt64] {
    var table = root
    var entries: [UInt64] = []
    for level in stride(from: levels, through: 1, by: -1) {
      let slot = address >> Self.shift(level) & 511
      guard let word = unsafe source.withTable(at: table, { words in unsafe words[Int(slot)] })
      else {
        break
      }
      if level <= 3 { entries.append(table + slot * 8) }
      guard case .table(let lower) = format.meaning(of: word, LeafSize(level: level)) else { break }
      table = lower
    }
    return entries
  }

  /// The physical address that a virtual one is mapped to; `nil` where nothing is, or not present.
  func physical(_ address: UInt64) -> UInt64? {
    var table = root
    for level in stride(from: levels, through: 1, by: -1) {
      let shift = Self.shift(level)
      let slot = Int(address >> shift & 511)
      guard let word = unsafe source.withTable(at: table, { words in unsafe words[slot] }),
        word & 1 != 0
      else { return nil }
      switch format.meaning(of: word, LeafSize(level: level)) {
      case .none: return nil
      case .table(let lower): table = lower
      case .leaf:
        let inside = (UInt64(1) << shift) - 1
        return format.physical(ofLeaf: word, shift: Int(shift)) | address & inside
      }
    }
    return nil
  }
}
