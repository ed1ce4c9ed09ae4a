import Engine
import TestSupport
import Testing

/// Splitting with FEAT_BBM level 2, by hand from the kernel's rules.
@Suite struct LinearMapSplitTests {
  private static func machine() throws -> Machine {
    try Machine.arm64(gibibytes: 2, kernel: .linux7_0Arm64) { $0[.bbml2] = true }
  }

  @Test func `a one-page change leaves groups, blocks and pages around it`() throws {
    var machine = try Self.machine()
    #expect(machine.linearRuns == ["0x0 2 x 1G"])
    // Page 0x40000 + 0x2345: in the second 32M of the second 1G.
    try machine.perform(.setDirectMap(.invalid, 0x42345, 1))
    #expect(
      machine.linearRuns == [
        "0x0 1 x 1G", "0x40000 16 x 2M CONT", "0x42000 1 x 2M", "0x42200 320 x 4K CONT",
        "0x42340 5 x 4K", "0x42345 1 x 4K invalid", "0x42346 10 x 4K", "0x42350 176 x 4K CONT",
        "0x42400 14 x 2M", "0x44000 480 x 2M CONT",
      ])
    try machine.checkInvariants()
    let books = machine.linearMapBooks
    #expect(books.splits == 2 && books.contDropped == 2 && books.late.tables == 2)
    #expect(machine.counters[.flushTLBKernelRange] == 0)
    // No merging exists: what is valid again stays split.
    try machine.perform(.setDirectMap(.default, 0x42345, 1))
    #expect(machine.linearRuns.contains("0x42340 16 x 4K"))
    #expect(machine.linearMapBooks.splits == 2)
  }

  @Test func `a border that is aligned splits nothing there`() throws {
    var machine = try Self.machine()
    // From a 1G border to a 32M border: the 1G block becomes groups, none of which is touched.
    try machine.perform(.linearMap(.setMemoryValid(.frame(0x40000), 0x2000, false)))
    #expect(
      machine.linearRuns == [
        "0x0 1 x 1G", "0x40000 16 x 2M CONT invalid", "0x42000 496 x 2M CONT",
      ])
    #expect(machine.linearMapBooks.splits == 1 && machine.linearMapBooks.contDropped == 0)
    // A range of whole 2M blocks inside a group: CONT goes, no block is split.
    try machine.perform(.linearMap(.setMemoryValid(.frame(0x44200), 0x400, false)))
    #expect(machine.linearRuns.contains("0x44200 2 x 2M invalid"))
    #expect(machine.linearMapBooks.splits == 1 && machine.linearMapBooks.contDropped == 1)
    try machine.checkInvariants()
  }

  @Test func `of a single page the less aligned border decides`() throws {
    var machine = try Self.machine()
    // The page before a 1G border: its end is aligned to 1G, its start to 4K.
    try machine.perform(.setDirectMap(.invalid, 0x3ffff, 1))
    #expect(
      machine.linearRuns == [
        "0x0 496 x 2M CONT", "0x3e000 15 x 2M", "0x3fe00 496 x 4K CONT", "0x3fff0 15 x 4K",
        "0x3ffff 1 x 4K invalid", "0x40000 1 x 1G",
      ])
  }

  @Test func `a CPU without the feature has all blocks split at boot, but the image's`() throws {
    var description = try #require(MachineDescription(builtIn: "arm64-4g"))
    description.cpu[.bbml2] = true
    description.cpu[.bbml2All] = false
    var machine = try Machine(booting: description, kernel: .linux7_0Arm64)
    try machine.checkInvariants()
    let large = machine.linearRuns.filter { !$0.contains("x 4K") }
    #expect(large == ["0x40400 11 x 2M ro"])
    #expect(!machine.linearRuns.contains { $0.contains("CONT") })
    let splits = machine.linearMapBooks.splits
    #expect(splits > 3)
    try machine.perform(.setDirectMap(.invalid, 0x90001, 1))
    #expect(machine.linearMapBooks.splits == splits)
    #expect(machine.linearRuns.contains("0x90001 1 x 4K invalid"))
  }

  @Test func `without the feature blocks are never split`() throws {
    for kernel in KernelProfile.arm64 {
      var machine = try Machine.arm64(gibibytes: 2, kernel: kernel) { $0[.rodataFull] = false }
      let before = machine.linearRuns
      var log = EventLog()
      #expect(try machine.perform(.setDirectMap(.invalid, 0x42345, 1), into: &log) == .success)
      #expect(log.events == [.decided(.linearMap(.cannotSetDirectMap))])
      let code = try machine.perform(.linearMap(.setMemoryValid(.frame(0x42345), 1, false)))
      #expect(code == .invalid)
      #expect(machine.linearRuns == before)
    }
  }

  @Test func `a split that finds no memory changes nothing and says so`() throws {
    var machine = try Self.machine()
    var blocks = 0
    for order in (0...10).reversed() {
      var code = ReturnCode.success
      while code == .success {
        blocks += 1
        code = try machine.perform(
          .allocPages(try #require(Name("hog\(blocks)")), order: order, .unmovable, node: nil))
      }
    }
    #expect(machine.physical.freePages == 0)
    let before = machine.linearRuns
    #expect(try machine.perform(.setDirectMap(.invalid, 0x42345, 1)) == .noMemory)
    #expect(machine.linearRuns == before)
  }
}
