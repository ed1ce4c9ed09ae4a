import TestSupport
import Testing

@testable import Engine

/// Copies, events, invariants.
struct MemoryValueTests {
  @Test(arguments: MemoryFixture.all, 0..<3)
  func `what must hold of memory holds`(_ fixture: MemoryFixture, _ rules: Int) throws {
    var run = ModelRun(fixture: fixture, rules: BuddyRules.tested[rules], seed: 7)
    for step in 0..<1500 {
      _ = try run.step()
      if step % 50 == 0 { try run.engine.checkInvariants() }
    }
  }

  @Test(arguments: MemoryFixture.all, 0..<6)
  func `events give the same memory and a copy never changes`(
    _ fixture: MemoryFixture, _ seed: UInt64,
  ) throws {
    var memory = fixture.engine(BuddyRules.tested[Int(seed % 3)])
    var random = SeededGenerator(seed: seed)
    var held: [(PFN, Int)] = []
    for _ in 0..<200 {
      let before = memory
      let checksum = Self.checksum(before)
      var log = EventLog()
      for _ in 0..<10 {
        if random.oneIn(2), !held.isEmpty {
          let (pfn, order) = held.remove(at: Int(random.next(below: UInt64(held.count))))
          _ = try memory.free(pfn, order: order, &log)
        } else {
          let order = Int(random.next(below: random.oneIn(3) ? 11 : 2))
          let type = random.pick([MigrateType.movable, .reclaimable, .unmovable])
          if let pfn = memory.allocate(order: order, type: type, &log) { held.append((pfn, order)) }
        }
      }
      if random.oneIn(5) {
        let pfn = try #require(fixture.ram.last).lowerBound + PageCount(random.next(below: 4096))
        try memory.setPageblockType(of: pfn, to: random.pick([.movable, .unmovable]), &log)
      }
      try #require(Self.checksum(before) == checksum)
      var replayed = before
      for case .memory(let change) in log.events { replayed.apply(change) }
      try #require(Self.checksum(replayed) == Self.checksum(memory))
      try #require(Self.checksum(before) == checksum)
    }
    try memory.checkInvariants()
  }

  @Test func `two copies live apart`() throws {
    var first = MemoryFixture.threeZones.engine(.claiming)
    var sink = SilentSink()
    _ = first.allocate(order: 3, type: .movable, &sink)
    var second = first
    let one = first.allocate(order: 0, type: .unmovable, &sink)
    let other = second.allocate(order: 0, type: .unmovable, &sink)
    #expect(one == other)
    let pfn = try #require(one)
    try first.free(pfn, order: 0, &sink)
    #expect(second.owner(of: pfn) != first.owner(of: pfn))
    try first.checkInvariants()
    try second.checkInvariants()
  }

  @Test(arguments: 0..<4)
  func `no page is handed out twice and none is lost`(_ seed: UInt64) throws {
    var memory = MemoryFixture.threeNodes.engine(.claiming)
    let total = memory.freePages
    var random = SeededGenerator(seed: seed)
    var sink = SilentSink()
    var taken: Set<UInt64> = []
    var blocks: [(PFN, Int)] = []
    while true {
      let order = Int(random.next(below: 4))
      guard
        let pfn = memory.allocate(
          order: order, type: random.pick([.movable, .unmovable]), &sink)
      else { break }
      blocks.append((pfn, order))
      for page in 0..<UInt64(1 << order) { #expect(taken.insert(pfn.rawValue + page).inserted) }
    }
    #expect(memory.freePages + PageCount(UInt64(taken.count)) == total)
    for (pfn, order) in blocks { try memory.free(pfn, order: order, &sink) }
    #expect(memory.freePages == total)
    try memory.checkInvariants()
  }

  static func checksum(_ memory: PhysicalMemory) -> UInt64 {
    var sum = Checksum()
    memory.add(to: &sum)
    return sum.value
  }
}
