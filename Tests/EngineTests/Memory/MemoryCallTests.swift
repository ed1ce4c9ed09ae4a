import TestSupport
import Testing

@testable import Engine

/// The calls of the page allocator, through `Machine.perform`.
struct MemoryCallTests {
  private static func machine(_ kernel: KernelProfile = .linux6_12) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return try Machine(booting: description, kernel: kernel)
  }

  private static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  @Test func `a name takes pages and gives them back`() throws {
    var machine = try Self.machine()
    let name = try Self.name("buffer")
    let free = machine.physical.freePages
    let call = Call.allocPages(name, order: 9, .movable, node: nil)
    #expect(try machine.perform(call) == .success)
    #expect(machine.physical.freePages == free - 512)
    let owner = try #require(machine.physical.owner(named: name))
    let block = try #require(machine.physical.blocks(of: owner).first)
    #expect(machine.physical.owner(of: block.first + 100) == .allocated(block, owner))
    #expect(throws: CallError.memory(.ownerExists(name))) { try machine.perform(call) }
    try machine.perform(.freePages(name))
    #expect(machine.physical.freePages == free)
    #expect(throws: CallError.memory(.unknownOwner(name))) {
      try machine.perform(.freePages(name))
    }
    #expect(
      throws: CallError.memory(
        .alreadyFree(
          block.first,
          PageState.Block(
            first: block.first.alignedDown(to: .size4K), order: 10, type: .movable)))
    ) {
      try machine.perform(.freePagesAt(block.first, order: 9))
    }
    #expect(throws: CallError.memory(.badOrder(11))) {
      try machine.perform(.allocPages(name, order: 11, .movable, node: nil))
    }
    #expect(throws: CallError.memory(.noSuchNode(1, nodes: 1))) {
      try machine.perform(.allocPages(name, order: 0, .movable, node: 1))
    }
  }

  @Test func `a node without memory is named as such`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.nodes = [.everything, NUMANode(ranges: [])]
    var machine = try Machine(booting: description, kernel: .linux7_2)
    let name = try Self.name("a")
    #expect(throws: CallError.memory(.nodeWithoutMemory(1))) {
      try machine.perform(.allocPages(name, order: 0, .movable, node: 1))
    }
  }

  @Test func `overlapping nodes do not boot`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.nodes = [.everything, NUMANode(ranges: [0x1000..<0x2000])]
    #expect(throws: BootError.overlappingNodes(0x1000..<0x2000)) {
      try Machine(booting: description, kernel: .linux7_2)
    }
  }

  @Test func `scattering leaves what it says, or nothing`() throws {
    var machine = try Self.machine()
    let name = try Self.name("ballast")
    let before = machine
    let tooMany = machine.physical.freePages + 1
    let call = Call.scatter(name, tooMany, percentFreed: 30, seed: 1)
    #expect(try machine.perform(call) == .noMemory)
    #expect(machine.checksum == before.checksum)
    try machine.perform(.scatter(name, 100_000, percentFreed: 30, seed: 1))
    let owner = try #require(machine.physical.owner(named: name))
    #expect(machine.physical.pages(of: owner) == 70_000)
    try machine.checkInvariants()
    // Free single pages lie in nearly every 2M block that was taken.
    let zone = machine.physical.zones.count - 1
    let single = machine.physical.freeList(inZone: zone, .unmovable, order: 0)
    #expect(Set(single.map { $0.rawValue / 512 }).count > 150)
  }

  @Test func `ageing is the same for the same seed and scatters free memory`() throws {
    var first = try Self.machine()
    var second = first
    try first.perform(.age(seed: 5, operations: 60_000))
    try second.perform(.age(seed: 5, operations: 60_000))
    #expect(first.checksum == second.checksum)
    try first.checkInvariants()
    try second.perform(.age(seed: 6, operations: 20_000))
    #expect(first.checksum != second.checksum)
    try second.checkInvariants()
    let limit = PhysicalMemory.agingLimit
    #expect(throws: CallError.memory(.tooMany(UInt64(limit) + 1, limit: UInt64(limit)))) {
      try first.perform(.age(seed: 0, operations: limit + 1))
    }
  }

  @Test func `ageing makes as many requests and releases as asked, from 0 to the limit`() throws {
    var machine = try Self.machine()
    let young = machine
    let limit = PhysicalMemory.agingLimit
    for operations in [-1, limit + 1] {
      let asked = UInt64(operations.magnitude)
      #expect(throws: CallError.memory(.tooMany(asked, limit: UInt64(limit)))) {
        try machine.perform(.age(seed: 5, operations: operations))
      }
    }
    // Only the names of its owners stay behind.
    try machine.perform(.age(seed: 5, operations: 0))
    #expect(machine.physical.freePages == young.physical.freePages)
    // The first can only be a request.
    try machine.perform(.age(seed: 5, operations: 1))
    #expect(machine.physical.freePages < young.physical.freePages)
    machine = young
    try machine.perform(.age(seed: 5, operations: limit))
    try machine.checkInvariants()
  }

  /// `docs/model.md`, the mixture.
  @Test func `each owner of an aged memory holds blocks of the orders that it asks for`() throws {
    var machine = try Self.machine()
    try machine.perform(.age(seed: 5, operations: 60_000))
    let allowed: [(String, Set<Int>)] = [
      ("users", [0, 9]), ("files", [0, 1, 2]), ("slab", [0, 1, 2, 3]),
      ("kernel_data", [0, 1, 2, 3]),
    ]
    for (name, orders) in allowed {
      let owner = try #require(machine.physical.owner(named: try Self.name(name)))
      #expect(Set(machine.physical.blocks(of: owner).map(\.order)) == orders, "\(name)")
    }
  }

  @Test func `a machine from a recording has no pages to give`() throws {
    var machine = Machine.ofLargeLeaves(size: .size1G, kernel: .linux6_12, cpu: CPUFeatures())
    let name = try Self.name("a")
    let calls: [Call] = [
      .allocPages(name, order: 0, .movable, node: nil), .freePages(name),
      .freePagesAt(0x1000, order: 0), .age(seed: 0, operations: 1),
      .scatter(name, 1, percentFreed: 0, seed: 0),
    ]
    for call in calls {
      #expect(throws: CallError.memory(.unknownMemory)) { try machine.perform(call) }
    }
  }

  @Test(arguments: 0..<8)
  func `events of calls give the same machine`(_ seed: UInt64) throws {
    var machine = try Self.machine(KernelProfile.x86[Int(seed % 3)])
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let name = try Self.name("n\(random.next(below: 6))")
      let call: Call =
        switch random.next(below: 5) {
        case 0: .freePages(name)
        case 1: .scatter(name, PageCount(random.next(below: 900)), percentFreed: 40, seed: seed)
        case 2: .age(seed: seed, operations: Int(random.next(below: 2000)))
        case 3: .freePagesAt(PFN(random.next(below: 1 << 21)), order: 0)
        default:
          .allocPages(
            name, order: Int(random.next(below: 11)), random.pick([.movable, .unmovable]), node: nil
          )
        }
      let before = machine
      let checksum = before.checksum
      var log = EventLog()
      do { try machine.perform(call, into: &log) } catch {
        #expect(machine.checksum == checksum, "\(call) failed and left a trace")
      }
      var replayed = before
      replayed.apply(log.events)
      try #require(replayed.checksum == machine.checksum, "\(call)")
      try #require(before.checksum == checksum)
    }
    try machine.checkInvariants()
  }
}
