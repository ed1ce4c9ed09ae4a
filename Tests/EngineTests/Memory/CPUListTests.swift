import TestSupport
import Testing

@testable import Engine

/// The lists of free pages that a CPU keeps for itself, 6.1.
@Suite struct CPUListTests {
  private static func machine(_ policies: [PolicyName] = [.cpuLists]) throws -> Machine {
    var machine = try Machine.booted(policies)
    // Boot has taken pages.
    try machine.perform(.drainPages)
    return machine
  }

  /// The zone that serves first.
  private static func zone(_ machine: Machine) throws -> Int {
    try #require(machine.physical.zones.firstIndex { $0.kind == .normal })
  }

  @discardableResult
  private static func take(
    _ machine: inout Machine, _ text: String, _ order: Int = 0, _ type: MigrateType = .movable,
  ) throws -> PFN {
    let name = try named(text)
    #expect(try machine.perform(.allocPages(name, order: order, type, node: nil)) == .success)
    let owner = try #require(machine.physical.owner(named: name))
    return try #require(machine.physical.blocks(of: owner).first?.first)
  }

  @Test(arguments: [(0, 62), (1, 30), (2, 14), (3, 6)])
  func `an empty list is refilled with a batch, and serves the rest of it in order`(
    order: Int, left: Int,
  ) throws {
    var machine = try Self.machine()
    let zone = try Self.zone(machine)
    try Self.take(&machine, "a", order)
    #expect(machine.physical.cpuList(inZone: zone, .movable, order: order).count == left)
    let next = machine.physical.cpuList(inZone: zone, .movable, order: order).first
    #expect(try Self.take(&machine, "b", order) == next)
    #expect(machine.physical.cpuList(inZone: zone, .movable, order: order).count == left - 1)
    try machine.checkInvariants()
    try machine.physical.checkInvariants()
  }

  @Test func `what is freed goes to the head, and is neither merged nor counted as free`() throws {
    var machine = try Self.machine()
    let zone = try Self.zone(machine)
    let page = try Self.take(&machine, "a")
    let free = machine.physical.freePages
    try machine.perform(.freePages(try named("a")))
    #expect(machine.physical.cpuList(inZone: zone, .movable, order: 0).first == page)
    #expect(machine.physical.freePages == free)
    #expect(machine.physical.isOnCPUList(page))
    #expect(try Self.take(&machine, "b") == page)
  }

  @Test func `orders above 3 go past the lists`() throws {
    var machine = try Self.machine()
    let zone = try Self.zone(machine)
    try Self.take(&machine, "a", 4)
    #expect(machine.physical.cpuListPages(inZone: zone) == 0)
    try machine.perform(.freePages(try named("a")))
    #expect(machine.physical.cpuListPages(inZone: zone) == 0)
  }

  @Test func `drain puts back what the lists hold, and it merges`() throws {
    let before = try Self.machine()
    var machine = before
    let zone = try Self.zone(machine)
    try Self.take(&machine, "a")
    try machine.perform(.freePages(try named("a")))
    try machine.perform(.drainPages)
    #expect(machine.physical.cpuListPages(inZone: zone) == 0)
    for order in 0...10 {
      #expect(
        machine.physical.freeBlocks(inZone: zone, .movable, order: order)
          == before.physical.freeBlocks(inZone: zone, .movable, order: order))
    }
    try machine.physical.checkInvariants()
  }

  /// `nr_pcp_free()`: one batch, two, four, and never more than leave one.
  @Test func `each overflow frees twice as much, up to all but a batch`() throws {
    var machine = try Self.machine()
    let zone = try Self.zone(machine)
    let limit = machine.physical.cpuListLimit(inZone: zone)
    for index in 0..<1100 { try Self.take(&machine, "p\(index)") }
    try machine.perform(.drainPages)
    var drops: [Int] = []
    for index in 0..<1100 {
      let before = machine.physical.cpuListPages(inZone: zone)
      try machine.perform(.freePages(try named("p\(index)")))
      let after = machine.physical.cpuListPages(inZone: zone)
      if after < before { drops.append(before + 1 - after) }
      #expect(after < limit)
    }
    #expect(drops == [63, 126, 252, limit - 63])
    try machine.physical.checkInvariants()
  }

  @Test func `a page on a list can neither be freed nor claimed by name`() throws {
    var machine = try Self.machine()
    let page = try Self.take(&machine, "a")
    try machine.perform(.freePages(try named("a")))
    #expect(throws: CallError.self) { try machine.perform(.freePagesAt(page, order: 0)) }
    let list = try named("cpu-list")
    #expect(throws: CallError.self) { try machine.perform(.freePages(list)) }
    #expect(throws: CallError.self) {
      try machine.perform(.allocPages(list, order: 0, .movable, node: nil))
    }
  }

  @Test func `events of calls lead to the same lists`() throws {
    var machine = try Self.machine([.unmapped2022, .mergeOnFree])
    var random = SeededGenerator(seed: 7)
    var held: [Name] = []
    for index in 0..<400 {
      var log = EventLog()
      let before = machine
      if held.count > 40 || !held.isEmpty && random.oneIn(3) {
        try machine.perform(
          .freePages(held.remove(at: Int(random.next(below: UInt64(held.count))))), into: &log)
      } else if random.oneIn(20) {
        try machine.perform(.drainPages, into: &log)
      } else {
        let name = try named("n\(index)")
        let type: MigrateType = random.oneIn(2) ? .unmapped : .movable
        try machine.perform(
          .allocPages(name, order: Int(random.next(below: 6)), type, node: nil), into: &log)
        held.append(name)
      }
      var replayed = before
      replayed.apply(log.events)
      #expect(replayed.checksum == machine.checksum)
    }
    try machine.physical.checkInvariants()
  }
}
