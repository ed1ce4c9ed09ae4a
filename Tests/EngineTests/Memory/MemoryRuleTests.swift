import Testing

@testable import Engine

/// Rules and errors, one by one.
struct MemoryRuleTests {
  private func memory(_ fixture: MemoryFixture, _ rules: BuddyRules = .claiming) -> PhysicalMemory {
    fixture.engine(rules)
  }

  @Test func `a wrong release is refused and changes nothing`() throws {
    var memory = memory(.threeZones)
    var sink = SilentSink()
    let pfn = try #require(memory.allocate(order: 3, type: .movable, &sink))
    let block = PageState.Block(first: pfn, order: 3, type: .movable)
    let wrong: [(PFN, Int, MemoryError)] = [
      (pfn, 2, .wrongBlock(pfn, order: 2, allocated: block)),
      (pfn + 1, 0, .wrongBlock(pfn + 1, order: 0, allocated: block)),
      (pfn, 11, .badOrder(11)), (pfn, -1, .badOrder(-1)), (pfn, 16, .badOrder(16)),
      (0, 0, .noRAM(0)), (0xa0, 0, .noRAM(0xa0)), (0x20_0000, 0, .noRAM(0x20_0000)),
      (PFN(UInt64.max), 0, .noRAM(PFN(UInt64.max))),
    ]
    let before = MemoryValueTests.checksum(memory)
    for (pfn, order, error) in wrong {
      #expect(throws: error) { try memory.free(pfn, order: order, &sink) }
    }
    #expect(MemoryValueTests.checksum(memory) == before)
    try memory.free(pfn, order: 3, &sink)
    #expect(throws: MemoryError.self) { try memory.free(pfn, order: 3, &sink) }
  }

  @Test func `what boot keeps cannot be freed`() throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: description, kernel: .linux6_12)
    #expect(throws: CallError.memory(.reserved(0x1000))) {
      try machine.perform(.freePagesAt(0x1000, order: 0))
    }
    #expect(machine.physical.owner(of: 0x1000) == .reserved)
    #expect(machine.physical.owner(of: 0xa0) == .hole)
  }

  /// Between a list and an owner a page is nobody's, which is not what boot keeps.
  @Test func `a page off its list that nobody owns yet is not one that boot keeps`() throws {
    var memory = memory(.oneZone)
    let pfn = try #require(memory.freeList(inZone: 0, .movable, order: 10).first)
    let block = PageState.Block(first: pfn, order: 10, type: .movable)
    memory.apply(.unlisted(block))
    #expect(memory.owner(of: pfn) == .unowned && memory.owner(of: pfn + 700) == .unowned)
    #expect(throws: MemoryError.unowned(pfn)) { try memory.free(pfn, order: 10) }
    memory.apply(.allocated(block, .kernel))
    #expect(memory.owner(of: pfn + 700) == .allocated(block, .kernel))
    memory.apply(.released(block, .kernel))
    #expect(memory.owner(of: pfn) == .unowned)
    memory.apply(.listed(block, atTail: false))
    #expect(memory.owner(of: pfn) == .free(block))
  }

  @Test func `a divided block is freed page by page`() throws {
    var memory = memory(.oneZone)
    let all = memory.freePages
    var sink = SilentSink()
    let pfn = try #require(memory.allocate(order: 9, type: .unmovable, &sink))
    try memory.splitPage(pfn, order: 9, &sink)
    var last: FreedBlock?
    for page in 0..<512 as Range<UInt64> {
      last = try memory.free(pfn + PageCount(page), order: 0, &sink)
    }
    #expect(last == FreedBlock(first: pfn, order: 10, type: .unmovable))
    #expect(memory.freePages == all)
  }

  @Test func `the first pass mixes no types while a lower zone has room`() throws {
    var memory = memory(.threeZones)
    var sink = SilentSink()
    // All blocks of 2M and more of the Normal zone go; smaller movable ones stay.
    var normal: [PFN] = []
    while let pfn = memory.allocate(order: 9, type: .unmovable, &sink),
      memory.zone(of: pfn) == 2
    {
      normal.append(pfn)
    }
    #expect(memory.freePages(inZone: 2) > 0)
    var log = EventLog()
    let pfn = try #require(memory.allocate(order: 0, type: .unmovable, &log))
    #expect(memory.zone(of: pfn) == 1)
    #expect(log.events.contains(.decided(.memory(.zoneSpared(zone: 2, order: 0)))))
  }

  @Test func `a node without memory is served by the next`() throws {
    var memory = memory(.threeNodes)
    var sink = SilentSink()
    let pfn = try #require(memory.allocate(order: 0, type: .movable, node: 1, &sink))
    #expect(memory.zone(of: pfn) == 2)
    #expect(
      memory.allocate(order: 0, type: .movable, node: 1, exactNode: true, &sink) == nil)
    try memory.moveCPU(toNode: 1, &sink)
    #expect(memory.allocate(order: 0, type: .movable, &sink) == pfn + 1)
    #expect(throws: MemoryError.noSuchNode(3, nodes: 3)) { try memory.moveCPU(toNode: 3, &sink) }
  }

  @Test func `a full machine refuses and says so`() throws {
    var memory = memory(.oneZone)
    var log = EventLog()
    var sink = SilentSink()
    while memory.allocate(order: 10, type: .movable, &sink) != nil {}
    #expect(memory.freePages == 0)
    #expect(memory.allocate(order: 0, type: .unmovable, &log) == nil)
    #expect(
      log.events.last
        == .decided(.memory(.exhausted(order: 0, .unmovable, node: 0))))
  }

  @Test func `low zones keep a part back`() throws {
    var memory = memory(.threeZones)
    var sink = SilentSink()
    while memory.allocate(order: 0, type: .movable, &sink) != nil {}
    for zone in memory.zones.indices {
      #expect(memory.freePages(inZone: zone) == memory.reservePages(inZone: zone))
    }
    #expect(memory.reservePages(inZone: 0) > memory.reservePages(inZone: 1))
    #expect(memory.reservePages(inZone: 2) == 0)
  }

  @Test func `freed blocks of 4M are two of 2M from 6.12 on`() throws {
    for (rules, releases) in [(BuddyRules.linux6_1, 1), (.claiming, 2)] {
      var memory = memory(.oneZone, rules)
      var sink = SilentSink()
      var log = EventLog()
      let pfn = try #require(memory.allocate(order: 10, type: .movable, &sink))
      try memory.free(pfn, order: 10, &log)
      let listed = log.events.filter {
        if case .memory(.listed) = $0 { true } else { false }
      }
      #expect(listed.count == releases)
      #expect(memory.freeList(inZone: 0, .movable, order: 10).first == pfn)
    }
  }
}
