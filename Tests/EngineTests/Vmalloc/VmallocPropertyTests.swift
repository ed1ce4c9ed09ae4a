import Engine
import TestSupport
import Testing

/// Seeded random calls on vmalloc areas, on a machine with one or two nodes.
private struct RandomAreas {
  var random: SeededGenerator
  private var serial = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func next(on machine: Machine) throws -> Call {
    let areas = machine.areas.live.filter { $0.kind == .vmalloc }
    if let area = areas.isEmpty ? nil : random.pick(areas), random.oneIn(2) {
      let page = PageCount(random.next(below: area.pages.rawValue))
      let pages = PageCount(1 + random.next(below: (area.pages - page).rawValue))
      switch random.next(below: 5) {
      case 0: return .setMemory(.ro, .area(area.name, page: page), pages)
      case 1: return .setMemory(.rw, .area(area.name, page: page), pages)
      case 2: return .user(.walk(area.name))
      default: return .user(.vfree(area.name))
      }
    }
    serial += 1
    if random.oneIn(12) { return .policy(.failBlocks(random.oneIn(2))) }
    var options = UserCall.VmallocOptions()
    options.allowsHuge = random.oneIn(2)
    options.isInterleaved = random.oneIn(3)
    if random.oneIn(4) { options.flags.insert(.resetsPermissions) }
    let pages: UInt64 = random.pick([3, 511, 512, 513, 1024, 1537, 2049])
    return .user(.vmalloc(try named("v\(serial)"), PageCount(pages), options))
  }
}

@Suite struct VmallocPropertyTests {
  private static let policies: [[PolicyName]] = [
    [], [.hugeVmalloc2020], [.noHugeVmalloc], [.hugeVmalloc2020, .hugeVmap2020],
  ]

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `every page is freed once, areas stay apart, and events lead to the machine`(
    seed: UInt64,
  ) throws {
    // The walker of 5.11 stops the kernel at a 2M leaf: the others go on.
    let kernels = KernelProfile.x86.filter { $0.name != "linux-5.11" }
    var machine = try Machine.booted(
      Self.policies[Int(seed) % Self.policies.count], kernel: kernels[Int(seed) % kernels.count],
      machine: seed % 2 == 0 ? "teaching-4g" : "server-256g-2node")
    let free = machine.freeOrInTables
    var calls = RandomAreas(seed: seed)
    for _ in 0..<40 {
      let call = try calls.next(on: machine)
      let before = machine
      var log = EventLog()
      do throws(CallError) { try machine.perform(call, into: &log) } catch {
        Issue.record("\(call): \(error)")
      }
      var replayed = before
      replayed.apply(log.events)
      try #require(replayed.checksum == machine.checksum, "\(call)")
      Self.expectPagesOnce(machine, free)
    }
    try machine.checkInvariants()
    for area in machine.areas.named { try machine.perform(.user(.vfree(area.name))) }
    #expect(machine.freeOrInTables == free && machine.vmallocUse.areas == 0)
    try machine.checkInvariants()
  }

  /// What areas hold, what is free and what page tables take is all there is.
  private static func expectPagesOnce(_ machine: Machine, _ free: PageCount) {
    var held: Set<PFN> = []
    var count = 0
    for area in machine.areas.named {
      let frames = machine.frames(of: area.name)
      held.formUnion(frames)
      count += frames.count
    }
    // Arrays of page pointers hold pages too.
    var inArrays = 0
    for area in machine.areas.live where area.kind == .pageArray {
      for page in 0..<area.pages.rawValue {
        guard let pfn = machine.tables.frame(at: area.start + PageCount(page)) else { continue }
        held.insert(pfn)
        inArrays += 1
      }
    }
    #expect(held.count == count + inArrays, "a page is in two areas")
    #expect(machine.freeOrInTables + PageCount(UInt64(count + inArrays)) == free)
    #expect(machine.vmallocUse.taken == PageCount(UInt64(count)))
    let sorted = machine.areas.live
    for (area, next) in zip(sorted, sorted.dropFirst()) {
      #expect(area.reserved.upperBound <= next.start)
    }
  }

  @Test func `events and areas are no larger than they were`() {
    #expect(MemoryLayout<Event>.stride <= 88)
    #expect(MemoryLayout<VmallocDecision>.size <= 40)
  }
}
