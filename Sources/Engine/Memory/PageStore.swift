/// The page records of a machine, a chunk for each pageblock that was touched: a tree of two levels.
///
/// Copies share all of it; a write first copies what is shared on its path. `prepare()` makes the
/// root the value's own; while one mutating call runs, no copy can come into being, so it has to be
/// asked only once a call.
@safe struct PageStore: @unchecked Sendable {
  typealias Table = ReferenceTable<PageChunk>

  private var root: ReferenceTable<Table>
  /// The chunks of one table are 2 to the power of this.
  private let shift: UInt64
  private let chunkCount: UInt64
  /// The chunk that the latest mutating call was about, and its words. `prepare()` forgets it, since
  /// copies may have come into being between calls and it may not be this value's own any more.
  private var latest = UInt64.max
  private var latestWords: UnsafeMutablePointer<UInt64>?

  /// A store for the frames below `end`.
  init(end: PFN) {
    chunkCount = (end.rawValue + PageChunk.pages - 1) / PageChunk.pages
    // 1 GiB a table; 8 GiB where the root would be larger than that is worth.
    shift = chunkCount > 1 << 20 ? 12 : 9
    root = .makeEmpty(Int(chunkCount >> shift) + 1)
  }

  /// Makes the root this value's own; returns whether it was shared.
  @inline(__always)
  mutating func prepare() -> Bool {
    latest = .max
    if isKnownUniquelyReferenced(&root) { return false }
    root = root.copied()
    return true
  }

  /// Whether the number is that of a pageblock that a chunk can be made for.
  func contains(_ index: UInt64) -> Bool { index < chunkCount }

  /// The slots of the root. Read through raw pointers: a strong reference to a table or chunk would
  /// be counted up and down at each step of the walk.
  @inline(__always)
  private var tables: UnsafeMutablePointer<Table?> {
    let root = unsafe Unmanaged.passUnretained(root)
    return unsafe root._withUnsafeGuaranteedRef { unsafe $0.slots }
  }

  /// The object that a slot refers to, not counted.
  @inline(__always)
  private static func object<Child: AnyObject>(
    _ slot: UnsafeMutablePointer<Child?>,
  ) -> Unmanaged<Child>? {
    guard let raw = unsafe UnsafeRawPointer(slot).load(as: UnsafeRawPointer?.self) else {
      return nil
    }
    return unsafe Unmanaged<Child>.fromOpaque(raw)
  }

  @inline(__always)
  private func chunk(_ index: UInt64) -> Unmanaged<PageChunk>? {
    let tableSlot = unsafe tables + Int(truncatingIfNeeded: index &>> shift)
    guard let table = unsafe Self.object(tableSlot) else { return nil }
    let chunks = unsafe table._withUnsafeGuaranteedRef { unsafe $0.slots }
    return unsafe Self.object(chunks + Int(truncatingIfNeeded: index & (1 &<< shift &- 1)))
  }

  /// The words of a chunk to read; `nil` if it was never touched.
  @inline(__always)
  func words(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    // In a copy this is right too: the chunk stays in its tree as long as nobody changes the copy.
    if index == latest { return unsafe latestWords }
    guard index < chunkCount, let chunk = unsafe chunk(index) else { return nil }
    return unsafe chunk._withUnsafeGuaranteedRef { unsafe $0.words }
  }

  /// The words of a chunk that is this value's own; `nil` if it was never touched.
  @inline(__always)
  mutating func wordsForWriting(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    guard let slot = unsafe slotForWriting(index), let chunk = unsafe Self.object(slot) else {
      return nil
    }
    return unsafe chunk._withUnsafeGuaranteedRef { unsafe $0.words }
  }

  /// The words of the chunk that a call is about, which it comes back to again and again.
  @inline(__always)
  mutating func wordsForCall(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    if index == latest { return unsafe latestWords }
    guard let words = unsafe wordsForWriting(index) else { return nil }
    latest = index
    unsafe latestWords = words
    return unsafe words
  }

  /// The words of a chunk to write to once, beside the one that a call is about.
  @inline(__always)
  mutating func wordsOfNeighbour(_ index: UInt64) -> UnsafeMutablePointer<UInt64>? {
    if index == latest { return unsafe latestWords }
    return unsafe wordsForWriting(index)
  }

  /// The place of a chunk that is this value's own.
  @inline(__always)
  private mutating func slotForWriting(_ index: UInt64) -> UnsafeMutablePointer<PageChunk?>? {
    guard index < chunkCount else { return nil }
    let tableSlot = unsafe tables + Int(truncatingIfNeeded: index &>> shift)
    if unsafe !isKnownUniquelyReferenced(&tableSlot.pointee) {
      guard unsafe Self.copyTable(tableSlot) else { return nil }
    }
    guard let table = unsafe Self.object(tableSlot) else { return nil }
    let chunks = unsafe table._withUnsafeGuaranteedRef { unsafe $0.slots }
    let slot = unsafe chunks + Int(truncatingIfNeeded: index & (1 &<< shift &- 1))
    if unsafe !isKnownUniquelyReferenced(&slot.pointee) {
      guard unsafe Self.copyChunk(slot) else { return nil }
    }
    return unsafe slot
  }

  /// Makes a shared table this value's own; returns whether there is one.
  @inline(never)
  private static func copyTable(_ slot: UnsafeMutablePointer<Table?>) -> Bool {
    guard let shared = unsafe slot.pointee else { return false }
    unsafe slot.pointee = shared.copied()
    return true
  }

  @inline(never)
  private static func copyChunk(_ slot: UnsafeMutablePointer<PageChunk?>) -> Bool {
    guard let shared = unsafe slot.pointee else { return false }
    unsafe slot.pointee = shared.copied()
    return true
  }

  /// The type of a pageblock; of one never touched, Movable.
  @inline(__always)
  func type(_ index: UInt64) -> MigrateType {
    guard let words = unsafe words(index) else { return .movable }
    return unsafe PageChunk.type(words)
  }

  /// Gives a pageblock that was touched another type.
  mutating func setType(_ index: UInt64, _ type: MigrateType) {
    unsafe wordsForWriting(index)?[PageChunk.typeWord] = UInt64(type.rawValue)
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
    let chunk = PageChunk.makeUninitialized()
    unsafe chunk.words[PageChunk.typeWord] = UInt64(MigrateType.movable.rawValue)
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
          UInt64(tableIndex) << shift | UInt64(place), PageChunk.type(chunk.words),
          UnsafePointer(chunk.words))
      }
    }
  }
}
