import Engine

/// Places from a seed.
struct SeededPlaces {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}

/// Calls of all kinds, as during the long uptime of a machine: changes of a few pages all over the
/// memory, sometimes of many, and programs and areas that come and go.
struct Workload {
  private var random = SeededPlaces(seed: 1)
  private let pages: Int
  private var loaded: [Name] = []
  private var number = 0

  init(_ machine: Machine) { pages = Int(machine.memory.end.rawValue) - 0x10_0000 - 4096 }

  mutating func next() -> Call {
    number += 1
    switch random.next(below: 100) {
    case 0..<4:
      guard let name = Name("p\(number)") else { break }
      loaded.append(name)
      return .user(.bpfLoad(name, bytes: UInt32(64 + random.next(below: 4000))))
    case 4..<8:
      guard !loaded.isEmpty else { break }
      return .user(.bpfFree(loaded.remove(at: random.next(below: loaded.count))))
    case 8: return change(random.next(below: 2000) + 1)
    default: break
    }
    return change(random.next(below: 8) + 1)
  }

  private mutating func change(_ count: Int) -> Call {
    let operations: [SetMemory] = [.ro, .rw, .rox, .nx]
    let pfn = PFN(0x10_0000 + UInt64(random.next(below: pages)))
    return .setMemory(operations[random.next(below: 4)], .frame(pfn), PageCount(UInt64(count)))
  }
}
