public import Engine

/// In which order addresses are touched.
public enum AccessPattern: Equatable, Sendable {
  /// From the first byte to the last, so many bytes at a step, and again from the first.
  case sequential(step: UInt64)
  /// Words of 8 bytes at random.
  case random
  /// One random cycle through all nodes of so many bytes, as a list whose nodes lie anywhere.
  case chase(step: UInt64)
  /// The first page of each area that lives, in turn.
  case modules
  /// Lookups in a hash table.
  case hash(HashTable)
  /// These addresses, and again from the first.
  case list([VirtualAddress])

  /// A hash table: buckets of 8 bytes, one at random for each lookup, and nodes in another place.
  public struct HashTable: Equatable, Sendable {
    /// Where the nodes lie.
    public var nodes: AccessTarget
    /// After how many lookups one finds a node in its bucket and reads it; 0: never.
    public var every: UInt64

    /// The bytes of a bucket: one pointer (`struct hlist_bl_head`, 6.12).
    public static let bucketBytes: UInt64 = 8
    /// The bytes of a node: those of a `struct dentry` (6.12, 64 bits, without debugging options).
    public static let nodeBytes: UInt64 = 192

    /// Creates a table.
    public init(nodes: AccessTarget = .everything, every: UInt64 = 1) {
      self.nodes = nodes
      self.every = every
    }
  }

  /// The bytes of a cache line: the step of a sequential pass where none is given.
  public static let lineBytes: UInt64 = 64
  /// The bytes of a page: the step of a chase where none is given.
  public static let pageBytes: UInt64 = 4096

  /// The names of the patterns.
  public enum Name: String, CaseIterable, Sendable {
    case sequential, random, chase, modules, hash, list
  }

  /// Its name.
  public var name: Name {
    switch self {
    case .sequential: .sequential
    case .random: .random
    case .chase: .chase
    case .modules: .modules
    case .hash: .hash
    case .list: .list
    }
  }

  /// The pattern of a name with what holds if nothing more is said; a list is empty.
  public init(_ name: Name) {
    switch name {
    case .sequential: self = .sequential(step: Self.lineBytes)
    case .random: self = .random
    case .chase: self = .chase(step: Self.pageBytes)
    case .modules: self = .modules
    case .hash: self = .hash(HashTable())
    case .list: self = .list([])
    }
  }
}

/// What is touched.
public enum AccessTarget: Equatable, Sendable {
  /// All RAM, through the direct map.
  case everything
  /// So many pages from a place on; without a count, one page, or an area to its end.
  case pages(Call.Target, PageCount?)
}
