import TestSupport
import Testing

@testable import Engine

/// The window of the Mermap, by hand from mm/mermap.c.
@Suite struct MermapTests {
  private static func machine(_ policies: [PolicyName] = [.mermap2026]) throws -> Machine {
    try Machine.booted(policies, kernel: .linux7_2)
  }

  private static func state(_ machine: Machine) -> Mermap2026.State {
    machine.kept.value.policies.mermap2026
  }

  private static func get(
    _ name: String, _ pages: PageCount, _ machine: inout Machine,
  ) throws -> ReturnCode {
    let name = try #require(Name(name))
    return try machine.perform(.user(.mermapGet(name, 0x140000, pages)))
  }

  private static func put(_ name: String, _ machine: inout Machine) throws {
    try machine.perform(.user(.mermapPut(try #require(Name(name)))))
  }

  @Test func `space is given out behind the highest mapping, and again behind a flush`() throws {
    var machine = try Self.machine()
    let before = machine.counters
    for (name, pages) in [("a", 100), ("b", 200), ("c", 200)] as [(String, PageCount)] {
      #expect(try Self.get(name, pages, &machine) == .success)
    }
    #expect(Self.state(machine).next == 500)
    // 11 are left but for the reserve; the 300 below are free, and are not used.
    try Self.put("a", &machine)
    try Self.put("b", &machine)
    #expect(try Self.get("d", 12, &machine) == .noMemory)
    #expect(try Self.get("d", 11, &machine) == .success)
    #expect(Self.state(machine).next == 511 && Self.state(machine).refusals == 1)
    #expect(machine.counters[.mermapFlushTLB] == before[.mermapFlushTLB])
    // The highest mapping goes: what is behind c can be used again, behind one flush.
    try Self.put("d", &machine)
    #expect(try Self.get("e", 11, &machine) == .success)
    #expect(machine.counters[.mermapFlushTLB] == before[.mermapFlushTLB] + 1)
    #expect(Self.state(machine).slots.compactMap(\.self).contains { $0.first == 500 })
    // Nobody is interrupted, and the direct map is as it was.
    #expect(machine.counters.shootdowns == before.shootdowns)
    #expect(machine.counters.splits == before.splits)
    try machine.checkInvariants()
  }

  @Test func `four mappings at a time, and no more than the window has`() throws {
    var machine = try Self.machine()
    #expect(try Self.get("whole", 512, &machine) == .noMemory)
    #expect(try Self.get("most", 511, &machine) == .success)
    try Self.put("most", &machine)
    for index in 0..<4 { #expect(try Self.get("m\(index)", 1, &machine) == .success) }
    #expect(try Self.get("more", 1, &machine) == .noMemory)
    #expect(throws: CallError.self) { try Self.get("m1", 1, &machine) }
    #expect(throws: CallError.self) { try Self.put("more", &machine) }
    let name = try #require(Name("x"))
    #expect(throws: CallError.self) { try machine.perform(.user(.mermapGet(name, 0x140000, 0))) }
    var plain = try Self.machine([])
    #expect(throws: CallError.policyOff(.mermap2026)) { try Self.get("x", 1, &plain) }
  }

  @Test func `the reserve serves a page where the window is full`() throws {
    let guest = try #require(Name("guest"))
    var machine = try Self.machine()
    try machine.perform(.user(.gmemFault(guest, 2, flushes: true)))
    #expect(try Self.get("full", 511, &machine) == .success)
    let flushes = machine.counters[.mermapFlushTLB]
    // The first page takes the last page of the window; for the second that must be flushed.
    #expect(try machine.perform(.user(.gmemWrite(guest, 2, flushes: true))) == .success)
    #expect(machine.counters[.mermapFlushTLB] == flushes + 1)
    #expect(Self.state(machine).slots.count { $0 != nil } == 1)
  }

  @Test(arguments: [(true, Int64(0), Int64(2), Int64(0)), (false, 1026, 0, 2)])
  func `what the host writes costs one CPU or all, and splits or not`(
    hasMermap: Bool, shootdowns: Int64, ownFlushes: Int64, splits: Int64,
  ) throws {
    let guest = try #require(Name("guest"))
    var machine = try Self.machine(hasMermap ? [.freetype2026, .mermap2026] : [.freetype2026])
    try machine.perform(.user(.gmemFault(guest, 1024, flushes: true)))
    let before = machine.counters
    #expect(try machine.perform(.user(.gmemWrite(guest, 1024, flushes: true))) == .success)
    let growth = machine.counters.since(before)
    #expect(growth.splits == splits && growth.shootdowns == shootdowns)
    // 511 pages go through the window until it is flushed: the fault has used two pages of it for the third time.
    #expect(growth[.mermapFlushTLB] == ownFlushes)
    try machine.perform(.user(.gmemRelease(guest)))
    #expect(!Self.state(machine).owesFlush)
    let all = machine.counters.since(before)
    #expect(all[.flushTLBKernelRange] == (hasMermap ? 1 : 1024))
    try machine.checkInvariants()
  }

  @Test func `more than the guest has is refused, and without the flush nothing is flushed`() throws
  {
    let guest = try #require(Name("guest"))
    var machine = try Self.machine([])
    #expect(throws: CallError.self) {
      try machine.perform(.user(.gmemWrite(guest, 1, flushes: true)))
    }
    try machine.perform(.user(.gmemFault(guest, 8, flushes: true)))
    #expect(throws: CallError.tooManyPages(9, available: 8)) {
      try machine.perform(.user(.gmemWrite(guest, 9, flushes: true)))
    }
    let before = machine.counters
    try machine.perform(.user(.gmemWrite(guest, 8, flushes: false)))
    #expect(machine.counters.shootdowns == before.shootdowns)
    let pfn = try #require(machine.kept.value.guests.first).pages[0].pfn
    #expect(!machine.isInDirectMap(pfn))
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `random mappings never overlap, and events are all there is to them`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var machine = try Self.machine()
    for _ in 0..<120 {
      let name = try #require(Name("m\(random.next(below: 6))"))
      let call: UserCall =
        random.oneIn(2)
        ? .mermapPut(name)
        : .mermapGet(name, 0x140000, PageCount(1 + random.next(below: random.pick([4, 300, 511]))))
      try machine.performReplayed(.user(call))
      let slots = Self.state(machine).slots.compactMap(\.self).sorted { $0.first < $1.first }
      for (low, high) in zip(slots, slots.dropFirst()) {
        #expect(low.first + low.pages <= high.first)
      }
      #expect(Self.state(machine).endOfLive <= Self.state(machine).next)
      #expect(Self.state(machine).next <= 511)
    }
  }
}
