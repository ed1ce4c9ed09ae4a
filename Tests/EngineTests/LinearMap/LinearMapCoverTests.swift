import Engine
import TestSupport
import Testing

/// What must hold of every linear map that is built.
@Suite struct LinearMapCoverTests {
  /// Random banks, some with odd borders, some that share tables.
  private static func banks(
    _ random: inout SeededGenerator, cap: UInt64,
  ) -> [Range<UInt64>] {
    var start: UInt64 = random.next(below: 3) << 18
    var banks: [Range<UInt64>] = []
    for _ in 0...random.next(below: 4) {
      let gap: UInt64 = random.pick([1, 15, 16, 100, 511, 512, 8192, 262_144, 5 << 18])
      let unit: UInt64 = random.pick([1, 16, 512, 8192, 262_144])
      let pages = unit * (1 + random.next(below: random.pick([2, 40, 600])))
      let length = min(pages, cap)
      start += random.next(below: gap + 1)
      if random.oneIn(2) { start = (start + unit - 1) / unit * unit }
      banks.append(start..<(start + length))
      start += length + 1
    }
    return banks
  }

  private static func machine(_ seed: UInt64) throws -> Machine {
    var random = SeededGenerator(seed: seed)
    // Many GiB only in blocks: each leaf is looked at.
    let isLarge = random.oneIn(2)
    var description = MachineDescription.arm64(
      frames: banks(&random, cap: isLarge ? 6 << 18 : 0x2000))
    description.cpu[.rodataFull] = !isLarge && random.oneIn(2)
    description.cpu[.kfence] = random.oneIn(3)
    description.cpu[.bbml2] = random.oneIn(2)
    description.cpu[.bbml2All] = isLarge || !random.oneIn(3)
    return try Machine(booting: description, kernel: random.pick(KernelProfile.arm64))
  }

  @Test(arguments: 0..<48 as Range<UInt64>)
  func `covers exactly the memory, with legal leaves, and is built again the same`(
    seed: UInt64,
  ) throws {
    let machine: Machine
    do { machine = try Self.machine(seed) } catch is BootError { return }
    try machine.checkInvariants()
    #expect(LinearMapLeaves(of: machine).pages == machine.memory.pages)
    let before = machine
    var again = machine
    var log = EventLog()
    #expect(try again.perform(.linearMap(.mapMem), into: &log) == .success)
    #expect(again.checksum == machine.checksum)
    #expect(again.linearRuns == machine.linearRuns)
    var replayed = before
    replayed.apply(log.events)
    #expect(replayed.checksum == again.checksum)
    for count in [1, log.events.count / 2] {
      var inside = before
      inside.apply(log.events.prefix(count))
      #expect(inside.linearMapBooks.early.tables <= machine.linearMapBooks.early.tables)
    }
  }

  @Test func `takes the largest leaves that the borders allow`() throws {
    // 60K below a 64K border, then 64K groups, 2M blocks, 32M groups, 1G, and the same back.
    let first: UInt64 = 0x4_0000 - 0x2000 - 0x200 - 0x10 - 0xf
    let last: UInt64 = 0x8_0000 + 0x2000 + 0x200 + 0x10 + 1
    var description = MachineDescription.arm64(frames: [first..<last])
    description.cpu[.rodataFull] = false
    let machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    #expect(
      machine.linearRuns == [
        "0x3dde1 15 x 4K", "0x3ddf0 16 x 4K CONT", "0x3de00 1 x 2M", "0x3e000 16 x 2M CONT",
        "0x40000 1 x 1G", "0x80000 16 x 2M CONT", "0x82000 1 x 2M", "0x82200 16 x 4K CONT",
        "0x82210 1 x 4K",
      ])
    // Two PTE tables, two PMD tables, one PUD table.
    #expect(machine.linearMapBooks.early.tables == 5)
    let leaves = LinearMapLeaves(of: machine)
    #expect(
      leaves.bySize.map(\.count) == [16, 2, 2, 2, 1] && leaves.pages == PageCount(last - first))
  }

  @Test func `the kernel image lies apart, read-only and without groups`() throws {
    var description = try #require(MachineDescription(builtIn: "arm64-4g"))
    description.cpu[.rodataFull] = false
    description.cpu[.kfence] = true
    let machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    try machine.checkInvariants()
    let runs = machine.linearRuns
    #expect(runs.filter { $0.hasSuffix(" ro") } == ["0x40210 496 x 4K ro", "0x40400 11 x 2M ro"])
    #expect(runs.last == "0x13fe00 512 x 4K")
  }

  @Test func `memory that tables and descriptors take is not free`() throws {
    let pages = try Machine.arm64(gibibytes: 16)
    let blocks = try Machine.arm64(gibibytes: 16) { $0[.rodataFull] = false }
    #expect(blocks.physical.freePages - pages.physical.freePages == 8208)
    #expect(pages.physical.zones.map(\.kind) == [.dma, .normal])
    #expect(pages.physical.zones[0].span == 0..<0x10_0000)
  }

  /// A firmware map and an image may come from two machines; booted, the kernel would have no memory.
  @Test func `refuses a kernel image that is not in RAM`() throws {
    var description = try #require(MachineDescription(builtIn: "arm64-4g"))
    let image = try #require(description.image)
    let whole = image.text.lowerBound..<image.data.upperBound
    description.e820 = [
      .init(PhysicalAddress(0x4000_0000)..<PhysicalAddress(0x4200_0000), .usable)
    ]
    #expect(throws: BootError.imageOutsideRAM(whole)) {
      try Machine(booting: description, kernel: .linux6_12Arm64)
    }
  }

  @Test func `a machine and a kernel of different make do not go together`() throws {
    let x86 = try #require(MachineDescription(builtIn: "teaching-4g"))
    #expect(throws: BootError.otherArchitecture(.x86_64, kernel: "linux-6.12-arm64")) {
      try Machine(booting: x86, kernel: .linux6_12Arm64)
    }
    let arm64 = try #require(MachineDescription(builtIn: "arm64-64g"))
    #expect(throws: BootError.otherArchitecture(.arm64, kernel: "linux-7.2")) {
      try Machine(booting: arm64, kernel: .linux7_2)
    }
    #expect(throws: BootError.policyOfOtherArchitecture(.kirill2020, kernel: "linux-6.12-arm64")) {
      try Machine.arm64(gibibytes: 1, policies: [.kirill2020])
    }
    #expect(throws: BootError.policyOfOtherArchitecture(.rutland2024, kernel: "linux-7.2")) {
      try Machine.booted([.rutland2024], kernel: .linux7_2)
    }
  }
}
