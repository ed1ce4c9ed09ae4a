import Engine
import TestSupport
import Testing

/// What must hold of every policy that merges.
@Suite struct MergingPropertyTests {
  /// The frames that are changed: four 2M blocks around a border of 1G.
  private static let frames: Range<PFN> = 0x13fc00..<0x140400

  private static func randomCall(_ random: inout SeededGenerator) -> Call {
    let first = frames.lowerBound + PageCount(random.next(below: 2048))
    let room = frames.upperBound - first
    let pages = min(room, PageCount(1 + random.next(below: random.pick([1, 8, 600, 2048]))))
    return .setMemory(random.pick([.ro, .rw, .x, .nx]), .frame(first), pages)
  }

  @Test(arguments: PolicyName.merging, [1, 2, 3] as [UInt64])
  func `permissions and owners are those without it, only sizes differ`(
    policy: PolicyName, seed: UInt64,
  ) throws {
    var plain = try Machine.booted([])
    var merging = try Machine.booted([policy])
    var random = SeededGenerator(seed: seed)
    for step in 0..<80 {
      // Now and then all is made ordinary again, so that there is something to merge.
      let undoes: SetMemory? = step % 8 == 6 ? .rw : step % 8 == 7 ? .nx : nil
      let call =
        undoes.map { Call.setMemory($0, .frame(Self.frames.lowerBound), 2048) }
        ?? Self.randomCall(&random)
      try plain.perform(call)
      // The prototype of 2022 may stop the kernel, by its own check; up to there it must agree.
      if try merging.perform(call) == .bug { break }
      var pfn = Self.frames.lowerBound
      while pfn < Self.frames.upperBound {
        let address = AddressLayout.directMapAddress(of: pfn)
        let own = try #require(merging.tables.lookup(address))
        let other = try #require(plain.tables.lookup(address))
        #expect(
          PermissionClass(own.flags, own.size) == PermissionClass(other.flags, other.size),
          "\(call) at \(pfn)")
        #expect(own.size >= other.size, "\(call) at \(pfn)")
        pfn = pfn + 1
      }
      #expect(merging.freeOrInTables == plain.freeOrInTables)
    }
    try merging.checkInvariants()
    let splitsUndone = merging.counters[.level1Merges] + merging.counters[.level2Merges]
    #expect(splitsUndone > 0, "nothing merged: the test shows nothing")
  }

  @Test(arguments: PolicyName.merging)
  func `ro then rw gives the block and the GiB back, in any order and in pieces`(
    policy: PolicyName,
  ) throws {
    var machine = try Machine.booted([policy])
    let page: PFN = 0x140000
    for (offset, pages) in [(0, 1), (100, 300), (7, 505)] as [(UInt64, UInt64)] {
      try machine.perform(.setMemory(.ro, .frame(page + PageCount(offset)), PageCount(pages)))
    }
    #expect(machine.tables.lookup(AddressLayout.directMapAddress(of: page))?.size == .size4K)
    for offset in [256, 0] as [UInt64] {
      try machine.perform(.setMemory(.rw, .frame(page + PageCount(offset)), 256))
    }
    #expect(machine.tables.lookup(AddressLayout.directMapAddress(of: page))?.size == .size1G)
    #expect(machine.counters[.level1Merges] == 1 && machine.counters[.level2Merges] == 1)
  }

  @Test func `the example of the thread: 511 writable entries and one read-only, then 512`() throws
  {
    var machine = try Machine.booted([.hyeyooBitmap2022])
    let address = AddressLayout.directMapAddress(of: 0x140000)
    try machine.perform(.setMemory(.ro, .frame(0x140013), 1))
    let track = try #require(machine.tables.track(ofEntries: .size4K, at: address))
    // Entry 0x13 is the fourth of the third group of eight.
    #expect(track.isTracked && track.word == 1 << 2)
    #expect(machine.tables.track(ofEntries: .size2M, at: address)?.word == 1)
    let before = machine.counters
    try machine.perform(.setMemory(.rw, .frame(0x140013), 1))
    let cost = machine.counters.since(before)
    #expect(machine.tables.lookup(address)?.size == .size1G)
    // Eight entries and a word at each of the two levels; a flush for each merge.
    #expect(cost[.entriesScanned] == 16 && cost[.wordsTested] == 2 && cost[.mergeFlushes] == 2)
    #expect(cost[.flushTLBAll] == 2)
  }

  @Test func `what each test costs is counted by its own rule`() throws {
    func cost(_ policy: PolicyName) throws -> Counters {
      var machine = try Machine.booted([policy])
      try machine.perform(.setMemory(.ro, .frame(0x140000), 1))
      try machine.perform(.setMemory(.ro, .frame(0x140009), 1))
      let before = machine.counters
      try machine.perform(.setMemory(.rw, .frame(0x140009), 1))
      return machine.counters.since(before)
    }
    #expect(try cost(.hyeyooBitmap2022)[.entriesScanned] == 8)
    #expect(try cost(.hyeyooCount2022)[.entriesScanned] == 512)
    #expect(try cost(.aaronLu2022)[.entriesScanned] == 0)
    #expect(try cost(.aaronLu2022)[.wordsTested] == 1)
    // All 2M entries are walked; in the one table, entry 1 differs from entry 0; the 2M entries end at
    // entry 0, which is that table.
    #expect(try cost(.kirill2020)[.entriesScanned] == 512 + 2 + 1)
    #expect(try cost(.kirill2020)[.mergeFlushes] == 0)
  }
}
