import Testing

@testable import Engine

struct MemoryBootTests {
  @Test(arguments: MachineDescription.x86.map(\.name), KernelProfile.x86)
  func `after boot only page tables hold pages`(_ name: String, _ kernel: KernelProfile)
    throws
  {
    let description = try #require(MachineDescription(builtIn: name))
    let memory = try Machine(booting: description, kernel: kernel).physical
    #expect(!memory.zones.isEmpty)
    let managed = memory.zones.indices.reduce(PageCount(0)) {
      $0 + memory.managedPages(inZone: $1)
    }
    #expect(memory.freePages + memory.pages(of: .pageTables) == managed)
    try memory.checkInvariants()
    for zone in memory.zones.indices {
      #expect(memory.managedPages(inZone: zone) <= memory.zones[zone].present)
    }
  }

  @Test func `the server has two nodes`() throws {
    let description = try #require(MachineDescription(builtIn: "server-256g-2node"))
    let memory = try Machine(booting: description, kernel: .linux6_12).physical
    #expect(memory.nodes.count == 2)
    #expect(memory.zones.map(\.node) == [0, 0, 0, 1])
    #expect(memory.zonelist(ofNode: 0) == [2, 1, 0, 3])
    #expect(memory.zonelist(ofNode: 1) == [3, 2, 1, 0])
  }

  @Test func `the first unmovable page claims the lowest block of fresh memory`() throws {
    // Bare memory: the splits of a boot take pages too.
    var memory = MemoryFixture.threeZones.engine(.claiming)
    let lowest = try #require(memory.freeList(inZone: 2, .movable, order: 10).first)
    var sink = SilentSink()
    for page in 0..<2000 as Range<UInt64> {
      let pfn = memory.allocate(order: 0, type: .unmovable, &sink)
      #expect(pfn == lowest + PageCount(page))
    }
    #expect(memory.pageblockType(of: lowest) == .unmovable)
    #expect(memory.pageblockType(of: lowest + 1024) == .unmovable)
    #expect(memory.pageblockType(of: lowest + 2048) == .movable)
  }
}
