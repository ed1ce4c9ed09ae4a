import Synchronization

/// The page records of a machine, a chunk for each pageblock that was touched: a tree of two levels.
///
/// Copies share all of it; a write first copies what is shared on its path. Whether the root is the
/// value's own has to be asked only once a call (`PhysicalMemory.prepare()`): while one mutating call
/// runs, no copy can come into being. Below the root, the word that leads to a table or chunk tells
/// (`PageSlot`). Copies may be used on several threads at once, each copy on one.
@safe struct PageStore: @unchecked Sendable {
  private var root: PageRoot
  /// The slots of the root, read without a reference to it.
  private var tables: UnsafeMutablePointer<PageSlot>
  private let chunkCount: UInt64

  /// The chunks of one table are 2 to the power of this: 2 GiB. The same for all machines, since a
  /// shift by a variable would lengthen the way to every page.
  private static var shift: UInt64 { 10 }
  private static var chunksOfTable: UInt64 { 1 << shift }

  /// A store for the frames below `end`.
  init(end: PFN) {
    chunkCount = (end.rawValue + PageChunk.pages - 1) / PageChunk.pages
    root = .makeEmpty(Int(chunkCount >> Self.shift) + 1)
    unsafe tables = root.slots
  }

  /// Whether the root is this value's own, to be asked once a call; if not, `copyRoot()` makes it so.
  @inline(__always)
  mutating func isRootOwn() -> Bool {
    guard isKnownUniquelyReferenced(&root) else { return false }
    // What others did to the slots before they let go of the root is seen from here on.
    atomicMemoryFence(ordering: .acquiring)
    return true
  }

  @inline(never)
  mutating func copyRoot() {
    root = root.copied()
    unsafe tables = root.slots
  }

  /// Whether the number is that of a pageblock that a chunk can be made for.
  func contains(_ index: UInt64) -> Bool { index < chunkCount }

  /// The slot of a table in the root.
  @inline(__always)
  private func tableSlot(_ index: UInt64) -> UnsafeMutablePointer<PageSlot> {
    unsafe tables + Int(truncatingIfNeeded: index &>> Self.shift)
  }

  /// The slot of a chunk in its table.
  @inline(__always)
  private func slot(_ index: UInt64, in table: ChunkTable) -> UnsafeMutablePointer<PageSlot> {
    unsafe table.elements + Int(truncatingIfNeeded: index & (Self.chunksOfTable &- 1))
  }

  /// The slot of a chunk to read; `nil` where no chunk of the table was ever touched.
  @inline(__always)
  private func slot(_ index: UInt64) -> UnsafeMutablePointer<PageSlot>? {
    guard index < chunkCount,
      let table = ChunkTable(at: unsafe tableSlot(index).pointee.word.address)
    else { return nil }
    return unsafe slot(index, in: table)
  }

  /// The words of a chunk to read; `nil` if it was never touched.
  @inline(__always)
  func words(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard let slot = unsafe slot(index) else { return nil }
    return unsafe PageChunk(at: slot.pointee.word.address)?.elements
  }

  /// A pageblock to read; `nil` if it was never touched.
  @inline(__always)
  func pageblock(_ index: UInt64) -> Pageblock? {
    guard let slot = unsafe slot(index) else { return nil }
    let word = unsafe slot.pointee.word
    guard let chunk = PageChunk(at: word.address) else { return nil }
    return unsafe Pageblock(type: word.type, words: chunk.elements)
  }

  /// The words of a chunk that is surely this value's own, after `prepare()`; `nil` if that has to be
  /// looked into. They stay where they are until the call ends.
  @inline(__always)
  func ownWords(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard index < chunkCount else { return nil }
    let tableWord = unsafe tableSlot(index).pointee.word
    guard tableWord.isOwn else { return nil }
    let word = unsafe slot(index, in: ChunkTable(atOwn: tableWord.ownAddress)).pointee.word
    guard word.isOwn else { return nil }
    return unsafe PageChunk(atOwn: word.address).elements
  }

  /// Makes a chunk this value's own, after `prepare()`; `nil` if it was never touched.
  @inline(never)
  func makeOwn(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard let slot = unsafe ownSlot(index) else { return nil }
    return unsafe Self.ownChunk(slot)?.elements
  }

  /// The slot of a chunk in a table that is this value's own.
  private func ownSlot(_ index: UInt64) -> UnsafeMutablePointer<PageSlot>? {
    guard index < chunkCount, let table = unsafe Self.ownTable(tableSlot(index)) else { return nil }
    return unsafe slot(index, in: table)
  }

