import Engine
import TestSupport
import Testing

/// What holds for every machine, drawn at random or built in.
struct BootInvariantTests {
  /// A memory map with holes of all sizes at all alignments.
  static func map(seed: Int) -> [MachineDescription.E820Entry] {
    var random = SeededGenerator(seed: UInt64(seed))
    var entries: [MachineDescription.E820Entry] = []
    var start: UInt64 = 0
    for _ in 0..<Int.random(in: 2...12, using: &random) {
      let shift = UInt64.random(in: 12...34, using: &random)
      let length = UInt64.random(in: 1...(1 << shift), using: &random) + 4096
      let align: UInt64 = 1 << (UInt64.random(in: 0...3, using: &random) * 10)
      start = (start + align - 1) & ~(align - 1)
      let kinds: [MachineDescription.E820Entry.Kind] = [
        .usable, .usable, .usable, .reserved, .acpi,
      ]
      if let kind = kinds.randomElement(using: &random) {
        entries.append(BootStepTests.entry(start, start + length, kind))
      }
      // Now and then the next entry overlaps this one.
      start += Bool.random(using: &random) ? length : length / 2
    }
    start += 1 << 35
    entries.append(BootStepTests.entry(start, start + 1 << 22, .usable))
    return entries.shuffled(using: &random)
  }

  private func check(_ machine: Machine) {
    var mapped: [Range<PFN>] = []
    var census: [LeafSize: UInt64] = [:]
    let room = AddressLayout.directMapEnd - AddressLayout.pageOffset
    for run in machine.tables.runs(from: AddressLayout.pageOffset, pages: room) {
      guard let size = run.size, let pfn = AddressLayout.directMapFrame(of: run.start) else {
        continue
      }
      #expect(pfn.isAligned(to: size))
      #expect(run.pages.rawValue % size.pages.rawValue == 0)
      #expect(machine.tables.lookup(run.start)?.pfn == pfn)
      census[size, default: 0] += run.leafCount
      mapped.append(pfn..<(pfn + run.pages))
    }
    #expect(MemoryMap(mapped) == machine.memory)
    #expect(machine.tables.lookup(AddressLayout.pageOffset)?.size == .size4K)
    for size in LeafSize.allCases where machine.image == nil {
      // Counted at least as often as there are; the excess is whole leaves counted again.
      #expect(UInt64(machine.counters[.directMap(size)]) >= census[size, default: 0])
    }
    #expect(machine.isRunning)
  }

  @Test(arguments: 0..<200) func `maps exactly the RAM`(_ seed: Int) throws {
    let kernel = KernelProfile.x86[seed % 3]
    for feature in [nil, CPUFeatures.Switch.gbpages, .pti] {
      var cpu = CPUFeatures()
      if let feature { cpu[feature].toggle() }
      let description = BootStepTests.machine(Self.map(seed: seed), cpu: cpu, image: nil)
      for isBottomUp in [false, true] {
        check(
          try Machine(
            booting: description, kernel: kernel, options: BootOptions(isBottomUp: isBottomUp)))
      }
    }
  }

  @Test func `boots every built-in machine with every kernel`() throws {
    for description in MachineDescription.x86 {
      for kernel in KernelProfile.x86 { check(try Machine(booting: description, kernel: kernel)) }
      #expect(MachineDescription(builtIn: description.name) == description)
    }
    #expect(MachineDescription(builtIn: "teapot") == nil)
    #expect(
      MachineDescription.x86.map(\.name).sorted() == [
        "giant-64t", "laptop-16g", "server-1t", "server-256g-2node", "teaching-4g",
      ])
  }

  @Test func `takes little memory for 64 TiB`() throws {
    let giant = try #require(MachineDescription(builtIn: "giant-64t"))
    var log = EventLog()
    let machine = try Machine.boot(giant, kernel: .linux7_2, into: &log)
    #expect(machine.tables.tableCount < 256)
    #expect(log.events.count < 50_000)
  }
}
