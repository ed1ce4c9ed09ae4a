/// A data TLB as data: its arrays, what they hold, and what a walk costs.
///
///     access ─ L1 ─┬─ hit
///                  └─ miss ─ L2 ─┬─ hit: into L1
///                                └─ miss ─ walk: into L2 and L1
///
/// Replacement is true least recently used in every array; real TLBs only approximate that. An
/// entry that one level evicts stays in the other. Sets are chosen by the low bits of the page's
/// number, without a hash.
public struct TLBModel: Equatable, Sendable {
  /// The word that selects it.
  public var name: String
  /// A description, in one line.
  public var summary: String
  /// The first level; each size is in one array at most.
  public var first: [Cells]
  /// The second level; empty if there is none.
  public var second: [Cells]
  /// The caches of the walker.
  public var walker: WalkerCaches
  /// The smallest page that an entry covers: 4K, or 64K for a kernel with pages of that size.
  public var basePage: Translation
  /// Whether a group that the map marks as contiguous takes one entry.
  public var joinsContiguous: Bool

  /// One array of entries.
  public struct Cells: Equatable, Sendable {
    /// The number of its sets, a power of two; 1 makes it fully associative.
    public var sets: Int
    /// The number of entries of a set.
    public var ways: Int
    /// The stretches that it holds.
    public var holds: [Holding]

    /// Creates an array.
    public init(sets: Int = 1, ways: Int, _ holds: [Holding]) {
      self.sets = sets
      self.ways = ways
      self.holds = holds
    }

    /// The number of its entries.
    public var entries: Int { sets * ways }
  }

  /// How an array holds a stretch.
  public struct Holding: Equatable, Sendable {
    /// The stretch as the tables have it.
    public var translation: Translation
    /// The bits of the offset within what one entry covers: fewer if a large leaf is split among
    /// entries.
    public var entryShift: UInt64

    /// A stretch that is held whole.
    public static func whole(_ translation: Translation) -> Holding {
      Holding(translation: translation, entryShift: translation.shift)
    }

    /// A stretch of which an entry holds only a piece.
    public static func pieces(of translation: Translation, shift: UInt64) -> Holding {
      Holding(translation: translation, entryShift: shift)
    }
  }

  /// The number of entries of each inner table that the walker caches, fully associative; 0 for
  /// none. A hit saves the reads down to it.
  public struct WalkerCaches: Equatable, Sendable {
    /// Entries of 512G: of the top table, with five levels of the one below it.
    public var pgd: Int
    /// Entries that cover 1G and point to a table.
    public var pud: Int
    /// Entries that cover 2M and point to a table.
    public var pmd: Int

    /// Creates caches.
    public init(pgd: Int, pud: Int, pmd: Int) {
      self.pgd = pgd
      self.pud = pud
      self.pmd = pmd
    }

    /// A walker without caches.
    public static let none = WalkerCaches(pgd: 0, pud: 0, pmd: 0)
  }

  /// Creates a model. Both levels must be valid, see `isSound`.
  public init(
    name: String, summary: String, first: [Cells], second: [Cells] = [],
    walker: WalkerCaches = .none, basePage: Translation = .size4K, joinsContiguous: Bool = false,
  ) {
    self.name = name
    self.summary = summary
    self.first = first
    self.second = second
    self.walker = walker
    self.basePage = basePage
    self.joinsContiguous = joinsContiguous
    precondition(isSound, "A TLB model has sets that are no power of two, or holds a size twice.")
  }

  /// Whether sets are powers of two, every array has room, and no level holds a size twice.
  public var isSound: Bool {
    [first, second].allSatisfy { level in
      let held = level.flatMap(\.holds).map(\.translation)
      return Set(held).count == held.count
        && level.allSatisfy { $0.ways > 0 && $0.sets > 0 && $0.sets & ($0.sets - 1) == 0 }
        && level.flatMap(\.holds).allSatisfy { $0.entryShift <= $0.translation.shift }
    } && walker.pgd >= 0 && walker.pud >= 0 && walker.pmd >= 0
  }
}
