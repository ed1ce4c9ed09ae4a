import Engine
import TestSupport
import Testing

/// Worked examples of the policies that merge: what they read, what they cost, what they lose.
@Suite struct MergingTableTests {
  private static let page: PFN = 0x140000

  private func size(_ machine: Machine, _ pfn: PFN) -> LeafSize? {
    machine.tables.lookup(AddressLayout.directMapAddress(of: pfn))?.size
  }

  /// Protects a page and takes the protection back.
  private func changeAndUndo(_ machine: inout Machine, _ pfn: PFN = page + 17) throws {
    try machine.perform(.setMemory(.ro, .frame(pfn), 1))
    #expect(size(machine, pfn) == .size4K)
    try machine.perform(.setMemory(.rw, .frame(pfn), 1))
  }

  /// Since 6.12 `set_memory_ro()` takes D away and `set_memory_rw()` does not give it back.
  @Test func `the bitmap merges a table in which one entry lost D`() throws {
    var machine = try Machine.booted([.hyeyooBitmap2022], kernel: .linux6_12)
    try changeAndUndo(&machine)
    #expect(size(machine, Self.page) == .size1G)
  }

  /// Where indices of two levels are alike, a walk that takes the wrong one ends in another table.
  @Test func `the bitmap reads the table of the entry also where another has the root's indices`()
    throws
  {
    let policies = try PolicySet([.hyeyooBitmap2022])
    var machine = Machine.ofLargeLeaves(
      gibibytes: 300, kernel: .linux6_1, policies: policies)
    // The direct map begins in entry 273 of the root; these are entry 273 of the tables below.
    let root = AddressLayout.pageOffset.rawValue >> 39 & 511
    let other = PFN(root << 18 | root << 9 | 8)
    try machine.perform(.setMemory(.ro, .frame(other), 1))
    try changeAndUndo(&machine, Machine.largeLeavesStart + 100)
    #expect(size(machine, Machine.largeLeavesStart) == .size1G)
    #expect(size(machine, other) == .size4K)
  }

  /// The prototype frees no table: its page is lost with each merge.
  @Test func `the count of 2022 loses the pages of tables that it merges, the bitmap none`()
    throws
  {
    for (policy, lost) in [(.hyeyooBitmap2022, 0), (.hyeyooCount2022, 2)]
      as [(PolicyName, PageCount)]
    {
      var machine = try Machine.booted([policy])
      let tables = machine.physical.pages(of: .pageTables)
      let free = machine.physical.freePages
      try changeAndUndo(&machine)
      #expect(size(machine, Self.page) == .size1G)
      #expect(machine.physical.pages(of: .pageTables) == tables + lost, "\(policy)")
      #expect(machine.physical.freePages == PageCount(free.rawValue - lost.rawValue), "\(policy)")
    }
  }

  @Test func `an attempt at a size that the CPU lacks reads no entry`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.gbpages] = false
    var machine = try Machine(
      booting: description, kernel: .linux6_1,
      options: BootOptions(policies: try PolicySet([.kirill2020])))
    let boot = machine.counters[.entriesScanned]
    try machine.perform(.setMemory(.ro, .frame(Self.page + 17), 1))
    // The 2M entries of the GiB, and the 18 entries up to the one that differs.
    #expect(machine.counters[.entriesScanned] - boot == 512 + 18)
    try machine.perform(.setMemory(.rw, .frame(Self.page + 17), 1))
    #expect(machine.counters[.entriesScanned] - boot == 512 + 18 + 512 + 512)
    #expect(size(machine, Self.page) == .size2M)
  }
}
