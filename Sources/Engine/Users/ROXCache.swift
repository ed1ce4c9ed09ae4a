/// The cache of read-only executable memory: blocks of module space, 2M where possible, that module
/// text, ftrace, kprobes and, from 7.3 on, BPF share. Models `struct execmem_cache`, mm/execmem.c, 7.0.
public struct ROXCache: Equatable, Sendable {
  /// Addresses that somebody holds.
  public struct Busy: Equatable, Sendable {
    /// Who.
    public var name: Name
    /// The addresses.
    public var range: Range<VirtualAddress>
  }

  /// Free addresses by rising address; neighbours that touch are one.
  public private(set) var free: [Range<VirtualAddress>] = []
  /// Addresses in use.
  public internal(set) var busy: [Busy] = []

  /// The first free addresses for this many pages, in ascending order.
  func place(for pages: PageCount) -> Range<VirtualAddress>? {
    free.first { $0.upperBound - $0.lowerBound >= pages }
      .map { $0.lowerBound..<($0.lowerBound + pages) }
  }

  /// Whole blocks that are free: both ends are multiples of 2M.
  var idleBlocks: [Range<VirtualAddress>] {
    free.filter { $0.lowerBound.isAligned(to: .size2M) && $0.upperBound.isAligned(to: .size2M) }
  }

  mutating func addFree(_ range: Range<VirtualAddress>) {
    let index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
    free.insert(range, at: index)
    if index + 1 < free.count, free[index].upperBound == free[index + 1].lowerBound {
      free[index] = free[index].lowerBound..<free[index + 1].upperBound
      free.remove(at: index + 1)
    }
    if index > 0, free[index - 1].upperBound == free[index].lowerBound {
      free[index - 1] = free[index - 1].lowerBound..<free[index].upperBound
      free.remove(at: index)
    }
  }

  mutating func removeFree(_ range: Range<VirtualAddress>) {
    guard let index = free.firstIndex(where: { $0.lowerBound == range.lowerBound }) else { return }
    if free[index].upperBound == range.upperBound {
      free.remove(at: index)
    } else {
      free[index] = range.upperBound..<free[index].upperBound
    }
  }
}
