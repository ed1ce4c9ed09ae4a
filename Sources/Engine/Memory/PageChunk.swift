/// What is known of the 512 pages of a pageblock: two words for each, and the pageblock's type.
///
///     63      48 47 44 43   40 39                           0
///     +---------+-----+-------+------------------------------+
///     |  state  | type| order |  next block, or owner        |
///     +---------+-----+-------+------------------------------+
///     |  zone   |             |  block before                |
///     +---------+-------------+------------------------------+
///
/// Only the first page of a block has a state; the further ones have none, but for those that boot
/// keeps. Shared between copies of `PhysicalMemory` and written only while one of them alone holds
/// it.
final class PageChunk: ManagedBuffer<Void, UInt64> {
  static let pages: UInt64 = 512
  /// The place of the pageblock's type: two words before those of its pages, in the cache line that
  /// also holds the count of references.
  static let typeWord = -2
  /// All words: the type, one that fills up, and two for each page.
  private static let wordCount = Int(pages) * 2 + 2

  @inline(__always)
  static func type(_ words: UnsafePointer<UInt64>) -> MigrateType {
    unsafe MigrateType(rawValue: UInt8(truncatingIfNeeded: words[typeWord])) ?? .isolate
  }

  @inline(__always)
  var words: UnsafeMutablePointer<UInt64> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 + 2 }
  }

  /// A chunk whose words the caller fills before anyone reads them.
  static func makeUninitialized() -> PageChunk {
    unsafe unsafeDowncast(
      PageChunk.create(minimumCapacity: wordCount) { _ in }, to: PageChunk.self)
  }

  func copied() -> PageChunk {
    let copy = Self.makeUninitialized()
    unsafe (copy.words - 2).initialize(from: words - 2, count: Self.wordCount)
    return copy
  }
}

/// The fields of a page's first word.
enum PageWord {
  /// What a block's first page says of it.
  enum State {
    /// Not the first page of a block.
    static let inside: UInt64 = 0
    /// Kept by boot.
    static let reserved: UInt64 = 1 << 48
    /// The first page of a free block.
    static let free: UInt64 = 2 << 48
    /// The first page of an allocated block.
    static let allocated: UInt64 = 3 << 48
    static let mask: UInt64 = 3 << 48
  }

  /// The bits of a link; all of them set: no block.
  static let linkMask: UInt64 = 1 << 40 - 1
  /// No block.
  static let none = linkMask
  /// State and order, without the type.
  static let kindMask: UInt64 = State.mask | 15 << 40

  /// The word of a block's first page.
  @inline(__always)
  static func word(_ state: UInt64, order: Int, _ type: MigrateType, _ link: UInt64) -> UInt64 {
    state | UInt64(type.rawValue) << 44 | UInt64(truncatingIfNeeded: order) << 40 | link
  }

  @inline(__always)
  static func order(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 40 & 15) }

  @inline(__always)
  static func type(_ word: UInt64) -> MigrateType {
    // Words are made from types alone, by `word(_:order:_:_:)`.
    MigrateType(rawValue: UInt8(truncatingIfNeeded: word >> 44 & 15)) ?? .isolate
  }
}

/// References to objects of one class, in one block with the object that holds them.
final class ReferenceTable<Child: AnyObject>: ManagedBuffer<Int, Child?> {
  @inline(__always)
  var slots: UnsafeMutablePointer<Child?> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 }
  }

  static func makeEmpty(_ count: Int) -> ReferenceTable<Child> {
    let table = unsafe unsafeDowncast(
      ReferenceTable<Child>.create(minimumCapacity: count) { _ in count },
      to: ReferenceTable<Child>.self)
    unsafe table.slots.initialize(repeating: nil, count: count)
    return table
  }

  func copied() -> ReferenceTable<Child> {
    let count = header
    let copy = unsafe unsafeDowncast(
      ReferenceTable<Child>.create(minimumCapacity: count) { _ in count },
      to: ReferenceTable<Child>.self)
    unsafe copy.slots.initialize(from: slots, count: count)
    return copy
  }

  deinit { unsafe slots.deinitialize(count: header) }
}
