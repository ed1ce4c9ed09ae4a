public import Engine

/// What random calls are about, as the recordings in Assets are sorted.
public enum RandomKind: String, Sendable, CaseIterable {
  /// Read-only, writable, not present, present.
  case basic
  /// All permissions.
  case perm
  /// `set_memory_rox()`, and what makes its leaves collapse or not.
  case rox
  /// What the CPU writes, and the D bit.
  case dirty
  /// Permissions by way of areas that show the pages.
  case alias
  /// The functions of the direct map alone.
  case dm
  /// Cache types.
  case cache
  /// All of these.
  case mixed
  /// Pages at the borders of 2M and 1G.
  case edge
  /// Arrays of frames, and `set_pages_*()`.
  case array
  /// Areas with large leaves.
  case huge
  /// As mixed, with two CPUs.
  case smp
  /// As mixed, with page-table isolation.
  case pti

  /// How many CPUs the guest must have.
  public var cpus: Int { self == .smp ? 2 : 1 }

  /// What the command line must say.
  public var append: String { self == .pti ? "pti=on" : "" }
}

/// Random calls on a region of memory, the same for the same seed. Calls come back to the same places, so
/// that they meet what others left.
public struct RandomCalls {
  private var numbers: SeededNumbers
  private let kind: RandomKind
  private let region: Range<PFN>
  private var places: [PFN] = []
  /// The areas that there are, with how many pages they have.
  private var areas: [(name: Name, pages: PageCount)] = []
  private var areaCount = 0

  /// - Parameter region: frames that nobody else uses, from a border of 2M to another.
  public init(_ kind: RandomKind, seed: UInt64, in region: Range<PFN>) {
    self.kind = kind
    self.region = region
    // Neighbouring seeds give rows of numbers that overlap; numbers out of them do not.
    var seeds = SeededNumbers(seed: seed)
    numbers = SeededNumbers(seed: seeds.next())
    let blocks = (region.upperBound - region.lowerBound).rawValue >> 9
    for _ in 0..<3 {
      let block = PageCount(numbers.next(below: max(blocks, 1)) << 9)
      places.append(region.lowerBound + block)
    }
  }

  /// The next call.
  public mutating func next() -> Call {
    let names = operations
    let operation = numbers.pick(names)
    switch operation {
    case .memory(let operation): return memory(operation)
    case .pages(let operation):
      let (pfn, pages) = range()
      return .setPages(operation, pfn, pages)
    case .array(let operation):
      let (pfn, _) = range()
      let stride = PageCount(UInt64(numbers.pick([1, 1, 3, 7])))
      let room = (region.upperBound - pfn).rawValue / stride.rawValue
      let count = PageCount(min(UInt64(numbers.pick([1, 1, 5, 34])), max(room, 1)))
      return .setPagesArray(operation, FrameStride(first: pfn, stride: stride, count: count))
    case .directMap(let operation):
      let (pfn, pages) = range(most: 64)
      return .setDirectMap(operation, pfn, pages)
    case .valid:
      let (pfn, pages) = range()
      return .setDirectMapValid(pfn, pages, numbers.index(below: 2) == 0)
    case .touch:
      let (pfn, pages) = range(most: 1200)
      return .touch(.write, .frame(pfn), pages)
    case .area: return area()
    }
  }

  // MARK: - What is called

  private enum Operation {
    case memory(SetMemory)
    case pages(SetPages)
    case array(SetPagesArray)
    case directMap(SetDirectMap)
    case valid, touch, area
  }

