import Testing

@testable import Engine

/// The flags of new entries where a leaf splits: `__split_large_page()` and `split_set_pte()`.
@Suite struct SplitFlagsTests {
  /// The read-only data are the first 2M of a GiB.
  private static let gib: PFN = 0x140000
  private static let start = AddressLayout.directMapAddress(of: gib)
  private static let image = KernelImage(
    text: 0x13fc00..<0x13fe00, rodata: 0x140000..<0x140200, data: 0x140200..<0x140400)

  /// A machine whose kernel is read-only, though the direct map shows all of it writable. No boot
  /// leaves that; it is what the check of old protections is for.
  private func machine(_ size: LeafSize, lacking: EntryFlags = []) -> Machine {
    let cpu = CPUFeatures()
    let frames = Self.gib..<(Self.gib + 0x40000)
    var machine = Machine(
      kernel: .linux6_12, cpu: cpu, memory: MemoryMap([frames]), image: Self.image)
    machine.apply([
      .mapped(
        LeafFill(
          start: Self.start, pfn: Self.gib, count: 0x40000 / size.pages.rawValue, size: size,
          flags: cpu.pageKernel.union(.pse).subtracting(lacking))), .systemRunning,
      .kernelSetReadOnly,
    ])
    return machine
  }

  private func isWritable(_ machine: Machine, page: UInt64) -> Bool? {
    machine.tables.lookup(Self.start + PageCount(page))?.flags.contains(.writable)
  }

  @Test func `a 2M leaf that splits takes RW from the entries of read-only data`() throws {
    var machine = machine(.size2M)
    try machine.perform(.setMemory(.nx, .frame(Self.gib + 9), 1))
    #expect(machine.tables.lookup(Self.start)?.size == .size4K)
    #expect((0..<512 as Range<UInt64>).allSatisfy { isWritable(machine, page: $0) == false })
    #expect(isWritable(machine, page: 512) == true)
  }

  /// That would take another walk over the new entries; the kernel warns and leaves them alone.
  @Test func `a 1G leaf that splits leaves RW to its entries of 2M, read-only data or not`() throws
  {
    var machine = machine(.size1G)
    try machine.perform(.setMemory(.ro, .frame(Self.gib + 1024), 512))
    let first = try #require(machine.tables.lookup(Self.start))
    #expect(first.size == .size2M && first.flags.contains(.writable))
    #expect(isWritable(machine, page: 1024) == false)
    #expect(machine.tables.lookup(Self.start + 1024)?.size == .size2M)
    try machine.checkInvariants()
  }

  /// `pmd_present()` is true for an entry with PSE alone. CPA takes PSE away with P, so the leaf is one
  /// that something else left.
  @Test func `a 1G leaf that is not present hands down neither PSE nor G when it splits`() throws {
    var machine = machine(.size1G, lacking: .present)
    try machine.perform(.setMemory(.p, .frame(Self.gib + 9), 1))
    let other = try #require(machine.tables.lookup(Self.start + 512))
    #expect(other.size == .size2M)
    #expect(other.flags == [.writable, .accessed, .dirty, .nx])
    #expect(machine.tables.lookup(Self.start + 9)?.flags.contains(.present) == true)
    #expect(machine.tables.lookup(Self.start + 10)?.flags == [.writable, .accessed, .dirty, .nx])
  }
}
