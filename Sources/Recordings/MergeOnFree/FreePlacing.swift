import Engine

/// Places free blocks by their numbers: those of each type in pageblocks of that type, so that no two of
/// them would merge.
struct FreePlacing {
  private let initial: MergeOnFreeState
  private let memory: MemoryMap
  /// Where the movable blocks of order 10 of the highest zone begin.
  private let base: PFN
  private var taken: [Range<UInt64>] = []
  private var freeBlocks: Set<UInt64> = []
  private var result = FreeMemory()

  init(_ initial: MergeOnFreeState, memory: MemoryMap, base: PFN) {
    self.initial = initial
    self.memory = memory
    self.base = base
  }

  /// What boot gives to the page allocator of a zone: in the highest, all but the page descriptors and the
  /// hash tables of directory entries and inodes.
  private func managed(_ kind: ZoneKind) -> PageCount? {
    let present = memory.ranges.reduce(UInt64(0)) { sum, range in
      let part = range.clamped(to: kind.frames)
      return sum + (part.isEmpty ? 0 : (part.upperBound - part.lowerBound).rawValue)
    }
    guard present > 0 else { return nil }
    guard kind == .normal else { return PageCount(present / 256 * 250) }
    let all = memory.ranges.reduce(UInt64(0)) {
      $0 + ($1.upperBound - $1.lowerBound).rawValue
    }
    let kept = all / 64 + all / 1024 + all / 2048
    return present > kept ? PageCount(present - kept) : nil
  }

  private static let types: [MigrateType] = [.unmovable, .movable, .reclaimable]

  mutating func place() -> FreeMemory {
    for run in initial.pageblocks ?? [] {
      guard let type = Self.types.first(where: { $0.name == run.type }) else { continue }
      for index in 0..<run.count {
        result.pageblocks.append((PFN(run.first + index * 512), type))
      }
    }
    for kind in ZoneKind.allCases.reversed() {
      for type in Self.types {
        if placeOnlyBlock(kind, type) { continue }
        placeListed(kind, type)
        placeWaiting(kind, type)
      }
    }
    result.managed = ZoneKind.allCases.compactMap { managed($0) }
    return result
  }

  /// A type with a single block of order 10 has had it since boot, and it was handed out from low to high:
  /// what is free is its end. Before that lie the refills of the CPU's lists, by rising order, of which
  /// the first blocks were handed out. Models `expand()` and `rmqueue_bulk()`.
  private mutating func placeOnlyBlock(_ kind: ZoneKind, _ type: MigrateType) -> Bool {
    let runs = (initial.pageblocks ?? []).filter {
      $0.type == type.name && kind.frames.contains(PFN($0.first))
    }
    let free = initial.free?.blocks(kind.name, type.name) ?? []
    guard let block = runs.first, runs.count == 1, block.count == 2, block.first % 1024 == 0,
      free.count == 11, free[10] == 0, free.allSatisfy({ $0 <= 1 }), let managed = managed(kind)
    else { return false }
    let rest = free.enumerated().reduce(0) { $0 + $1.element << $1.offset }
    var end = block.first + 1024 - UInt64(rest)
    var start = end
    for (order, count) in free.enumerated() where count > 0 {
      list(PFN(start), order, type)
      start += 1 << UInt64(order)
    }
    let batch = CPUListRules.batch(managed: managed)
    let waiting = initial.pcp?.blocks(kind.name, type.name) ?? []
    for order in (0...CPUListRules.largestOrder).reversed() {
      let count = waiting.count > order ? waiting[order] : 0
      let refill = UInt64(order > 0 ? max(batch >> order, 2) : batch) << UInt64(order)
      guard count > 0, count << order <= refill, end >= block.first + refill else { continue }
      for index in (1...count).reversed() {
        wait(PFN(end - UInt64(index) << UInt64(order)), order, type)
      }
      end -= refill
    }
    return true
  }

