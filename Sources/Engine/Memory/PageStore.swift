/// The page records of a machine, a chunk for each pageblock that was touched: a tree of two levels.
///
/// Copies share all of it; a write first copies what is shared on its path. `prepare()` makes the
/// root the value's own; while one mutating call runs, no copy can come into being, so it has to be
/// asked only once a call.
struct PageStore: @unchecked Sendable {
  typealias Table = ReferenceTable<PageChunk>

  private var root: ReferenceTable<Table>
  /// The chunks of one table are 2 to the power of this.
  private let shift: UInt64
  private let chunkCount: UInt64

  /// A store for the frames below `end`.
  init(end: PFN) {
    chunkCount = (end.rawValue + PageChunk.pages - 1) / PageChunk.pages
    // 1 GiB a table; 8 GiB where the root would be larger than that is worth.
    shift = chunkCount > 1 << 20 ? 12 : 9
    root = .makeEmpty(Int(chunkCount >> shift) + 1)
  }

  @inline(__always)
  mutating func prepare() {
    if !isKnownUniquelyReferenced(&root) { root = root.copied() }
  }

  /// Whether the number is that of a pageblock that a chunk can be made for.
  func contains(_ index: UInt64) -> Bool { index < chunkCount }

  @inline(__always)
  private func chunk(_ index: UInt64) -> Unmanaged<PageChunk>? {
    let root = unsafe Unmanaged.passUnretained(root)
    let slots = unsafe root._withUnsafeGuaranteedRef { unsafe $0.slots }
    guard let table = unsafe slots[Int(truncatingIfNeeded: index &>> shift)] else { return nil }
    let tableRef = unsafe Unmanaged.passUnretained(table)
    let chunks = unsafe tableRef._withUnsafeGuaranteedRef { unsafe $0.slots }
    let place = Int(truncatingIfNeeded: index & (1 &<< shift &- 1))
    guard let chunk = unsafe chunks[place] else { return nil }
    return unsafe Unmanaged.passUnretained(chunk)
  }

  /// The words of a chunk to read; `nil` if it was never touched.
  @inline(__always)
  func words(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard index < chunkCount, let chunk = unsafe chunk(index) else { return nil }
    return unsafe chunk._withUnsafeGuaranteedRef { unsafe $0.words }
  }

  /// The words of a chunk that is this value's own; `nil` if it was never touched.
  @inline(__always)
  mutating func wordsForWriting(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard let slot = unsafe slotForWriting(index), let chunk = unsafe slot.pointee else {
      return nil
    }
    let own = unsafe Unmanaged.passUnretained(chunk)
    return unsafe own._withUnsafeGuaranteedRef { unsafe $0.words }
  }

  /// The place of a chunk that is this value's own.
  @inline(__always)
  private mutating func slotForWriting(_ index: UInt64) -> UnsafeMutablePointer<PageChunk?>? {
    guard index < chunkCount else { return nil }
    let rootRef = unsafe Unmanaged.passUnretained(root)
    let tables = unsafe rootRef._withUnsafeGuaranteedRef { unsafe $0.slots }
    let tableSlot = unsafe tables + Int(truncatingIfNeeded: index &>> shift)
    if unsafe !isKnownUniquelyReferenced(&tableSlot.pointee) {
      guard let shared = unsafe tableSlot.pointee else { return nil }
      unsafe tableSlot.pointee = shared.copied()
    }
    guard let table = unsafe tableSlot.pointee else { return nil }
    let tableRef = unsafe Unmanaged.passUnretained(table)
    let chunks = unsafe tableRef._withUnsafeGuaranteedRef { unsafe $0.slots }
    let slot = unsafe chunks + Int(truncatingIfNeeded: index & (1 &<< shift &- 1))
    if unsafe !isKnownUniquelyReferenced(&slot.pointee) {
      guard let shared = unsafe slot.pointee else { return nil }
      unsafe slot.pointee = shared.copied()
    }
    return unsafe slot
  }

  /// The type of a pageblock; of one never touched, Movable.
  @inline(__always)
  func type(_ index: UInt64) -> MigrateType {
    guard index < chunkCount, let chunk = unsafe chunk(index) else { return .movable }
    return unsafe chunk._withUnsafeGuaranteedRef { $0.header }
  }

  /// Gives a pageblock that was touched another type.
  mutating func setType(_ index: UInt64, _ type: MigrateType) {
    guard let slot = unsafe slotForWriting(index) else { return }
    unsafe slot.pointee?.header = type
  }

  /// Makes the chunk of a pageblock that was never touched; the caller fills its words.
  mutating func makeChunk(_ index: UInt64) -> UnsafeMutablePointer<UInt64> {
    precondition(index < chunkCount, "A page record was made for a frame behind the last.")
    let tableSlot = unsafe root.slots + Int(index >> shift)
    if unsafe tableSlot.pointee == nil {
      unsafe tableSlot.pointee = .makeEmpty(1 << Int(shift))
    } else if unsafe !isKnownUniquelyReferenced(&tableSlot.pointee) {
      unsafe tableSlot.pointee = tableSlot.pointee?.copied()
    }
    let chunk = PageChunk.makeUninitialized(.movable)
    let slots = unsafe tableSlot.pointee?.slots
    unsafe slots?[Int(index & (1 << shift - 1))] = chunk
    return unsafe chunk.words
  }

  /// Visits the chunks there are, by rising number.
  func forEachChunk(
    _ visit: (_ index: UInt64, MigrateType, UnsafePointer<UInt64>) -> Void,
  ) {
    for tableIndex in 0..<root.header {
      guard let table = unsafe root.slots[tableIndex] else { continue }
      for place in 0..<table.header {
        guard let chunk = unsafe table.slots[place] else { continue }
        unsafe visit(
          UInt64(tableIndex) << shift | UInt64(place), chunk.header, UnsafePointer(chunk.words))
      }
    }
  }
}
