import TestSupport
import Testing

@testable import Engine

/// x86's CPA on arm64, the experiment: what splits, what stays, what comes back.
@Suite struct GenericCPATests {
  private static func machine(
    _ policies: [PolicyName] = [.genericCPA2026], bbml2: Bool = true,
  ) throws -> Machine {
    try Machine.arm64(gibibytes: 2, kernel: .linux7_3Arm64, policies: policies) {
      $0[.bbml2] = bbml2
    }
  }

  @Test func `a page splits as far as needed, and a collapse brings it all back`() throws {
    var machine = try Self.machine()
    let whole = machine.linearRuns
    let free = machine.physical.freePages
    let name = SetMemory.ro
    #expect(try machine.perform(.setMemory(name, .frame(0x42345), 1)) == .success)
    #expect(machine.linearRuns.contains("0x42345 1 x 4K ro"))
    #expect(machine.linearRuns.contains("0x42340 5 x 4K"))
    #expect(machine.counters[.flushTLBKernelRange] == 1)
    try machine.perform(.setMemory(.rw, .frame(0x42345), 1))
    #expect(machine.linearMapBooks.splits == 2)
    // Of the group of sixteen around it CONT is gone, which is no difference to the test.
    try machine.perform(.collapse(.frame(0x42200), 512))
    #expect(machine.counters[.level2Collapses] == 1 && machine.counters[.level3Collapses] == 1)
    #expect(machine.linearRuns == whole)
    // The tables of both splits are free again.
    #expect(machine.physical.freePages == free)
    try machine.checkInvariants()
  }

  @Test func `what is so already is left alone`() throws {
    var machine = try Self.machine()
    let before = machine
    #expect(try machine.perform(.setMemory(.rw, .frame(0x42345), 700)) == .success)
    #expect(machine.linearRuns == before.linearRuns)
    #expect(machine.counters[.flushTLBKernelRange] == before.counters[.flushTLBKernelRange])
    #expect(machine.linearMapBooks.splits == before.linearMapBooks.splits)
  }

  @Test func `rox collapses what it was asked for, and nothing else`() throws {
    var machine = try Self.machine()
    try machine.perform(.setMemory(.ro, .frame(0x42345), 1))
    try machine.perform(.setMemory(.ro, .frame(0x46345), 1))
    try machine.perform(.setMemory(.rox, .frame(0x42200), 512))
    let leaf = try #require(machine.tables.lookup(machine.directMapAddress(of: 0x42345)))
    #expect(leaf.size == .size2M && leaf.flags.isDisjoint(with: [.writable, .nx, .contiguous]))
    #expect(machine.counters[.level2Collapses] == 1 && machine.counters[.level3Collapses] == 0)
    let other = try #require(machine.tables.lookup(machine.directMapAddress(of: 0x46345)))
    #expect(other.size == .size4K)
    try machine.checkInvariants()
  }

  @Test func `without the feature a map of pages changes, and nothing collapses`() throws {
    var machine = try Self.machine(bbml2: false)
    try machine.perform(.setMemory(.ro, .frame(0x42345), 1))
    try machine.perform(.setMemory(.rw, .frame(0x42345), 1))
    try machine.perform(.collapse(.frame(0x42200), 512))
    #expect(machine.counters[.level2Collapses] == 0 && machine.linearMapBooks.splits == 0)
    let answer = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x42345))
    #expect(!answer.isForGood && answer.obstacle == .sizeUnavailable)
  }

  @Test func `why not tells what blocks, and without the experiment that nothing merges`() throws {
    var machine = try Self.machine()
    try machine.perform(.setMemory(.ro, .frame(0x42345), 1))
    let address = machine.directMapAddress(of: 0x42345)
    let answer = machine.whyNot(.size2M, at: address)
    #expect(!answer.isForGood && answer.blockers == 1)
    guard case .flagsDiffer(let index, let flags)? = answer.obstacle else {
      Issue.record("\(String(describing: answer.obstacle))")
      return
    }
    #expect(index == 0x145 && flags == .writable)
    var plain = try Self.machine([])
    #expect(try plain.perform(.setMemory(.ro, .frame(0x42345), 1)) == .invalid)
    #expect(throws: CallError.self) { try plain.perform(.collapse(.frame(0x42200), 512)) }
    try plain.perform(.setDirectMap(.invalid, 0x42345, 1))
    #expect(plain.whyNot(.size2M, at: address).isForGood)
  }

  @Test func `an area's pages turn read-only in the linear map too, and all CPUs flush everything`()
    throws
  {
    let area = try #require(Name("code"))
    var machine = try Self.machine()
    try machine.perform(.user(.vmalloc(area, 4, UserCall.VmallocOptions())))
    let before = machine.counters
    #expect(try machine.perform(.setMemory(.rox, .area(area, page: 0), 4)) == .success)
    #expect(machine.counters[.flushTLBAll] == before[.flushTLBAll] + 1)
    let found = try #require(machine.areas.area(named: area))
    for pfn in machine.backing(of: found) {
      let leaf = try #require(machine.tables.lookup(machine.directMapAddress(of: pfn)))
      #expect(!leaf.flags.contains(.writable) && leaf.flags.contains(.nx))
    }
    let code = try #require(machine.tables.lookup(found.start))
    #expect(code.flags.isDisjoint(with: [.writable, .nx]))
    try machine.checkInvariants()
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `what must hold holds after every call, and events are all there is to it`(
    seed: UInt64,
  ) throws {
    var random = SeededGenerator(seed: seed)
    var machine = try Self.machine(
      random.oneIn(3) ? [.genericCPA2026, .kpkeys2025] : [.genericCPA2026])
    for _ in 0..<40 {
      let pfn = PFN(0x40000 + random.next(below: 0x2000))
      let pages = PageCount(1 + random.next(below: random.pick([1, 16, 600, 3000])))
      let call: Call =
        switch random.next(below: 4) {
        case 0: .collapse(.frame(pfn), pages)
        case 1: .setDirectMap(random.oneIn(2) ? .invalid : .default, pfn, min(pages, 20))
        default: .setMemory(random.pick([.ro, .rw, .x, .nx, .rox]), .frame(pfn), pages)
        }
      try machine.performReplayed(call)
      try machine.checkInvariants()
    }
    // All of it can be whole again.
    try machine.perform(.setDirectMap(.default, 0x40000, 0x3000))
    try machine.perform(.setMemory(.rw, .frame(0x40000), 0x3000))
    try machine.perform(.setMemory(.nx, .frame(0x40000), 0x3000))
    try machine.perform(.collapse(.frame(0x40000), 0x3000))
    try machine.checkInvariants()
    let keyed = machine.kernel.linearMap.tableKeys != .none
    let leaf = try #require(machine.tables.lookup(machine.directMapAddress(of: 0x40000)))
    #expect(keyed || leaf.size == .size1G)
  }
}