  private var operations: [Operation] {
    let memory = { (list: [SetMemory]) in list.map(Operation.memory) }
    let permissions = memory([.ro, .rw, .x, .nx, .np, .p, .rox])
    switch kind {
    case .basic: return memory([.ro, .rw, .np, .p])
    case .perm: return permissions + memory([.global, .nonglobal, .npNoalias, .split4K])
    case .rox: return memory([.rox, .rox, .rox, .rw, .x, .nx, .ro, .p]) + [.touch]
    case .dirty: return memory([.ro, .rw, .rox]) + [.touch, .touch]
    case .alias: return permissions + [.area]
    case .dm:
      return memory([.p, .rox, .ro]) + [.directMap(.invalid), .directMap(.default), .valid, .touch]
    case .cache: return memory([.uc, .wc, .wt, .wb, .wb, .ro, .rw])
    case .edge: return permissions + memory([.global, .wb, .split4K]) + [.touch, .area]
    case .array:
      return memory([.uc, .wb, .ro, .rw])
        + [
          .array(.uc), .array(.wc), .array(.wb), .pages(.ro), .pages(.rw), .pages(.uc), .pages(.wb),
        ]
    case .huge: return permissions + memory([.nonglobal, .global]) + [.area]
    case .mixed, .smp, .pti:
      return permissions + memory([.global, .nonglobal, .split4K]) + [.touch, .area]
    }
  }

  private mutating func memory(_ operation: SetMemory) -> Call {
    // Every third call goes to an area, where there is one.
    if !areas.isEmpty, numbers.index(below: 3) == 0 {
      let area = numbers.pick(areas)
      let first = PageCount(numbers.next(below: area.pages.rawValue))
      let left = (area.pages - first).rawValue
      let pages = numbers.pick([left, min(left, 1), min(left, 512), numbers.next(below: left) + 1])
      return .setMemory(operation, .area(area.name, page: first), PageCount(pages))
    }
    let (pfn, pages) = range()
    return .setMemory(operation, .frame(pfn), pages)
  }

  /// Makes an area, or frees one.
  private mutating func area() -> Call {
    if areas.count > 3 || (!areas.isEmpty && numbers.index(below: 3) == 0) {
      return .vunmap(areas.remove(at: numbers.index(below: areas.count)).name)
    }
    let name = Name("vmap\(areaCount)") ?? Name("vmap")
    areaCount += 1
    guard let name else { return .touch(.write, .frame(region.lowerBound), 1) }
    if kind == .huge {
      let first = range().0.alignedDown(to: .size2M)
      let room = (region.upperBound - first).rawValue >> 9
      let pages = PageCount(min(UInt64(numbers.pick([1, 2, 4])), room) << 9)
      areas.append((name, pages))
      return .vmapPageRange(name, first, pages, at: nil)
    }
    let (pfn, pages) = range(most: 600)
    areas.append((name, pages))
    return .vmap(name, FrameStride(first: pfn, count: pages), at: nil)
  }

  // MARK: - Where

  /// Pages near one of the places, or whole leaves.
  private mutating func range(most: UInt64 = .max) -> (PFN, PageCount) {
    let total = (region.upperBound - region.lowerBound).rawValue
    if kind == .edge || numbers.index(below: 8) == 0 { return edge(total, most) }
    let place = (numbers.pick(places) - region.lowerBound).rawValue
    var first = place + numbers.next(below: 1024)
    var count: UInt64
    switch numbers.index(below: 6) {
    case 0, 1: count = 1
    case 2: count = numbers.next(below: 64) + 1
    case 3: count = numbers.next(below: 2400) + 1
    case 4:
      first = place + numbers.next(below: 2) * 512
      count = 512
    default:
      first = place + numbers.next(below: 4) * 256
      count = 256
    }
    if first >= total { first = total - 1 }
    count = min(count, total - first, most)
    return (region.lowerBound + PageCount(first), PageCount(count))
  }

  /// Pages that begin or end at a border.
  private mutating func edge(_ total: UInt64, _ most: UInt64) -> (PFN, PageCount) {
    // 1G where the region has such a border, else 2M.
    let size: UInt64 = total >= 1 << 18 && numbers.index(below: 2) == 0 ? 1 << 18 : 512
    let first = region.lowerBound.rawValue
    let border = (first + numbers.next(below: total)) / size * size
    let before = numbers.next(below: 3) * numbers.next(below: 300)
    let start = min(max(border &- min(before, border), first), first + total - 1)
    let counts = [size, before + 1, 1, size / 2, before + size]
    let count = min(numbers.pick(counts), first + total - start, most)
    return (PFN(start), PageCount(max(count, 1)))
  }

}
