import Engine
import KernelText
import Parsing
import TestSupport
import Testing

extension Rule {
  /// The rule of a text that holds one.
  static func reading(_ text: String) throws -> Rule {
    let rules = try Parser.rules(streaming: LineStream(of: text.utf8), file: "t")
    try #require(rules.count == 1)
    return rules[0]
  }

  /// A rule of Assets.
  static func inAssets(_ name: String) throws -> Rule {
    try reading(ProjectFiles.text("Assets/rules/\(name).rule"))
  }
}

/// Seeded random calls that split, merge and change what may be merged again: through the direct map
/// and through areas, on a machine of `Machine.ofLargeLeaves`.
struct RandomMergeCalls {
  var random: SeededGenerator
  private var serial = 0
  private var areas: [Name] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func next(on machine: Machine) -> Call {
    let pages = PageCount(1 + random.next(below: random.pick([1, 2, 40, 600, 1600])))
    switch random.next(below: 16) {
    case 0: return .touch(random.oneIn(2) ? .read : .write, target(machine), min(pages, 40))
    case 1: return .setDirectMap(random.oneIn(2) ? .invalid : .default, frame(), min(pages, 40))
    case 2: return .setDirectMapValid(frame(), min(pages, 40), random.oneIn(2))
    case 3: return .setPages(random.pick(SetPages.allCases), frame(), pages)
    case 4:
      let frames = FrameStride(
        first: frame(), stride: PageCount(1 + random.next(below: 4)), count: min(pages, 60))
      return .setPagesArray(random.pick(SetPagesArray.allCases), frames)
    case 5 where areas.count < 12:
      serial += 1
      guard let name = Name("a\(serial)") else { break }
      areas.append(name)
      let pfn = frame().alignedDown(to: .size2M)
      return .vmapPageRange(name, pfn, PageCount(512 * (1 + random.next(below: 2))), at: nil)
    case 6 where !areas.isEmpty:
      return .vunmap(areas.remove(at: Int(random.next(below: UInt64(areas.count)))))
    case 7: return .setMemory(random.pick([.np, .p, .wc, .wb, .nonglobal]), target(machine), pages)
    default: break
    }
    // Mostly there and back again, on few places, so that tables fill up with equal entries.
    let operation = random.pick([SetMemory.ro, .rw, .rw, .rw, .x, .nx, .nx])
    return .setMemory(operation, target(machine), random.oneIn(4) ? 512 : pages)
  }

  private mutating func frame() -> PFN {
    let start = Machine.largeLeavesStart
    let slot = PageCount(512 * random.pick([0, 0, 1, 2, 511, 512, 700]))
    return start + slot + PageCount(random.oneIn(3) ? 0 : random.next(below: 512))
  }

  private mutating func target(_ machine: Machine) -> Call.Target {
    if !areas.isEmpty, random.oneIn(4) { return .area(random.pick(areas), page: 0) }
    return .frame(frame())
  }
}

/// Seeded random calls of users of special permissions, each of which can be made.
struct RandomLoads {
  var random: SeededGenerator
  private var serial = 0
  private var loaded: [UserCall] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func next() -> Call {
    // Freed pages wait on the CPU's lists, where nothing merges.
    if random.oneIn(8) { return .drainPages }
    if !loaded.isEmpty, random.oneIn(2) || loaded.count > 24 {
      return .user(loaded.remove(at: Int(random.next(below: UInt64(loaded.count)))))
    }
    serial += 1
    guard let name = Name("u\(serial)") else { return .policy(.dropSlab) }
    switch random.next(below: 3) {
    case 0:
      loaded.append(.secretmemRelease(name))
      return .user(.secretmemFault(name))
    case 1:
      var sizes = ModuleSizes()
      for part in ModuleSizes.Part.allCases { sizes[part] = UInt32(random.next(below: 90_000)) }
      sizes.text += 1
      loaded.append(.moduleUnload(name))
      return .user(.moduleLoad(name, sizes))
    default:
      loaded.append(.bpfFree(name))
      return .user(.bpfLoad(name, bytes: UInt32(1 + random.next(below: 200_000))))
    }
  }
}
