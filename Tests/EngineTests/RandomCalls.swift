import Engine
import TestSupport

/// Seeded random calls on a machine of `Machine.ofLargeLeaves`: every kind there is, through the
/// direct map and through areas, some of them impossible.
struct RandomCalls {
  var random: SeededGenerator
  private let operations: [SetMemory]
  private var areaCount = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    var some: [SetMemory] = []
    for operation in SetMemory.allCases where random.oneIn(2) { some.append(operation) }
    operations = some.isEmpty ? SetMemory.allCases : some
  }

  mutating func next(on machine: Machine) -> Call {
    let pfn = frame(machine)
    let pages = PageCount(1 + random.next(below: random.pick([1, 3, 40, 700, 3000])))
    switch random.next(below: 15) {
    case 0: return .touch(random.oneIn(3) ? .read : .write, target(machine), pages)
    case 1: return .setDirectMap(random.oneIn(2) ? .invalid : .default, pfn, min(pages, 64))
    case 2: return .setDirectMapValid(pfn, pages, random.oneIn(2))
    case 3:
      let frames = FrameStride(
        first: pfn, stride: PageCount(1 + random.next(below: 5)), count: min(pages, 200))
      return .setPagesArray(random.pick(SetPagesArray.allCases), frames)
    case 4: return .setPages(random.pick(SetPages.allCases), pfn, pages)
    case 5:
      let stride = PageCount(random.oneIn(3) ? 7 : 1)
      return .vmap(
        newName(), FrameStride(first: pfn, stride: stride, count: min(pages, 900)), at: nil)
    case 6:
      return .vmapPageRange(
        newName(), pfn.alignedDown(to: .size2M),
        PageCount(512 * (1 + random.next(below: 6))), at: nil)
    case 7 where !machine.areas.live.isEmpty:
      let area = random.pick(machine.areas.live)
      return area.kind == .ioremap ? .user(.iounmap(area.name)) : .vunmap(area.name)
    case 9:
      // Some of these are RAM, which is refused.
      let device = PFN(random.pick([0x20_0000, 0x20_0001, 0x17_ff00]))
      let align: UInt64? = random.pick([nil, 4096, 1 << 32, 3])
      return .user(.ioremap(newName(), device, pages, align: align))
    case 10 where !machine.areas.live.isEmpty:
      return .user(.walk(random.pick(machine.areas.live).name))
    case 8: return .collapse(target(machine), pages)
    case 11:
      let bits: [EntryFlags] = [.accessed, .dirty, .writable, .nx, .user]
      return .poke(
        target(machine),
        random.oneIn(2)
          ? EntryPoke(set: random.pick(bits), flushes: random.oneIn(2))
          : EntryPoke(clear: random.pick(bits)))
    default: return .setMemory(random.pick(operations), target(machine), pages)
    }
  }

  private mutating func newName() -> Name {
    areaCount += 1
    return Name("a\(areaCount)") ?? RandomCalls.fallbackName
  }

  private static let fallbackName = Name("a").unsafelyNamed

  private mutating func frame(_ machine: Machine) -> PFN {
    let range = machine.memory.ranges[0]
    let length = (range.upperBound - range.lowerBound).rawValue
    var offset = random.next(below: random.oneIn(2) ? 4096 : length)
    if random.oneIn(2) { offset = offset / 512 * 512 }
    return range.lowerBound + PageCount(offset)
  }

  private mutating func target(_ machine: Machine) -> Call.Target {
    if !machine.areas.live.isEmpty, random.oneIn(2) {
      let area = random.pick(machine.areas.live)
      return .area(area.name, page: PageCount(random.next(below: area.pages.rawValue)))
    }
    return .frame(frame(machine))
  }
}

extension Name? {
  fileprivate var unsafelyNamed: Name {
    guard let self else { preconditionFailure("A name of one letter is a name.") }
    return self
  }
}