  /// The table of a slot, made this value's own, if there is one.
  private static func ownTable(_ slot: UnsafeMutablePointer<PageSlot>) -> ChunkTable? {
    let word = unsafe slot.pointee.word
    guard var table = ChunkTable(at: word.address) else { return nil }
    if word.isOwn { return table }
    if !table.isUnshared {
      let shared = table
      table = shared.copied()
      shared.releaseAll()
    }
    unsafe slot.pointee.word = PageSlot.Word(address: table.address)
    return table
  }

  /// The chunk of a slot, made this value's own, if there is one.
  private static func ownChunk(_ slot: UnsafeMutablePointer<PageSlot>) -> PageChunk? {
    let word = unsafe slot.pointee.word
    guard var chunk = PageChunk(at: word.address) else { return nil }
    if word.isOwn { return chunk }
    if !chunk.isUnshared {
      let shared = chunk
      chunk = shared.copied()
      shared.release()
    }
    unsafe slot.pointee.word = PageSlot.Word(address: chunk.address, type: word.type)
    return chunk
  }

  /// The type of a pageblock; of one never touched, Movable.
  @inline(__always)
  func type(_ index: UInt64) -> MigrateType {
    guard let slot = unsafe slot(index) else { return .movable }
    let word = unsafe slot.pointee.word
    return word.address == 0 ? .movable : word.type
  }

  /// Gives a pageblock that was touched another type, after `prepare()`.
  mutating func setType(_ index: UInt64, _ type: MigrateType) {
    guard let slot = unsafe ownSlot(index), unsafe Self.ownChunk(slot) != nil else { return }
    unsafe slot.pointee.word = PageSlot.Word(address: slot.pointee.word.address, type: type)
  }

  /// Makes the chunk of a pageblock that was never touched, after `prepare()`; the caller fills its
  /// words.
  mutating func makeChunk(_ index: UInt64) -> UnsafeMutablePointer<UInt64> {
    precondition(index < chunkCount, "A page record was made for a frame behind the last.")
    let tableSlot = unsafe tableSlot(index)
    if unsafe tableSlot.pointee.word.address == 0 {
      let table = ChunkTable.makeEmpty(Int(Self.chunksOfTable))
      unsafe tableSlot.pointee.word = PageSlot.Word(address: table.address)
    }
    guard let slot = unsafe ownSlot(index), unsafe slot.pointee.word.address == 0 else {
      preconditionFailure("A page record was made twice.")
    }
    let chunk = PageChunk.makeUninitialized()
    unsafe slot.pointee.word = PageSlot.Word(address: chunk.address, type: .movable)
    return unsafe chunk.elements
  }

  /// Visits the chunks there are, by rising number.
  func forEachChunk(
    _ visit: (_ index: UInt64, MigrateType, UnsafePointer<UInt64>) -> Void,
  ) {
    for tableIndex in 0..<root.count {
      guard let table = ChunkTable(at: unsafe tables[tableIndex].word.address) else { continue }
      for place in 0..<table.count {
        let word = unsafe table.elements[place].word
        guard let chunk = PageChunk(at: word.address) else { continue }
        unsafe visit(
          UInt64(tableIndex) << Self.shift | UInt64(place), word.type, UnsafePointer(chunk.elements)
        )
      }
    }
  }

  /// The pageblocks of which another store may say something else: those whose records the two do not
  /// share, and those of another type. By rising number.
  func indicesApart(from other: PageStore) -> [UInt64] {
    var indices: [UInt64] = []
    for tableIndex in 0..<max(root.count, other.root.count) {
      let own = tableIndex < root.count ? unsafe tables[tableIndex].word.address : 0
      let others = tableIndex < other.root.count ? unsafe other.tables[tableIndex].word.address : 0
      guard own != others else { continue }
      let (table, otherTable) = (ChunkTable(at: own), ChunkTable(at: others))
      for place in 0..<Int(Self.chunksOfTable) {
        let word = unsafe table?.elements[place].word
        let otherWord = unsafe otherTable?.elements[place].word
        if word?.address ?? 0 != otherWord?.address ?? 0 || word?.type != otherWord?.type {
          indices.append(UInt64(tableIndex) << Self.shift | UInt64(place))
        }
      }
    }
    return indices
  }

  /// Visits the tables and chunks that another store of the same machine does not share.
  func forEachSlotApart(from other: PageStore, _ visit: (_ isTable: Bool) -> Void) {
    for tableIndex in 0..<min(root.count, other.root.count) {
      let word = unsafe tables[tableIndex].word.address
      let otherWord = unsafe other.tables[tableIndex].word.address
      guard word != otherWord, let table = ChunkTable(at: word) else { continue }
      visit(true)
      let otherTable = ChunkTable(at: otherWord)
      for place in 0..<table.count {
        let chunk = unsafe table.elements[place].word.address
        let otherChunk = unsafe otherTable?.elements[place].word.address ?? 0
        if chunk != otherChunk, chunk != 0 { visit(false) }
      }
    }
  }
}
