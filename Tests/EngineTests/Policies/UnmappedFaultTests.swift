import TestSupport
import Testing

@testable import Engine

/// What the type Unmapped of January 2022 does wrong as it was posted; recorded in merge-on-free.
@Suite struct UnmappedFaultTests {
  private static func take(
    _ machine: inout Machine, _ text: String, _ order: Int, _ type: MigrateType,
    _ traits: Call.PageTraits = [],
  ) throws -> ReturnCode {
    try machine.perform(.allocPages(try named(text), order: order, type, node: nil, traits))
  }

  private static func frame(_ machine: Machine, _ text: String) throws -> PFN {
    let owner = try #require(machine.physical.owner(named: try named(text)))
    return try #require(machine.physical.blocks(of: owner).first?.first)
  }

  @Test(arguments: [0, 9])
  func `a split that fails stops the kernel`(order: Int) throws {
    var machine = try Machine.booted([.unmapped2022])
    try machine.perform(.policy(.failTables(true)))
    #expect(try Self.take(&machine, "a", order, .unmapped) == .bug)
    let page = try Self.frame(machine, "a")
    #expect(machine.stopped == .movedOffList(page))
  }

  @Test func `a pageblock that was stolen leaves its page absent, and zeroing it stops the kernel`()
    throws
  {
    var machine = try Machine.booted([.unmapped2022])
    #expect(try Self.take(&machine, "secret", 0, .unmapped) == .success)
    let page = try Self.frame(machine, "secret")
    try machine.perform(.drainPages)
    // Others take all there is, the rest of the pageblock with it: 256 of its pages and more are free.
    var held: [Name] = []
    for order in (0...10).reversed() {
      while machine.physical.freePages > 300 {
        let name = try named("hog\(held.count)")
        guard try machine.perform(.allocPages(name, order: order, .movable, node: nil)) == .success
        else { break }
        held.append(name)
      }
    }
    #expect(machine.physical.pageblockType(of: page) != .unmapped)
    try machine.perform(.freePages(try named("secret")))
    #expect(!machine.isInDirectMap(page))
    for name in held { try machine.perform(.freePages(name)) }
    try machine.perform(.drainPages)
    var code = ReturnCode.success
    for index in 0..<2000 where code == .success {
      code = try Self.take(&machine, "zero\(index)", 9, .movable, .zeroed)
    }
    #expect(code == .bug)
    #expect(machine.stopped == .clearedNotPresent(page, freedBy: try named("secret")))
  }

  @Test func `order 10 marks its first pageblock alone, and the second stays split for good`()
    throws
  {
    var machine = try Machine.booted([.unmapped2022, .mergeOnFree])
    #expect(try Self.take(&machine, "a", 10, .unmapped) == .success)
    let first = try Self.frame(machine, "a")
    #expect(machine.counters[.level2Splits] == 2)
    #expect(machine.physical.pageblockType(of: first) == .unmapped)
    #expect(machine.physical.pageblockType(of: first + 512) == .movable)
    try machine.perform(.freePages(try named("a")))
    #expect(machine.counters[.level1Merges] == 1)
    let second = machine.tables.lookup(AddressLayout.directMapAddress(of: first + 512))
    #expect(second?.size == .size4K)
  }

  @Test(arguments: PolicyName.onFree)
  func `a merge that nobody checks makes a read-only page writable`(policy: PolicyName) throws {
    var machine = try Machine.booted([.unmapped2022, policy])
    // The buddy pageblock is in use, so that merging ends at order 9.
    #expect(try Self.take(&machine, "half", 9, .movable) == .success)
    let half = try Self.frame(machine, "half")
    #expect(try Self.take(&machine, "a", 0, .unmapped) == .success)
    #expect(try Self.take(&machine, "buddy", 9, .movable) == .success)
    let page = try Self.frame(machine, "a")
    #expect(half != page)
    try machine.perform(.setMemory(.ro, .frame(page + 100), 1))
    var log = EventLog()
    try machine.perform(.freePages(try named("a")), into: &log)
    try machine.perform(.drainPages, into: &log)
    let leaf = try #require(
      machine.tables.lookup(AddressLayout.directMapAddress(of: page + 100)))
    let rewrites = log.events.contains {
      if case .decided(.policy(.rightsRewritten(_, _, entries: 1))) = $0 { true } else { false }
    }
    let refuses = log.events.contains {
      if case .decided(.policy(.mergeRefused(_, _, odd: page + 100))) = $0 { true } else { false }
    }
    let isChecked = policy.rawValue.hasSuffix("checked")
    if leaf.size == .size2M {
      #expect(!isChecked && rewrites && leaf.flags.contains(.writable))
    } else {
      #expect(!leaf.flags.contains(.writable))
      #expect(refuses == isChecked || policy.rawValue.contains("literal"))
    }
  }

  @Test func `an atomic request that splits, and a free in a softirq, are told`() throws {
    var machine = try Machine.booted([.unmapped2022])
    var log = EventLog()
    let name = try named("a")
    try machine.perform(
      .allocPages(name, order: 4, .unmapped, node: nil, .atomic), into: &log)
    let page = try Self.frame(machine, "a")
    #expect(log.events.contains(.decided(.policy(.sleepsInAtomic(.unmapped2022, page)))))
    log.removeAll()
    try machine.perform(.freePages(name, inSoftirq: true), into: &log)
    #expect(log.events.contains(.decided(.policy(.lockedInSoftirq(.unmapped2022, page)))))
  }

  @Test func `without the policy nobody can ask for unmapped pages`() throws {
    var machine = try Machine.booted([])
    let name = try named("a")
    #expect(throws: CallError.policyOff(.unmapped2022)) {
      try machine.perform(.allocPages(name, order: 0, .unmapped, node: nil))
    }
  }
}
