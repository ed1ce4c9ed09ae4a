/// The memory that boot takes before the page allocator runs. Models `memblock`, mm/memblock.c, as
/// far as it tells what is left: blocks are taken from the top down.
struct BootMemory {
  let ram: MemoryMap
  /// What is in use, by rising frame.
  private(set) var taken: [Range<PFN>] = []

  init(ram: MemoryMap) { self.ram = ram }

  /// Keeps frames, RAM or not.
  mutating func reserve(_ frames: Range<PFN>) {
    guard !frames.isEmpty else { return }
    taken = MemoryMap(taken + [frames]).ranges
  }

  /// Takes the highest free frames there are room for within some ranges; nothing if there is none.
  /// Models `memblock_find_in_range_node()`.
  @discardableResult
  mutating func take(
    _ pages: PageCount, alignedTo alignment: PageCount = 1, in ranges: [Range<PFN>],
  ) -> Range<PFN>? {
    guard pages > 0 else { return nil }
    for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      for piece in ram.ranges(overlapping: range).reversed() {
        for gap in free(in: piece.clamped(to: range)).reversed() {
          guard gap.upperBound - gap.lowerBound >= pages else { continue }
          let start = (gap.upperBound.rawValue - pages.rawValue) & ~(alignment.rawValue - 1)
          guard start >= gap.lowerBound.rawValue else { continue }
          let found = PFN(start)..<(PFN(start) + pages)
          reserve(found)
          return found
        }
      }
    }
    return nil
  }

  /// What is not in use of a range, by rising frame.
  func free(in range: Range<PFN>) -> [Range<PFN>] {
    var gaps: [Range<PFN>] = []
    var start = range.lowerBound
    for use in taken where use.overlaps(range) {
      if start < use.lowerBound { gaps.append(start..<use.lowerBound) }
      start = max(start, use.upperBound)
    }
    if start < range.upperBound { gaps.append(start..<range.upperBound) }
    return gaps
  }

  /// What is not in use of the RAM, by rising frame.
  var free: [Range<PFN>] { ram.ranges.flatMap(free(in:)) }
}

/// Sizes of what boot takes, in the kernel's own terms.
enum BootMemorySizes {
  /// The page descriptors of a section of 128 MiB: 64 bytes a page, 2 MiB (`SECTION_SIZE_BITS` 27).
  static let sectionPages: UInt64 = 1 << 15
  static let memMapPages: PageCount = 512
  /// What devices with 32 address bits copy through: 64 MiB (`IO_TLB_DEFAULT_SIZE`).
  static let swiotlbPages: PageCount = 16384
  /// All else: per-CPU memory, maps of sections, tables of the boot code. A round number near what
  /// recorded machines show.
  static let otherPages: PageCount = 120
  /// Descriptions of the objects in the KFENCE pool.
  static let kfenceMetadataPages: PageCount = 72

  /// The pages of a hash table with 8 bytes for each `1 << scale` bytes of memory. Models
  /// `alloc_large_system_hash()`, mm/mm_init.c: a power of two, and less for each page where there
  /// is more than 64 GiB.
  static func hashTable(for memory: PageCount, scale: UInt64) -> PageCount {
    var entries = (memory.rawValue + 255) & ~255
    var scale = scale
    var step: UInt64 = 1 << 24
    while step < entries {
      scale += 1
      step <<= 2
    }
    entries = min(max(entries >> (scale - 12), 1), 1 << 31)
    let rounded: UInt64 = 1 << (64 - UInt64((entries - 1).leadingZeroBitCount))
    return PageCount(max(rounded >> 9, 1))
  }

  /// How many sections of 128 MiB hold memory of some ranges.
  static func sections(of ranges: [Range<PFN>]) -> UInt64 {
    var count: UInt64 = 0
    var next: UInt64 = 0
    for range in MemoryMap(ranges).ranges {
      let first = max(range.lowerBound.rawValue / sectionPages, next)
      let end = (range.upperBound.rawValue + sectionPages - 1) / sectionPages
      if end > first { count += end - first }
      next = max(next, end)
    }
    return count
  }
}
