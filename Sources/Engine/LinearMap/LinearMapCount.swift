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

  /// The counts by their sizes, smallest first.
  public var bySize: [(name: String, count: UInt64)] {
    [
      ("4K", pages4K), ("64K", groups64K), ("2M", blocks2M), ("32M", groups32M), ("1G", blocks1G),
    ]
  }

  /// The pages of all leaves together.
  public var pages: PageCount {
    PageCount(
      pages4K + groups64K << 4 + blocks2M << 9 + groups32M << 13 + blocks1G << 18)
  }
}

extension LinearMapBooks.Tally {
  /// What `map_mem()` does for so many GiB in one bank from a multiple of 512 GiB on, all in 4K pages:
  /// the closed form.
  public init(pagesOnly gibibytes: UInt64) {
    self.init()
    let roots = (gibibytes + 511) / 512
    pud = TableWork(allocated: roots, visits: roots, groups: roots, entries: gibibytes)
    pmd = TableWork(
      allocated: gibibytes, visits: gibibytes, groups: 32 * gibibytes, entries: 512 * gibibytes)
    pte = TableWork(
      allocated: 512 * gibibytes, visits: 512 * gibibytes, groups: 512 * 32 * gibibytes,
      entries: gibibytes << 18)
  }
}