  /// The lists go from order 10 down, so that the large blocks get their places first.
  private mutating func placeListed(_ kind: ZoneKind, _ type: MigrateType) {
    let counts = initial.free?.blocks(kind.name, type.name) ?? []
    guard counts.count == 11 else { return }
    let isBase = kind == .normal && type == .movable
    for order in (0..<counts.count).reversed() {
      for index in 0..<counts[order] {
        if isBase, order == 10 {
          list(base + PageCount(UInt64(index) << 10), order, type)
        } else if isBase, counts[order] == 1, base >= kind.frames.lowerBound + 1024 {
          // What is left of a block of order 10 of which the first page was taken.
          list(PFN(base.rawValue - 1024 + 1 << UInt64(order)), order, type)
        } else if let pfn = room(kind, type, order) {
          list(pfn, order, type)
        }
      }
    }
  }

  private mutating func list(_ pfn: PFN, _ order: Int, _ type: MigrateType) {
    guard let block = take(pfn, order, type) else { return }
    freeBlocks.insert(pfn.rawValue << 4 | UInt64(order))
    result.listed.append(block)
  }

  /// Pages on the CPU's lists: of movable single ones the last before the free blocks and the first of the
  /// block of which the rest is free.
  private mutating func placeWaiting(_ kind: ZoneKind, _ type: MigrateType) {
    let counts = initial.pcp?.blocks(kind.name, type.name) ?? []
    for (order, count) in counts.enumerated() where order <= CPUListRules.largestOrder {
      for index in 0..<count {
        var place: PFN?
        if kind == .normal, type == .movable, order == 0, base >= kind.frames.lowerBound + 4096 {
          let last = PFN(base.rawValue - 1024)
          place = PFN(last.rawValue + 1 - UInt64(count - index))
        } else {
          place = room(kind, type, order)
        }
        if let place { wait(place, order, type) }
      }
    }
  }

  private mutating func wait(_ pfn: PFN, _ order: Int, _ type: MigrateType) {
    guard let block = take(pfn, order, type) else { return }
    result.waiting.append(block)
  }

  /// A block whose pages nothing has taken before, and that takes them.
  private mutating func take(_ pfn: PFN, _ order: Int, _ type: MigrateType) -> PageState.Block? {
    let block = PageState.Block(first: pfn, order: order, type: type)
    let pages = pfn.rawValue..<(pfn + block.pages).rawValue
    guard memory.contains(pfn..<(pfn + block.pages)), !taken.contains(where: { $0.overlaps(pages) })
    else { return nil }
    taken.append(pages)
    return block
  }

  /// The first place for a block, in pageblocks of its type, at which nothing lies and beside which no free
  /// block has the same order.
  private mutating func room(_ kind: ZoneKind, _ type: MigrateType, _ order: Int) -> PFN? {
    let size: UInt64 = 1 << UInt64(order)
    for range in memory.ranges {
      let frames = range.clamped(to: kind.frames)
      guard !frames.isEmpty else { continue }
      var pfn = cursor[key(kind, type, order)] ?? frames.lowerBound.rawValue
      pfn = max(pfn, frames.lowerBound.rawValue)
      pfn = (pfn + size - 1) / size * size
      while pfn + size <= frames.upperBound.rawValue {
        if kind == .normal, type == .movable, pfn + size > base.rawValue - 1024 { return nil }
        if fits(pfn, size, order, type) {
          cursor[key(kind, type, order)] = pfn + size
          return PFN(pfn)
        }
        pfn += size
      }
    }
    return nil
  }

  private var cursor: [Int: UInt64] = [:]

  private func key(_ kind: ZoneKind, _ type: MigrateType, _ order: Int) -> Int {
    Int(kind.rawValue) << 8 | Int(type.rawValue) << 4 | order
  }

  private func fits(_ pfn: UInt64, _ size: UInt64, _ order: Int, _ type: MigrateType) -> Bool {
    let pages = pfn..<(pfn + size)
    guard !freeBlocks.contains((pfn ^ size) << 4 | UInt64(order)) else { return false }
    var block = pfn / 512 * 512
    while block < pages.upperBound {
      let found = result.pageblocks.first { $0.first.rawValue == block }?.type ?? .movable
      if found != type { return false }
      block += 512
    }
    return !taken.contains { $0.overlaps(pages) }
  }
}
