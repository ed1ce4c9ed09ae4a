/// The leaves of arm64's linear map by what the TLB may keep as one. Each page is counted once, so the
/// sizes add up to the memory.
public struct LinearMapLeaves: Equatable, Sendable {
  /// 4K entries without CONT.
  public private(set) var pages4K: UInt64 = 0
  /// Contiguous groups of sixteen 4K entries.
  public private(set) var groups64K: UInt64 = 0
  /// 2M blocks without CONT.
  public private(set) var blocks2M: UInt64 = 0
  /// Contiguous groups of sixteen 2M blocks.
  public private(set) var groups32M: UInt64 = 0
  /// 1G blocks.
  public private(set) var blocks1G: UInt64 = 0

  /// Counts the leaves of a machine's linear map.
  public init(of machine: Machine) {
    let range = machine.directMapRange
    let runs = machine.tables.runs(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound)
    for run in runs {
      let isContiguous = run.flags.contains(.contiguous)
      switch run.size {
      case .size4K?:
        if isContiguous { groups64K += run.leafCount / 16 } else { pages4K += run.leafCount }
      case .size2M?:
        if isContiguous { groups32M += run.leafCount / 16 } else { blocks2M += run.leafCount }
      case .size1G?: blocks1G += run.leafCount
      case nil: break
      }
    }
  }

  /// Leaves of one of the five sizes.
  public struct Part: Equatable, Sendable {
    /// The size as it is written: `64K` and `32M` are contiguous groups.
    public var name: String
    /// The size of the entries.
    public var entries: LeafSize
    /// How many leaves or groups there are.
    public var count: UInt64
    /// The pages of all of them.
    public var pages: PageCount

    init(_ count: UInt64, _ entries: LeafSize, groupOf name: String? = nil) {
      self.name = name ?? entries.name
      self.entries = entries
      self.count = count
      pages = PageCount(count * entries.pages.rawValue * (name == nil ? 1 : 16))
    }
  }

  /// The counts by their sizes, smallest first.
  public var bySize: [Part] {
    [
      Part(pages4K, .size4K), Part(groups64K, .size4K, groupOf: "64K"), Part(blocks2M, .size2M),
      Part(groups32M, .size2M, groupOf: "32M"), Part(blocks1G, .size1G),
    ]
  }

  /// The pages of all leaves together.
  public var pages: PageCount { bySize.reduce(0) { $0 + $1.pages } }
}

extension LinearMapBooks.Tally {
  /// What `map_mem()` does for this many GiB in one bank from a multiple of 512 GiB on, all in 4K pages:
  /// the closed form.
  public init(pagesOnly gibibytes: UInt64) {
    self.init()
    let roots = (gibibytes + 511) / 512
    self[.pud] = TableWork(allocated: roots, visits: roots, groups: roots, entries: gibibytes)
    self[.pmd] = TableWork(
      allocated: gibibytes, visits: gibibytes, groups: 32 * gibibytes, entries: 512 * gibibytes)
    self[.pte] = TableWork(
      allocated: 512 * gibibytes, visits: 512 * gibibytes, groups: 512 * 32 * gibibytes,
      entries: gibibytes << 18)
  }
}
