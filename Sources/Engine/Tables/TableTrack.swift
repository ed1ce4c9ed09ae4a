/// What a merging policy keeps with a page-table page, as the patches do in its `struct page`.
public struct TableTrack: Equatable, Sendable {
  /// Whether the table is tracked: it came from a split.
  public var isTracked = false
  /// A count of entries, 0 to 512; which ones is the policy's business. A wrong count can exceed it.
  public var count: Int32 = 0
  /// A word: the policy's bits, or a protection.
  public var word: UInt64 = 0

  /// A table that is not tracked.
  public init() {}

  /// A tracked table.
  init(count: Int32, word: UInt64 = 0) {
    isTracked = true
    self.count = count
    self.word = word
  }
}

extension PageTables {
  /// What is kept with the table whose entries have this size; `nil` if there is no such table.
  public func track(ofEntries size: LeafSize, at address: VirtualAddress) -> TableTrack? {
    guard let larger = size.larger else { return nil }
    return unsafe withTrackedTable(at: address, larger) { _, track in track }
  }

  /// The frame that holds the table under the entry of `size`; `nil` for a table of boot's, or where
  /// the machine's memory is not known.
  public func tableFrame(at address: VirtualAddress, _ size: LeafSize) -> PFN? {
    guard let frame = table(at: address, size)?.header.frame, frame != .max else { return nil }
    return PFN(frame)
  }

  /// Notes which frame holds the table under the entry of `size`, which must exist.
  @inline(__always)
  mutating func setTableFrame(_ pfn: PFN, at address: VirtualAddress, _ size: LeafSize) {
    guard let smaller = size.smaller, let table = unsafe tableForWriting(address, smaller) else {
      preconditionFailure("A table that does not exist was given a frame.")
    }
    unsafe table._withUnsafeGuaranteedRef { $0.header.frame = pfn.rawValue }
  }

  /// Changes what is kept with a table, which must exist.
  mutating func setTrack(_ track: TableTrack, ofEntries size: LeafSize, at address: VirtualAddress)
  {
    guard let table = unsafe tableForWriting(address, size) else {
      preconditionFailure("A count was kept with a table that does not exist.")
    }
    unsafe table._withUnsafeGuaranteedRef { $0.header.track = track }
  }

  /// The table under the entry of `size` that holds an address; `nil` if there is none.
  func table(at address: VirtualAddress, _ size: LeafSize) -> TableNode? {
    guard var node = unsafe tableOf512G(address)?.takeUnretainedValue() else { return nil }
    var shift: UInt64 = 39
    while shift >= size.shift {
      let index = address.tableIndex(shift)
      guard let children = unsafe node.children, let child = unsafe children[index] else {
        let entry = unsafe Entry(word: node.words[index])
        return entry.isUniformTable ? node.spellingOut(at: index) : nil
      }
      node = child
      shift -= 9
    }
    return node.spelledOut()
  }

  /// The entries of the table whose entries have this size, from `indices`; those that point to
  /// tables read as `Entry.table`.
  func entries(
    _ indices: Range<Int>, ofSize size: LeafSize, at address: VirtualAddress,
  ) -> [Entry] {
    guard let larger = size.larger, let table = table(at: address, larger) else { return [] }
    return indices.map { unsafe Entry(word: table.words[$0]) }
  }

  /// How many entries of a table have flags with a property; entries that point to tables have
  /// those of `Entry.table`.
  func countEntries(
    _ indices: Range<Int>, ofSize size: LeafSize, at address: VirtualAddress,
    where isCounted: (EntryFlags) -> Bool,
  ) -> Int {
    guard let larger = size.larger, let table = table(at: address, larger) else { return 0 }
    var count = 0
    for index in indices {
      let entry = unsafe Entry(word: table.words[index])
      count += isCounted(entry.flags(size)) ? 1 : 0
    }
    return count
  }

  /// Reads the words of the table under the entry of `size`, and what is kept with it, without
  /// counting references; `nil` if there is no table.
  @inline(__always)
  func withTrackedTable<Result>(
    at address: VirtualAddress, _ size: LeafSize,
    _ body: (UnsafeMutablePointer<UInt64>, TableTrack) -> Result,
  ) -> Result? {
    guard var node = unsafe tableOf512G(address) else { return nil }
    var shift: UInt64 = 39
    while shift >= size.shift {
      guard let children = unsafe node._withUnsafeGuaranteedRef({ unsafe $0.children }),
        let child = unsafe children[address.tableIndex(shift)]
      else { return unsafe withSpelledOutTable(at: address, size, body) }
      unsafe node = Unmanaged.passUnretained(child)
      shift &-= 9
    }
    return unsafe node._withUnsafeGuaranteedRef {
      $0.header.standsForTables
        ? unsafe withSpelledOutTable(at: address, size, body)
        : unsafe body($0.words, $0.header.track)
    }
  }

  @inline(never)
  private func withSpelledOutTable<Result>(
    at address: VirtualAddress, _ size: LeafSize,
    _ body: (UnsafeMutablePointer<UInt64>, TableTrack) -> Result,
  ) -> Result? {
    guard let table = table(at: address, size) else { return nil }
    return withExtendedLifetime(table) { unsafe body(table.words, table.header.track) }
  }
}
