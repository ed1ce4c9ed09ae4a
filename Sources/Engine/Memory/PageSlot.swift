import Synchronization

/// What a table says of one child, in one word.
///
///     63                                  6 5     1     0
///     +------------------------------------+-------+--------+
///     |  address, a multiple of 64         | type  | shared |
///     +------------------------------------+-------+--------+
///
/// A child whose slot does not say `shared` is referred to from nowhere else: who has the table to
/// himself may write to the child, and learns it from the word that leads there. Copying a table sets
/// the bit in both. It stays when the others are gone; then the child's count tells, and the first
/// write takes it away. The slot of a child that does not exist has the bit too, and nothing else.
///
/// Others may copy a shared table while it is read, so slots are read and written atomically; the
/// counts of root and table order what they wrote before what a sole owner reads.
struct PageSlot: ~Copyable {
  private let bits: Atomic<UInt64>

  init(_ word: Word) { bits = Atomic(word.bits) }

  /// The word.
  @inline(__always)
  var word: Word {
    get { Word(bits: bits.load(ordering: .relaxed)) }
    nonmutating set { bits.store(newValue.bits, ordering: .relaxed) }
  }

  /// The word of a slot.
  struct Word {
    fileprivate(set) var bits: UInt64

    /// No child.
    static var empty: Word { Word(bits: 1) }

    fileprivate init(bits: UInt64) { self.bits = bits }

    /// A child that is referred to from nowhere else.
    init(address: UInt64, type: MigrateType = .unmovable) {
      bits = address | UInt64(type.rawValue) << 1
    }

    /// Whether the child is there and surely referred to from nowhere else.
    @inline(__always)
    var isOwn: Bool { bits & 1 == 0 }

    /// The child's address; 0 if there is none.
    @inline(__always)
    var address: UInt64 { bits & ~63 }

    /// The address of a child that has no type and is referred to from nowhere else: all there is in
    /// the word.
    @inline(__always)
    var ownAddress: UInt64 { bits }

    /// The type of the pageblock, if the child holds the pages of one.
    @inline(__always)
    var type: MigrateType {
      MigrateType(rawValue: UInt8(truncatingIfNeeded: bits & 63) >> 1) ?? .isolate
    }

    /// The same child, referred to from elsewhere too.
    var shared: Word { Word(bits: bits | 1) }
  }
}
