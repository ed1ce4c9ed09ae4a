import TestSupport
import Testing

@testable import Engine

/// What the profiles differ in that no recording shows: each rule once, by hand.
@Suite struct KernelRuleTests {
  private static func booted(
    _ kernel: KernelProfile, isolates: Bool = false, _ machine: String = "teaching-4g",
  ) throws -> Machine {
    var description = try #require(MachineDescription(builtIn: machine))
    description.cpu[.pti] = isolates
    return try Machine(booting: description, kernel: kernel)
  }

  private static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  @Test func `up to the end of 2022 a 1G leaf keeps G under page-table isolation`() throws {
    let page: PFN = 0x100000
    for (kernel, keeps) in [
      (KernelProfile.linux5_11, true), (.linux5_15, false), (.linux6_1, false),
    ] {
      let machine = try Self.booted(kernel, isolates: true)
      let leaf = try #require(machine.tables.lookup(AddressLayout.directMapAddress(of: page)))
      #expect(leaf.size == .size1G && leaf.flags.contains(.global) == keeps, "\(kernel.name)")
      let small = try #require(machine.tables.lookup(AddressLayout.directMapAddress(of: 1)))
      #expect(small.size == .size4K && !small.flags.contains(.global))
    }
  }

  /// A request, what is flushed on 6.18 and 7.0, and on others.
  @Test(arguments: [
    // A few pages: a range of them, or one by one.
    (FrameStride(first: 0x140000, count: 3), false, 3 as Int64, 0 as Int64),
    // Many: a range all the same, or everything.
    (FrameStride(first: 0x140000, count: 256), false, 0, 1),
    // Through another mapping: everything, in either way.
    (FrameStride(first: 0x140000, count: 3), true, 0, 1),
  ])
  func `6.18 and 7.0 flush one range where others flush page by page or everything`(
    frames: FrameStride, isThroughAlias: Bool, singles: Int64, full: Int64,
  ) throws {
    for (kernel, isRange) in [
      (KernelProfile.linux6_12, false), (.linux6_18, true), (.linux7_0, true),
      (.linux7_1, false), (.linux7_3, false),
    ] {
      var machine = try Self.booted(kernel)
      let area = try Self.name("area")
      try machine.perform(.vmap(area, frames, at: nil))
      // The leaves are split first.
      try machine.perform(.setMemory(.ro, .frame(frames.first), frames.count))
      try machine.perform(.setMemory(.rw, .frame(frames.first), frames.count))
      let before = machine.counters
      let target = isThroughAlias ? Call.Target.area(area, page: 0) : .frame(frames.first)
      try machine.perform(.setMemory(.ro, target, frames.count))
      let growth = machine.counters.since(before)
      #expect(growth[.cpaFlush] == 1)
      #expect(growth[.flushTLBKernelRange] == (isRange ? 1 : 0), "\(kernel.name)")
      #expect(growth[.flushTLBAll] == (isRange ? 0 : full), "\(kernel.name)")
      #expect(growth[.cpaFlushTLB] == (isRange || singles == 0 ? 0 : 1), "\(kernel.name)")
      #expect(growth[.flushTLBOneKernel] == singles, "\(kernel.name)")
    }
  }

  @Test func `D goes with RW from 6.12.25 on`() throws {
    for (kernel, keeps) in [
      (KernelProfile.linux6_6, true), (.linux6_12_24, true), (.linux6_12, false),
    ] {
      var machine = try Self.booted(kernel)
      try machine.perform(.setMemory(.ro, .frame(0x140000), 1))
      let leaf = try #require(machine.tables.lookup(AddressLayout.directMapAddress(of: 0x140000)))
      #expect(leaf.flags.contains(.dirty) == keeps, "\(kernel.name)")
    }
  }

  @Test func `tables of splits are counted, and uncounted where leaves collapse`() throws {
    var machine = try Self.booted(.linux7_2)
    let before = machine.counters[.splitTables]
    let area = try Self.name("x")
    try machine.perform(.setMemory(.ro, .frame(0x140000), 1))
    #expect(machine.counters[.splitTables] == before + 2)
    try machine.perform(.user(.execmemAlloc(area, 8)))
    let split = machine.counters[.splitTables]
    try machine.perform(.user(.execmemRestore(area)))
    #expect(machine.counters[.splitTables] == split - 1)
  }

  @Test func `7.3 takes BPF packs from the cache: one 2M leaf, and no split of 2M`() throws {
    let first = try Self.name("first")
    for (kernel, splits) in [(KernelProfile.linux7_2, Int64(1)), (.linux7_3, 0)] {
      var machine = try Self.booted(kernel)
      let before = machine.counters[.level2Splits]
      try machine.perform(.user(.bpfLoad(first, bytes: 1500)))
      #expect(machine.counters[.level2Splits] - before == splits, "\(kernel.name)")
      let pack = try Self.name("bpf_prog_pack-0")
      let busy = machine.kept.value.rox.busy.first { $0.name == pack }?.range.lowerBound
      let address = try #require(machine.areas.area(named: pack)?.start ?? busy)
      if splits == 0 { #expect(machine.tables.lookup(address)?.size == .size2M) }
      try machine.perform(.user(.bpfFree(first)))
      #expect(machine.kept.value.packs.isEmpty && machine.kept.value.rox.busy.isEmpty)
      try machine.checkInvariants()
    }
  }

  /// Two texts that do not fill a chunk of 4M, so that its upper half is free while the lower is not.
  @Test func `up to 7.3.3 a chunk may go while somebody holds a part of it`() throws {
    let (a, b, c) = (try Self.name("a"), try Self.name("b"), try Self.name("c"))
    for (kernel, goes) in [(KernelProfile.linux7_2, true), (.linux7_3, false)] {
      var machine = try Self.booted(kernel)
      try machine.perform(.user(.execmemAlloc(a, 600)))
      try machine.perform(.user(.execmemAlloc(b, 424)))
      try machine.perform(.user(.execmemFree(a)))
      try machine.perform(.user(.execmemAlloc(c, 512)))
      var log = EventLog()
      try machine.perform(.user(.execmemFree(b)), into: &log)
      let told = log.events.contains {
        if case .decided(.policy(.chunkInUse(_, 1024, held: 512))) = $0 { true } else { false }
      }
      #expect(told == goes, "\(kernel.name)")
      let held = try #require(machine.kept.value.rox.busy.first { $0.name == c }).range.lowerBound
      #expect((machine.tables.lookup(held) == nil) == goes)
    }
  }
}
