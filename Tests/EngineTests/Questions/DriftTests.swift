import Engine
import TestSupport
import Testing

/// Where a policy loses count of the entries of a table.
@Suite struct DriftTests {
  private static let page: PFN = 0x140000
  private static let address = AddressLayout.directMapAddress(of: page)
  private static let everything = AddressLayout.pageOffset..<AddressLayout.directMapEnd

  private func kfence(_ protects: Bool, _ pfn: PFN) -> Call {
    .user(.kfence(protects: protects, pfn))
  }

  @Test func `the count of 2022 does not see what KFENCE does behind its back`() throws {
    var machine = try Machine.booted([.hyeyooCount2022])
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    #expect(machine.drift(in: Self.everything).isEmpty)
    try machine.perform(kfence(true, Self.page + 1))
    let drift = try #require(machine.drift(in: Self.everything).first)
    #expect(machine.drift(in: Self.everything).count == 1)
    #expect(drift.policy == .hyeyooCount2022)
    #expect(drift.slot == Self.address && drift.size == .size2M)
    #expect(drift.tracked.count == 1 && drift.found.count == 2)
    #expect(machine.drift(ofEntries: .size4K, at: Self.address + 7) == drift)
    #expect(machine.drift(ofEntries: .size2M, at: Self.address) == nil)
    try machine.perform(kfence(false, Self.page + 1))
    #expect(machine.drift(in: Self.everything).isEmpty)
  }

  @Test func `a leaf that is not standard is counted twice when it splits`() throws {
    var machine = try Machine.booted([.hyeyooCount2022])
    try machine.perform(.setMemory(.ro, .frame(Self.page), 512))
    #expect(machine.tables.lookup(Self.address)?.size == .size2M)
    #expect(machine.drift(in: Self.everything).isEmpty)
    var log = EventLog()
    let before = machine
    #expect(try machine.perform(.setMemory(.rw, .frame(Self.page), 1), into: &log) == .bug)
    var inside = before
    var drifts: [Drift] = []
    for event in log.events {
      inside.apply([event])
      guard case .tableTracked(let address, let size, _) = event else { continue }
      if let drift = inside.drift(ofEntries: size, at: address) { drifts.append(drift) }
    }
    let drift = try #require(drifts.first)
    #expect(drifts.count == 1)
    #expect(drift.size == .size1G && drift.slot == Self.address)
    #expect(drift.tracked.count == 2 && drift.found.count == 1)
  }

  @Test func `a bit of the bitmap stays clear over an entry that KFENCE took away`() throws {
    var machine = try Machine.booted([.hyeyooBitmap2022])
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    try machine.perform(kfence(true, Self.page + 100))
    let drift = try #require(machine.drift(in: Self.everything).first)
    #expect(drift.tracked.word == 1 && drift.found.word == 1 | 1 << 12)
    // In a group whose bit is set already, the word tells nothing wrong.
    var other = try Machine.booted([.hyeyooBitmap2022])
    try other.perform(.setMemory(.ro, .frame(Self.page), 1))
    try other.perform(kfence(true, Self.page + 3))
    #expect(other.drift(in: Self.everything).isEmpty)
  }

  @Test func `the CPU sets D, and the count of equal entries does not move`() throws {
    var machine = try Machine.booted([.aaronLu2022], kernel: .linux6_12)
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    try machine.perform(.setMemory(.rw, .frame(Self.page), 1))
    #expect(machine.drift(in: Self.everything).isEmpty)
    try machine.perform(.touch(.write, .frame(Self.page), 1))
    let drift = try #require(machine.drift(in: Self.everything).first)
    #expect(drift.tracked.count == 511 && drift.found.count == 512)
  }

  @Test(arguments: PolicyName.x86)
  func `nothing but CPA makes no policy lose count`(policy: PolicyName) throws {
    var machine = try Machine.booted(policy.withPrerequisite)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<60 {
      let first = Self.page + PageCount(random.next(below: 2000))
      let operation = random.pick([.ro, .rw, .x, .nx, .np, .split4K, .nonglobal] as [SetMemory])
      let pages = PageCount(1 + random.next(below: 600))
      if try machine.perform(.setMemory(operation, .frame(first), pages)) == .bug { return }
      #expect(machine.drift(in: Self.everything).isEmpty, "\(operation) \(first) \(pages)")
    }
  }

  @Test func `only the tables of the range are looked at`() throws {
    var machine = try Machine.booted([.hyeyooCount2022])
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    try machine.perform(kfence(true, Self.page + 1))
    let inside = Self.address + 511..<Self.address + 512
    let behind = Self.address + 512..<Self.address + 1024
    #expect(machine.drift(in: inside).count == 1)
    #expect(machine.drift(in: behind).isEmpty)
    #expect(machine.drift(in: Self.address..<Self.address).isEmpty)
    let last = VirtualAddress(UInt64.max)
    #expect(machine.drift(in: 0..<last).count == 1)
  }
}

/// How many entries block a merge.
@Suite struct BlockerTests {
  private static let page = Machine.largeLeavesStart
  private static let address = AddressLayout.directMapAddress(of: page)

  @Test func `a leaf has none, a fresh split has none, each odd entry is one`() throws {
    var machine = Machine.ofLargeLeaves(size: .size2M, kernel: .linux7_2)
    #expect(machine.blockers(.size2M, at: Self.address) == nil)
    #expect(machine.blockers(.size1G, at: Self.address) == 0)
    try machine.perform(.setMemory(.ro, .frame(Self.page + 17), 1))
    #expect(machine.blockers(.size2M, at: Self.address + 300) == 1)
    #expect(machine.blockers(.size1G, at: Self.address) == 1)
    try machine.perform(.setMemory(.nx, .frame(Self.page + 17), 1))
    try machine.perform(.setMemory(.x, .frame(Self.page), 3))
    #expect(machine.blockers(.size2M, at: Self.address) == 4)
    // The other way round: the first 300 are the many, the kernel's first entry is one of the few.
    try machine.perform(.setMemory(.x, .frame(Self.page + 1), 511))
    try machine.perform(.setMemory(.nx, .frame(Self.page), 1))
    #expect(machine.blockers(.size2M, at: Self.address) == 2)
    #expect(machine.blockers(.size4K, at: Self.address) == nil)
  }

  @Test func `KERNEL_4K and not present block it, whatever the others are`() throws {
    var machine = Machine.ofLargeLeaves(size: .size2M, kernel: .linux7_2)
    try machine.perform(.setMemory(.split4K, .frame(Self.page), 512))
    #expect(machine.blockers(.size2M, at: Self.address) == 512)
    try machine.perform(.setMemory(.np, .frame(Self.page + 512), 1))
    try machine.perform(.setMemory(.np, .frame(Self.page + 512), 512))
    #expect(machine.blockers(.size2M, at: Self.address + 512) == 512)
  }

  @Test func `a policy that asks for certain flags counts by them`() throws {
    var machine = try Machine.booted([.hyeyooCount2022])
    let page: PFN = 0x140000
    let address = AddressLayout.directMapAddress(of: page)
    try machine.perform(.setMemory(.ro, .frame(page), 511))
    #expect(machine.blockers(.size2M, at: address) == 511)
    var other = try Machine.booted([.aaronLu2022])
    try other.perform(.setMemory(.ro, .frame(page), 511))
    #expect(other.blockers(.size2M, at: address) == 1)
  }
}
