import Engine
import TestSupport
import Testing

/// The closed forms of the tables and invalidations that building the linear map takes.
@Suite struct LinearMapFormulaTests {
  @Test(arguments: [(16, 8209), (64, 32833), (256, 131_329), (512, 262_657)] as [(UInt64, UInt64)])
  func `takes a table for each 2M, each 1G and each 512G in 4K pages`(
    gibibytes: UInt64, tables: UInt64,
  ) throws {
    let machine = try Machine.arm64(gibibytes: gibibytes)
    let early = machine.linearMapBooks.early
    #expect(early.tables == tables)
    #expect(early[.pte].allocated == 512 * gibibytes)
    #expect(early[.pmd].allocated == gibibytes)
    #expect(early[.pud].allocated == (gibibytes + 511) / 512)
    #expect(early.zeroed == tables)
    #expect(early.entries == gibibytes << 18 + 512 * gibibytes + gibibytes)
    let leaves = LinearMapLeaves(of: machine)
    #expect(leaves.pages4K == gibibytes << 18 && leaves.pages == machine.memory.pages)
    // The closed form says the same, under all rules.
    let closed = LinearMapBooks.Tally(pagesOnly: gibibytes)
    for stage in LinearMapRules.Stage.allCases {
      for isLate in [false, true] {
        #expect(
          early.invalidations(under: stage.rules, isLate: isLate)
            == closed.invalidations(under: stage.rules, isLate: isLate))
      }
      #expect(early.barriers(under: stage.rules) == closed.barriers(under: stage.rules))
    }
  }

  @Test func `invalidates 33 times, twice, once a table, by stage`() throws {
    let early = try Machine.arm64(gibibytes: 64).linearMapBooks.early
    let expected: [(LinearMapRules.Stage, UInt64, late: UInt64)] = [
      (.base, 1_083_458, 32 * 32832 + 1), (.noContRemap, 65666, 32833), (.before, 65666, 32833),
      (.after, 32833, 0), (.review, 32833, 32833), (.lazyUnmap, 1 + 64 + 2048, 0),
    ]
    for (stage, count, late) in expected {
      #expect(early.invalidations(under: stage.rules, isLate: false) == count, "\(stage)")
      #expect(early.invalidations(under: stage.rules, isLate: true) == late, "\(stage)")
    }
  }

  @Test(
    arguments: [
      (.linux6_1Arm64, nil, 1_083_458), (.linux6_9RC2Arm64, nil, 1_083_458),
      (.linux6_12Arm64, nil, 32833), (.linux7_0Arm64, nil, 32833),
      (.linux6_9RC2Arm64, .noContRemap2024, 65666), (.linux6_9RC2Arm64, .batchBarriers2024, 65666),
      (.linux6_9RC2Arm64, .pgtableOps2024, 32833), (.linux6_9RC2Arm64, .rutland2024, 32833),
      (.linux6_9RC2Arm64, .lazyUnmap2024, 2113), (.linux6_12Arm64, .batchBarriers2024, 65666),
    ] as [(KernelProfile, PolicyName?, UInt64)])
  func `a kernel counts what its rules say`(
    kernel: KernelProfile, policy: PolicyName?, count: UInt64,
  ) throws {
    let machine = try Machine.arm64(
      gibibytes: 64, kernel: kernel, policies: policy.map { [$0] } ?? [])
    #expect(machine.linearMapBooks.early.invalidations == count)
    #expect(machine.linearMapBooks.late == LinearMapBooks.Tally())
    let rules = machine.kernel.linearMap
    let early = machine.linearMapBooks.early
    #expect(early.barriers == early.barriers(under: rules))
    #expect(early.fixmaps >= early.invalidations)
  }

  @Test(arguments: [1, 64, 512, 513, 1025] as [UInt64])
  func `blocks of 1G take a table for each 512G`(gibibytes: UInt64) throws {
    let machine = try Machine.arm64(gibibytes: gibibytes) { $0[.rodataFull] = false }
    #expect(machine.linearMapBooks.early.tables == (gibibytes + 511) / 512)
    #expect(LinearMapLeaves(of: machine).blocks1G == gibibytes)
  }

  @Test func `a table that another bank comes to again costs one more`() throws {
    // Two banks that share a 2M slot: one PTE table, one PMD table, one PUD table, each gone to twice.
    let description = MachineDescription.arm64(frames: [0x8000..<0x8100, 0x8180..<0x8200])
    let machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    let early = machine.linearMapBooks.early
    #expect(early.tables == 3)
    #expect(early.invalidations == 6)
    #expect(early.invalidations(under: LinearMapRules.Stage.before.rules, isLate: false) == 9)
    // Before the series each of the groups of 16 pages that a bank comes to is one: 16 and 8.
    let base = early.invalidations(under: LinearMapRules.Stage.base.rules, isLate: false)
    #expect(base == 3 + 24 + 2 + 2)
  }

  @Test func `the cost model gives back what it was fitted on`() throws {
    let column = try #require(LinearMapCost.published.first { $0.isFitted })
    let tally = LinearMapBooks.Tally(pagesOnly: column.gibibytes)
    let fitted: [LinearMapRules.Stage] = [.base, .noContRemap, .before]
    for (stage, milliseconds) in column.milliseconds where fitted.contains(stage) {
      let given = LinearMapCost.picoseconds(tally, under: stage.rules)
      let wanted = milliseconds * 1_000_000_000
      #expect(max(given, wanted) - min(given, wanted) < wanted / 1000, "\(stage)")
    }
    #expect(LinearMapCost.published.count { $0.isFitted } == 1)
  }

  @Test func `too much memory in single pages is refused`() throws {
    #expect(throws: BootError.tooManySinglePages(limit: 0x1_0000_0000)) {
      try Machine.arm64(gibibytes: 17 << 10)
    }
    let blocks = try Machine.arm64(gibibytes: 64 << 10) { $0[.rodataFull] = false }
    #expect(blocks.linearMapBooks.early.tables == 128)
  }
}
