import TestSupport
import Testing

@testable import Engine

/// Page tables with a protection key, page by page and from blocks.
@Suite struct KpkeysTests {
  private static let fork = Name("fork")

  private static func machine(
    _ policies: [PolicyName], bbml2: Bool = true, rodataFull: Bool = true,
  ) throws -> Machine {
    try Machine.arm64(gibibytes: 4, kernel: .linux7_3Arm64, policies: policies) {
      $0[.bbml2] = bbml2
      $0[.rodataFull] = rodataFull
    }
  }

  private static func leaf(_ pfn: PFN, _ machine: Machine) throws -> PageTables.Leaf {
    try #require(machine.tables.lookup(machine.directMapAddress(of: pfn)))
  }

  /// Pages of the linear map that have the key.
  private static func keyed(_ machine: Machine) -> UInt64 {
    let range = machine.directMapRange
    return machine.tables.runs(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound
    ).reduce(0) { $0 + ($1.flags.contains(.tableKey) ? $1.pages.rawValue : 0) }
  }

  @Test func `in a map of pages a table costs an entry and a flush, and the same again`() throws {
    let fork = try #require(Self.fork)
    var machine = try Self.machine([.kpkeys2025], bbml2: false)
    let boot = Self.keyed(machine)
    // All tables but the root, which is in the kernel image.
    #expect(boot >= 4 * 512)
    let before = machine.counters
    #expect(try machine.perform(.linearMap(.tablesAlloc(fork, 40))) == .success)
    #expect(machine.counters[.flushTLBKernelRange] == before[.flushTLBKernelRange] + 40)
    #expect(machine.linearMapBooks.splits == 0 && Self.keyed(machine) == boot + 40)
    for pfn in try #require(machine.kept.value.pageTables.first).pages {
      #expect(try Self.leaf(pfn, machine).flags.contains(.tableKey))
    }
    try machine.perform(.linearMap(.tablesFree(fork)))
    #expect(machine.counters[.flushTLBKernelRange] == before[.flushTLBKernelRange] + 80)
    #expect(Self.keyed(machine) == boot && machine.kept.value.pageTables.isEmpty)
    try machine.checkInvariants()
  }

  @Test func `in a map of blocks without the feature no table is to be had`() throws {
    let fork = try #require(Self.fork)
    var machine = try Self.machine([.kpkeys2025], bbml2: false, rodataFull: false)
    // On 7.3 `rodata_full` off leaves blocks.
    #expect(try Self.leaf(0x40000, machine).size > .size4K)
    let free = machine.physical.freePages
    #expect(try machine.perform(.linearMap(.tablesAlloc(fork, 1))) == .noMemory)
    #expect(machine.physical.freePages == free && machine.kept.value.pageTables.isEmpty)
  }

  @Test func `in a map of blocks each table splits, and tables of splits get their key`() throws {
    let fork = try #require(Self.fork)
    var machine = try Self.machine([.kpkeys2025])
    let booted = machine.linearMapBooks.splits
    #expect(try machine.perform(.linearMap(.tablesAlloc(fork, 600))) == .success)
    #expect(machine.linearMapBooks.splits > booted)
    #expect(machine.kept.value.policies.kpkeys.owed.isEmpty)
    for pfn in try #require(machine.kept.value.pageTables.first).pages {
      let leaf = try Self.leaf(pfn, machine)
      #expect(leaf.size == .size4K && leaf.flags.contains(.tableKey))
    }
    let splits = machine.linearMapBooks.splits
    try machine.perform(.linearMap(.tablesFree(fork)))
    #expect(machine.linearMapBooks.splits == splits)
    try machine.checkInvariants()
  }

  @Test func `from blocks: one flush for 512 tables, and 2M leaves stay whole`() throws {
    let fork = try #require(Self.fork)
    var machine = try Self.machine([.kpkeys2025, .kpkeysBlocks2026])
    let first = try #require(machine.kept.value.policies.kpkeys.blocks.first)
    #expect(try Self.leaf(first, machine).size == .size2M)
    #expect(try Self.leaf(first, machine).flags.contains(.tableKey))
    let (splits, before) = (machine.linearMapBooks.splits, machine.counters)
    #expect(try machine.perform(.linearMap(.tablesAlloc(fork, 1000))) == .success)
    // At boot 512 were cached; a second block, and, as four pages stay in reserve, a third.
    #expect(machine.counters[.flushTLBKernelRange] - before[.flushTLBKernelRange] <= 2)
    for block in machine.kept.value.policies.kpkeys.blocks {
      let leaf = try Self.leaf(block, machine)
      #expect(leaf.size == .size2M && leaf.flags.contains(.tableKey))
    }
    #expect(machine.linearMapBooks.splits <= splits + 1)
    try machine.checkInvariants()
    // They keep their key when they come back.
    let after = machine.counters
    try machine.perform(.linearMap(.tablesFree(fork)))
    #expect(machine.counters[.flushTLBKernelRange] == after[.flushTLBKernelRange])
    try machine.checkInvariants()
  }

  @Test func `the shrinker gives a free block back whole, and splits one only for 64 pages`() throws
  {
    let fork = try #require(Self.fork)
    var machine = try Self.machine([.kpkeys2025, .kpkeysBlocks2026])
    try machine.perform(.linearMap(.tablesAlloc(fork, 600)))
    try machine.perform(.linearMap(.tablesFree(fork)))
    let (splits, before) = (machine.linearMapBooks.splits, machine.counters)
    let blocks = machine.kept.value.policies.kpkeys.blocks.count
    let shrink = Call.policy(.shrink(.kpkeysBlocks2026, node: -1, pages: 1, gfp: .kernel))
    // A block that is free as a whole goes whole, however little was asked for.
    let whole = machine.kept.value.policies.kpkeys.blocks.contains { block in
      machine.kept.value.policies.kpkeys.cached.count { $0.alignedDown(to: .size2M) == block }
        == 512
    }
    try #require(whole)
    #expect(try machine.perform(shrink).rawValue == 512)
    #expect(machine.kept.value.policies.kpkeys.blocks.count == blocks - 1)
    #expect(machine.counters[.flushTLBKernelRange] == before[.flushTLBKernelRange] + 1)
    #expect(machine.linearMapBooks.splits == splits)
    // The rest belongs to a block of which a few pages are in use: asked for 100, it is given up and splits.
    let more = Call.policy(.shrink(.kpkeysBlocks2026, node: -1, pages: 100, gfp: .kernel))
    if try machine.perform(more).rawValue == 100 { #expect(machine.linearMapBooks.splits > splits) }
    try machine.checkInvariants()
  }

  @Test(arguments: [[PolicyName.kpkeys2025], [.kpkeys2025, .kpkeysBlocks2026], []])
  func `random tables come and go, and events are all there is to them`(
    policies: [PolicyName],
  ) throws {
    for seed in 0..<4 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var machine = try Self.machine(policies)
      for _ in 0..<30 {
        let name = try #require(Name("t\(random.next(below: 4))"))
        let pfn = PFN(0x80000 + random.next(below: 0x40000))
        let call: Call =
          switch random.next(below: 5) {
          case 0, 1: .linearMap(.tablesAlloc(name, PageCount(1 + random.next(below: 700))))
          case 2: .linearMap(.tablesFree(name))
          case 3: .setDirectMap(random.oneIn(2) ? .invalid : .default, pfn, 1)
          default:
            .policy(
              .shrink(
                .kpkeysBlocks2026, node: -1, pages: UInt32(random.next(below: 600)), gfp: .kernel))
          }
        try machine.performReplayed(call)
        #expect(machine.kept.value.policies.kpkeys.owed.isEmpty)
        #expect(!machine.kept.value.policies.kpkeys.isLocked)
      }
      for tables in machine.kept.value.pageTables where !policies.isEmpty {
        for pfn in tables.pages {
          #expect(try Self.leaf(pfn, machine).flags.contains(.tableKey))
        }
      }
      try machine.checkInvariants()
    }
  }
}
