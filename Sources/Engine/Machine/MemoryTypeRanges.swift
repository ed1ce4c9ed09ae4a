/// The books of cache types of what is no RAM: ranges, each as it was reserved. Models the memtype
/// tree, arch/x86/mm/pat/memtype_interval.c.
struct MemoryTypeRanges: Equatable, Sendable {
  /// A range that was reserved.
  struct Reserved: Equatable, Sendable {
    /// Its pages, by physical address.
    var pages: Range<UInt64>
    /// Its type.
    var type: MemoryType
  }

  /// By rising start; equal ranges in the order in which they were reserved.
  private(set) var reserved: [Reserved] = []

  /// The first page that has another type than one. Models `memtype_check_conflict()`.
  func firstConflict(in pages: Range<UInt64>, with type: MemoryType) -> (UInt64, MemoryType)? {
    let other = reserved.first { $0.pages.overlaps(pages) && $0.type != type }
    return other.map { (max($0.pages.lowerBound, pages.lowerBound), $0.type) }
  }

  /// The type of a page: write-back if nobody reserved it.
  func type(of page: UInt64) -> MemoryType {
    reserved.first { $0.pages.contains(page) }?.type ?? .wb
  }

  /// Reserves a range; neighbours and ranges of the same type that overlap stay apart.
  mutating func reserve(_ pages: Range<UInt64>, _ type: MemoryType) {
    let index = reserved.firstIndex { $0.pages.lowerBound > pages.lowerBound } ?? reserved.count
    reserved.insert(Reserved(pages: pages, type: type), at: index)
  }

  /// Whether there is a range to free.
  ///
  /// - Parameter shrinks: whether the end of a range can be freed too.
  func canFree(_ pages: Range<UInt64>, shrinks: Bool) -> Bool { index(pages, shrinks) != nil }

  /// Frees a range, or the end of one. Models `memtype_erase()`.
  mutating func free(_ pages: Range<UInt64>, shrinks: Bool) {
    guard let index = index(pages, shrinks) else { return }
    let start = reserved[index].pages.lowerBound
    if start == pages.lowerBound {
      reserved.remove(at: index)
    } else {
      reserved[index].pages = start..<pages.lowerBound
    }
  }

  private func index(_ pages: Range<UInt64>, _ shrinks: Bool) -> Int? {
    if let exact = reserved.firstIndex(where: { $0.pages == pages }) { return exact }
    guard shrinks else { return nil }
    return reserved.firstIndex {
      $0.pages.lowerBound < pages.lowerBound && $0.pages.upperBound == pages.upperBound
    }
  }

  func add(to sum: inout Checksum) {
    sum.add(reserved) { range, sum in
      sum.add(range.pages.lowerBound)
      sum.add(range.pages.upperBound)
      sum.add(UInt64(range.type.rawValue))
    }
  }
}
