import TestSupport
import Testing

@testable import Engine

/// Guests' memory, RMPUPDATE, memory failure and kexec: the users of single pages since 2023.
@Suite struct HostPageTests {
  private static let page: PFN = 0x140005

  private static func booted(
    _ kernel: KernelProfile = .linux7_2, _ policies: [PolicyName] = [],
  ) throws -> Machine {
    try Machine.booted(policies, kernel: kernel)
  }

  private static func leaf(_ pfn: PFN, _ machine: Machine) throws -> PageTables.Leaf {
    try #require(machine.tables.lookup(AddressLayout.directMapAddress(of: pfn)))
  }

  @Test func `a guest's pages leave the direct map one by one, and come back without G and D`()
    throws
  {
    let guest = try #require(Name("guest"))
    for flushes in [true, false] {
      var machine = try Self.booted()
      let free = machine.freeOrInTables
      let ranges = machine.counters[.flushTLBKernelRange]
      #expect(try machine.perform(.user(.gmemFault(guest, 600, flushes: flushes))) == .success)
      #expect(machine.counters[.flushTLBKernelRange] - ranges == (flushes ? 600 : 0))
      let pages = try #require(machine.kept.value.guests.first).pages
      #expect(pages.count == 600 && machine.kept.value.guests.count == 1)
      for page in pages.prefix(3) {
        #expect(try Self.leaf(page.pfn, machine).entry.isPresent == false)
      }
      let splits = machine.counters[.level2Splits]
      #expect(splits >= 2)
      try machine.perform(.user(.gmemRelease(guest)))
      let back = try Self.leaf(pages[0].pfn, machine)
      #expect(back.size == .size4K && back.flags.contains([.present, .writable]))
      #expect(!back.flags.contains(.global) && !back.flags.contains(.dirty))
      #expect(machine.counters[.level2Splits] == splits)
      #expect(machine.freeOrInTables == free && machine.kept.value.guests.isEmpty)
      try machine.checkInvariants()
    }
  }

  @Test func `RMPUPDATE splits for 4K, and not for whole 2M`() throws {
    var machine = try Self.booted()
    #expect(try machine.perform(.user(.rmpUpdate(0x110000, 512))) == .success)
    #expect(try Self.leaf(0x110000, machine).size == .size1G)
    try machine.perform(.user(.rmpUpdate(Self.page, 1)))
    #expect(try Self.leaf(Self.page, machine).size == .size4K)
    #expect(try Self.leaf(Self.page, machine).flags.contains(.kernel4K))
    let counters = machine.counters
    try machine.perform(.user(.rmpUpdate(Self.page + 1, 1)))
    #expect(machine.counters == counters)
    // 513 pages from a border on: one update of 2M, and one of 4K behind it.
    try machine.perform(.user(.rmpUpdate(0x150000, 513)))
    #expect(try Self.leaf(0x150000, machine).size == .size2M)
    #expect(try Self.leaf(0x150200, machine).size == .size4K)
  }

  @Test func `RMPUPDATE fails as a fault where no table is to be had`() throws {
    var machine = try Self.booted()
    try machine.perform(.policy(.failRequests(PageSupply.Refusals(after: 0, times: nil))))
    #expect(try machine.perform(.user(.rmpUpdate(Self.page, 1))) == .fault)
  }

  @Test func `a bad page leaves by a decoy, which flushes everything`() throws {
    var machine = try Self.booted()
    let before = machine.counters
    #expect(try machine.perform(.user(.hwpoison(Self.page))) == .success)
    let gone = try Self.leaf(Self.page, machine)
    #expect(gone.size == .size4K && !gone.entry.isPresent && !gone.flags.contains(.global))
    #expect(gone.flags.contains([.writable, .dirty]))
    #expect(machine.counters[.flushTLBOneKernel] == before[.flushTLBOneKernel])
    #expect(machine.counters[.cpaFlush] == before[.cpaFlush] + 1)
    try machine.perform(.user(.unpoison(Self.page)))
    let back = try Self.leaf(Self.page, machine)
    #expect(back.entry.isPresent && !back.flags.contains(.global))
  }

  @Test func `kexec makes its page executable in the direct map, and gives back all but the leaf`()
    throws
  {
    let next = try #require(Name("next"))
    var machine = try Self.booted()
    let free = machine.freeOrInTables
    try machine.perform(.user(.kexecLoad(next)))
    let pfn = try #require(machine.kept.value.kexecs.first).pfn
    let code = try Self.leaf(pfn, machine)
    #expect(code.size == .size4K && !code.flags.contains(.nx) && !code.flags.contains(.writable))
    try machine.perform(.user(.kexecUnload(next)))
    let back = try Self.leaf(pfn, machine)
    #expect(back.size == .size4K && back.flags.contains([.nx, .writable]))
    #expect(machine.freeOrInTables == free)
    #expect(throws: CallError.self) { try machine.perform(.user(.kexecUnload(next))) }
  }

  @Test func `freetypes flip whole blocks, both ways`() throws {
    let guest = try #require(Name("guest"))
    var machine = try Self.booted(.linux7_2, [.freetype2026])
    let before = machine.counters
    try machine.perform(.user(.gmemFault(guest, 1024, flushes: true)))
    #expect(machine.counters[.level2Splits] == before[.level2Splits])
    #expect(machine.counters[.flushTLBKernelRange] - before[.flushTLBKernelRange] == 2)
    let blocks = machine.kept.value.policies.freetype2026.blocks
    #expect(blocks.count == 2 && blocks.allSatisfy { $0.used == 512 })
    for block in blocks {
      let leaf = try Self.leaf(block.first, machine)
      #expect(leaf.size == .size2M && !leaf.entry.isPresent)
    }
    try machine.perform(.user(.gmemRelease(guest)))
    #expect(machine.kept.value.policies.freetype2026.freePages == 1024)
    try machine.checkInvariants()
    // A user who takes all memory gets these blocks too.
    let flushes = machine.counters[.flushTLBKernelRange]
    for number in 0..<4096 {
      let hog = try #require(Name("hog\(number)"))
      let code = try machine.perform(.allocPages(hog, order: 9, .unmovable, node: nil))
      if code != .success { break }
    }
    #expect(machine.kept.value.policies.freetype2026.blocks.isEmpty)
    #expect(machine.kept.value.policies.freetype2026.mappedEver == 2)
    #expect(machine.counters[.flushTLBKernelRange] == flushes)
    for block in blocks {
      let leaf = try Self.leaf(block.first, machine)
      #expect(leaf.size == .size2M && leaf.entry.isPresent && !leaf.flags.contains(.global))
    }
    try machine.checkInvariants()
  }

  @Test func `freetypes: a request that finds no block fails`() throws {
    let guest = try #require(Name("guest"))
    var machine = try Self.booted(.linux7_2, [.freetype2026])
    try machine.perform(.policy(.failBlocks(true)))
    #expect(try machine.perform(.user(.gmemFault(guest, 1, flushes: true))) == .noMemory)
    #expect(machine.kept.value.guests.isEmpty)
  }
}
