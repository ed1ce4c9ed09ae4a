import Engine
import TestSupport
import Testing

/// Memory that is plugged in, and memory of guests that leaves the map.
@Suite struct LateMemoryTests {
  @Test(
    arguments: [
      (.linux6_9RC2Arm64, nil, 513 * 32), (.linux6_9RC2Arm64, .batchBarriers2024, 513),
      (.linux6_9RC2Arm64, .pgtableOps2024, 0), (.linux6_12Arm64, nil, 513),
    ] as [(KernelProfile, PolicyName?, UInt64)])
  func `a GiB that is added takes 513 tables, and invalidations by stage`(
    kernel: KernelProfile, policy: PolicyName?, invalidations: UInt64,
  ) throws {
    var machine = try Machine.arm64(
      gibibytes: 4, kernel: kernel, policies: policy.map { [$0] } ?? [])
    let free = machine.physical.freePages
    let before = machine
    var log = EventLog()
    #expect(
      try machine.perform(.linearMap(.addMemory(0x100000, 0x40000)), into: &log) == .success)
    let late = machine.linearMapBooks.late
    // The PUD table is there: it is gone to once more, which the last column of each stage counts too.
    #expect(late.tables == 513)
    let revisit: UInt64 = machine.kernel.linearMap.lateAccess == .linearMap ? 0 : 1
    #expect(late.invalidations == invalidations + revisit)
    #expect(free - machine.physical.freePages == 513)
    #expect(machine.memory.pages == 0x140000)
    #expect(machine.physical.pages(of: .pageTables) == 513)
    try machine.checkInvariants()
    var replayed = before
    replayed.apply(log.events)
    #expect(replayed.checksum == machine.checksum)
    #expect(replayed.memory == machine.memory && before.memory.pages == 0x100000)
    // It is memory like any other now.
    try machine.perform(.setDirectMap(.invalid, 0x123456, 1))
    #expect(machine.linearRuns.contains("0x123456 1 x 4K invalid"))
  }

  /// As the review of April 2024 was first shown, as it was agreed, and before.
  @Test(
    arguments: [
      (nil, [.cameZeroed]), (.pgtableOps2024, [.cameZeroed]),
      (.rutlandSketch2024, [.cameZeroed, .zeroed]), (.rutland2024, [.zeroed]),
    ] as [(PolicyName?, [Zeroing])])
  func `who zeroes a late table is told, and how often`(
    policy: PolicyName?, expected: [Zeroing],
  ) throws {
    var machine = try Machine.arm64(
      gibibytes: 4, kernel: .linux6_9RC2Arm64, policies: policy.map { [$0] } ?? [])
    var log = EventLog()
    try machine.perform(.linearMap(.addMemory(0x100000, 0x8000)), into: &log)
    var zeroings: [Zeroing] = []
    var slots: UInt64 = 0
    for event in log.events {
      guard case .linearMap(let change) = event else { continue }
      if case .fixmapSet(let kind, let count) = change, kind.level == .pmd { slots += count }
      if case .fixmapCleared(let kind, let count, _) = change, kind.level == .pmd { slots -= count }
      if case .cameZeroed(let kind, _) = change, kind.level == .pmd { zeroings.append(.cameZeroed) }
      if case .zeroed(let kind, _) = change, kind.level == .pmd {
        zeroings.append(.zeroed)
        // Where it is filled, it is in its slot.
        #expect(slots == 1)
      }
    }
    #expect(zeroings == expected)
    let late = machine.linearMapBooks.late
    #expect(late.zeroed == late.tables * UInt64(expected.count))
    #expect(machine.linearMapBooks.slots.levels.isEmpty)
  }

  /// A zeroing of a late table.
  enum Zeroing: Sendable {
    case cameZeroed, zeroed
  }

  @Test func `the first group of the first table is told in full`() throws {
    var machine = try Machine.arm64(gibibytes: 1, kernel: .linux6_9RC2Arm64)
    var log = EventLog()
    try machine.perform(.linearMap(.mapMem), into: &log)
    let pte = TableKind(.pte, isLate: false)
    let start = try #require(log.events.firstIndex(of: .linearMap(.zeroed(pte, 1))))
    let group = log.events[(start + 2)...].prefix(6)
    #expect(group.first == .linearMap(.fixmapSet(pte, 1)))
    guard case .mapped(let fill) = group[start + 3] else {
      Issue.record("no entries: \(group[start + 3])")
      return
    }
    #expect(fill.count == 16 && fill.size == .size4K)
    #expect(
      Array(group.dropFirst(2)) == [
        .linearMap(.filled(pte, visits: 1, groups: 1, entries: 16)),
        .linearMap(.barriers(pte, 16)), .linearMap(.fixmapCleared(pte, 1, invalidations: 1)),
        .linearMap(.groupsAndSoOn(pte, 31)),
      ])
    // The PUD and the PMD table are in their slots meanwhile.
    var inside = try Machine.arm64(gibibytes: 1, kernel: .linux6_9RC2Arm64)
    inside.apply(log.events[...(start + 2)])
    #expect(inside.linearMapBooks.slots.levels == [.pud, .pmd, .pte])
  }

  @Test func `memory is added in blocks where the map may have them`() throws {
    var machine = try Machine.arm64(gibibytes: 4) { $0[.rodataFull] = false }
    try machine.perform(.linearMap(.addMemory(0x108000, 0x40000)))
    #expect(
      machine.linearRuns == ["0x0 4 x 1G", "0x108000 448 x 2M CONT", "0x140000 64 x 2M CONT"]
        || machine.linearRuns == ["0x0 4 x 1G", "0x108000 512 x 2M CONT"])
    #expect(machine.linearMapBooks.late.tables == 2)
  }

  @Test(
    arguments: [
      (0x100000, 0x1000, .notSections(0x100000, 0x1000)),
      (0x100001, 0x8000, .notSections(0x100001, 0x8000)),
      (0xf8000, 0x10000, .memoryThere(0xf8000)),
      (0x3_ffff_8000, 0x10000, .outOfRoom(0x3_ffff_8000, 0x10000)),
      (0x100000, 0x8000_0000, .outOfRoom(0x100000, 0x8000_0000)),
    ] as [(PFN, PageCount, LinearMapError)])
  func `what cannot be added is refused and changes nothing`(
    pfn: PFN, pages: PageCount, error: LinearMapError,
  ) throws {
    var machine = try Machine.arm64(gibibytes: 4)
    let sum = machine.checksum
    #expect(throws: CallError.linearMap(error)) {
      try machine.perform(.linearMap(.addMemory(pfn, pages)))
    }
    #expect(machine.checksum == sum && !error.description.isEmpty)
  }

  @Test func `without memory for the tables nothing is added`() throws {
    var machine = try Machine.arm64(gibibytes: 1)
    // 512 GiB take 262656 tables and a page for the root; there is but 1 GiB.
    let sum = machine.checksum
    #expect(try machine.perform(.linearMap(.addMemory(0x40000, 0x800_0000))) == .noMemory)
    #expect(machine.checksum == sum)
  }

  @Test func `a guest's memory leaves a map of pages without a table`() throws {
    var machine = try Machine.arm64(gibibytes: 8)
    let tables = machine.linearMapBooks
    var log = EventLog()
    let call = Call.linearMap(.setMemoryValid(.frame(0x80123), 0x80000, false))
    #expect(try machine.perform(call, into: &log) == .success)
    #expect(machine.linearMapBooks.late == tables.late)
    #expect(log.events.contains(.decided(.linearMap(.nothingToSplit))))
    #expect(
      machine.linearRuns == [
        "0x0 524579 x 4K", "0x80123 524288 x 4K invalid", "0x100123 1048285 x 4K",
      ])
    // More than 512 pages: everything is flushed, once.
    #expect(machine.counters[.flushTLBAll] == 1 && machine.counters[.flushTLBOneKernel] == 0)
    try machine.perform(.linearMap(.setMemoryValid(.frame(0x80123), 0x80000, true)))
    #expect(machine.linearRuns == ["0x0 2097152 x 4K"])
  }

  @Test func `with FEAT_BBM level 2 it splits only at its ends`() throws {
    var machine = try Machine.arm64(gibibytes: 8, kernel: .linux7_0Arm64) { $0[.bbml2] = true }
    try machine.perform(.linearMap(.setMemoryValid(.frame(0x80123), 0x80000, false)))
    // Two 1G blocks and two 2M blocks, whatever lies between.
    #expect(machine.linearMapBooks.splits == 4 && machine.linearMapBooks.late.tables == 4)
    #expect(machine.linearRuns.contains("0xc0000 1 x 1G invalid"))
    try machine.checkInvariants()
  }

  @Test func `the map is not built again once something uses it`() throws {
    var machine = try Machine.arm64(gibibytes: 4)
    try machine.perform(.linearMap(.addMemory(0x100000, 0x8000)))
    #expect(throws: CallError.linearMap(.mapInUse)) { try machine.perform(.linearMap(.mapMem)) }
  }
}
