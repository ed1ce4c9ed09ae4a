/// What is known of the 512 pages of a pageblock: two words for each.
///
///     63      48 47 44 43   40 39                           0
///     +---------+-----+-------+------------------------------+
///     |  state  | type| order |  next block, or owner        |
///     +---------+-----+-------+------------------------------+
///     |  zone   |             |  block before                |
///     +---------+-------------+------------------------------+
///
/// Only the first page of a block has a state; the further ones have none, but for those that boot
/// keeps. A page, its buddy and the page whose block they would merge with next are in one cache line.
/// The type of the pageblock is in the slot that leads to the chunk.
typealias PageChunk = SharedRow<UInt64>

extension PageChunk {
  static var pages: UInt64 { 512 }

  /// A chunk whose words the caller fills before anyone reads them.
  static func makeUninitialized() -> PageChunk { PageChunk(uninitialized: Int(pages) * 2) }

  func copied() -> PageChunk {
    let copy = Self.makeUninitialized()
    unsafe copy.elements.initialize(from: elements, count: Int(Self.pages) * 2)
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
