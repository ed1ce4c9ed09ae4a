public import Engine

/// The order in which addresses are accessed.
public enum AccessPattern: Equatable, Sendable {
  /// From the first byte to the last, in steps of this number of bytes, and again from the first.
  case sequential(step: UInt64)
  /// Words of 8 bytes at random.
  case random
  /// One random cycle through all nodes of this number of bytes, as a list whose nodes are
  /// scattered.
  case chase(step: UInt64)
  /// The first page of each live area, in turn.
  case modules
  /// Lookups in a hash table.
  case hash(HashTable)
  /// These addresses, and again from the first.
  case list([VirtualAddress])

  /// A hash table: buckets of 8 bytes, one at random for each lookup, and nodes in another place.
  public struct HashTable: Equatable, Sendable {
    /// The place of the nodes.
    public var nodes: AccessTarget
    /// The number of lookups after which one finds a node in its bucket and reads it; 0: never.
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

  /// The bytes of a cache line: the default step of a sequential pass.
  public static let lineBytes: UInt64 = 64
  /// The bytes of a page: the default step of a chase.
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

  /// The pattern with this name and default parameters; a list is empty.
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

/// The memory that is accessed.
public enum AccessTarget: Equatable, Sendable {
  /// All RAM, through the direct map.
  case everything
  /// This number of pages from a place on; without a count, one page, or an area to its end.
  case pages(Call.Target, PageCount?)
}
