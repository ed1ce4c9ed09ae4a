import Engine
import TestSupport
import Testing

/// An entry that is changed behind CPA's back.
@Suite struct PokeTests {
  private static let page: PFN = 0x140001
  private static let address = AddressLayout.directMapAddress(of: page)
  private static let everything = AddressLayout.pageOffset..<AddressLayout.directMapEnd

  private func poke(
    _ pfn: PFN = page, set: EntryFlags = [], clear: EntryFlags = [], flushes: Bool = false,
  ) -> Call {
    .poke(.frame(pfn), EntryPoke(set: set, clear: clear, flushes: flushes))
  }

  private func split(_ policies: [PolicyName] = []) throws -> Machine {
    var machine = try Machine.booted(policies)
    try machine.perform(.setMemory(.split4K, .frame(Self.page), 1))
    return machine
  }

  @Test func `the entry changes, and nothing else does`() throws {
    let before = try split()
    var machine = before
    var log = EventLog()
    #expect(try machine.perform(poke(clear: [.present, .dirty]), into: &log) == .success)
    let old = try #require(before.tables.lookup(Self.address))
    let new = try #require(machine.tables.lookup(Self.address))
    // CPA would take G too; KFENCE leaves it.
    #expect(new.flags == old.flags.subtracting([.present, .dirty]) && new.pfn == old.pfn)
    #expect(new.flags.contains(.global))
    #expect(log.events == [.entryWritten(Self.address, .size4K, old: old.entry, new: new.entry)])
    #expect(machine.counters == before.counters)
    try machine.checkInvariants()
    try machine.perform(poke(set: [.present, .dirty]))
    #expect(machine.checksum == before.checksum)
  }

  @Test func `a flush comes where it is asked for, and is counted`() throws {
    let before = try split()
    var machine = before
    var log = EventLog()
    try machine.perform(poke(clear: .writable, flushes: true), into: &log)
    #expect(log.events.last == .flushed(.kernelRange(1)))
    let moved = machine.counters.since(before.counters)
    #expect(moved[.flushTLBKernelRange] == 1)
    // Nothing to write: the flush comes all the same.
    log.removeAll()
    try machine.perform(poke(clear: .writable, flushes: true), into: &log)
    #expect(log.events == [.flushed(.kernelRange(1))])
  }

  @Test func `a large leaf stays one, and only its presence cannot change`() throws {
    var machine = try Machine.booted([])
    let size = try #require(machine.tables.lookup(Self.address)).size
    #expect(size > .size4K)
    try machine.perform(poke(set: .pat, clear: .writable))
    let leaf = try #require(machine.tables.lookup(Self.address))
    #expect(leaf.size == size && leaf.flags.isSuperset(of: [.pse, .patLarge]))
    #expect(!leaf.flags.contains(.writable) && !leaf.flags4K.isDisjoint(with: .pat))
    try machine.checkInvariants()
    #expect(throws: CallError.presenceOfLargeLeaf(Self.address)) {
      try machine.perform(poke(clear: .present))
    }
  }

  @Test func `what says where an entry points cannot be changed`() throws {
    var machine = try split()
    #expect(throws: CallError.bitsNotPoked(.patLarge)) {
      try machine.perform(poke(set: .patLarge))
    }
    #expect(throws: CallError.self) { try machine.perform(poke(0x8000_0000, clear: .present)) }
  }

  @Test func `a policy that counts entries does not learn of it`() throws {
    var machine = try Machine.booted([.hyeyooCount2022])
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    #expect(machine.drift(in: Self.everything).isEmpty)
    try machine.perform(poke(Self.page + 1, clear: .writable))
    let drift = try #require(machine.drift(in: Self.everything).first)
    #expect(drift.tracked.count == 1 && drift.found.count == 2)
    try machine.perform(poke(Self.page + 1, set: .writable))
    #expect(machine.drift(in: Self.everything).isEmpty)
  }
}
