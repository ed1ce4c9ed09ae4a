import Engine
import TestSupport
import Testing

/// Memory of devices, `vmap()` of larger blocks, and walks of 4K entries.
@Suite struct IoremapTests {
  private static let device: PFN = 0x400000

  private static func area(_ machine: Machine, _ name: Name) throws -> Area {
    try #require(machine.areas.area(named: name))
  }

  @Test(
    arguments: [
      // The alignment of the size, at least a page and at most 1G; the caller's only by the patch.
      (1, nil, 12, 12), (3, nil, 14, 14), (512, nil, 21, 21), (513, nil, 22, 22),
      (1 << 18, nil, 30, 30), (1 << 19, nil, 30, 30), (1024, 1 << 32, 22, 32),
      (1024, 4096, 22, 22),
    ] as [(UInt64, UInt64?, UInt64, UInt64)])
  func `is aligned to its size, or as its caller asks`(
    pages: UInt64, align: UInt64?, upstream: UInt64, proposed: UInt64,
  ) throws {
    for (policies, order) in [([], upstream), ([PolicyName.hugeVmalloc2020], proposed)] {
      var machine = try Machine.booted(policies, kernel: .linux6_12)
      // An area before it, so that its place is not aligned by chance.
      try machine.perform(
        .vmap(try named("first"), FrameStride(first: 0x140000, count: 1), at: nil))
      let name = try named("bar")
      try machine.perform(
        .user(.ioremap(name, Self.device, PageCount(pages), align: align)))
      let start = try Self.area(machine, name).start.rawValue
      let space = AddressLayout.vmallocStart.rawValue
      // The first place with this alignment behind the area and its guard page.
      let unit = UInt64(1) << order
      #expect(start == (space + 8192 + unit - 1) & ~(unit - 1))
      try machine.checkInvariants()
    }
  }

  @Test func `has uncached leaves, as large as fit`() throws {
    var machine = try Machine.booted([], kernel: .linux6_12)
    let (huge, odd) = (try named("huge"), try named("odd"))
    try machine.perform(.user(.ioremap(huge, Self.device, 262_657, align: nil)))
    let use = machine.use(of: try Self.area(machine, huge))
    #expect([use.leaves1G, use.leaves2M, use.leaves4K] == [1, 1, 1])
    #expect(use.nodes.isEmpty && use.arrayBytes == 0)
    let leaf = try #require(machine.tables.lookup(use.area.start))
    #expect(leaf.flags.isSuperset(of: [.pcd, .pse, .writable]) && !leaf.flags.contains(.pwt))
    // Frame and address must be aligned to the same.
    try machine.perform(.user(.ioremap(odd, Self.device + 1, 1024, align: nil)))
    #expect(machine.use(of: try Self.area(machine, odd)).leaves4K == 1024)
    #expect(machine.vmallocUse.areas == 0)
    try machine.perform(.user(.iounmap(huge)))
    #expect(machine.tables.lookup(use.area.start) == nil)
    try machine.checkInvariants()
  }

  @Test func `refuses RAM, wrong alignments and wrong names, and changes nothing`() throws {
    var machine = try Machine.booted([], kernel: .linux6_12)
    let name = try named("bar")
    let before = machine.checksum
    func fails(_ error: CallError, _ call: UserCall) {
      var machine = machine
      #expect(throws: error) { try machine.perform(.user(call)) }
      #expect(machine.checksum == before)
    }
    fails(.ramRemapped(0x140000), .ioremap(name, 0x140000, 1, align: nil))
    fails(.ramRemapped(0x100000), .ioremap(name, 0xfff00, 512, align: nil))
    fails(.noPages, .ioremap(name, Self.device, 0, align: nil))
    fails(
      .noSuchFrame(0x3_ffff_ffff, end: AddressLayout.pfnLimit),
      .ioremap(name, 0x3_ffff_ffff, 2, align: nil))
    for bytes: UInt64 in [0, 1, 2048, 6144, 1 << 41, 1 << 63] {
      fails(.badAlignment(bytes), .ioremap(name, Self.device, 1, align: bytes))
    }
    fails(
      .noRoom(0x2_0000_0000), .ioremap(name, Self.device, 0x2_0000_0000, align: nil))
    fails(.unknownArea(name), .iounmap(name))
    fails(.unknownArea(name), .walk(name))
    try machine.perform(.user(.vmalloc(name, 1, .options())))
    #expect(throws: CallError.nameTaken(name)) {
      try machine.perform(.user(.ioremap(name, Self.device, 1, align: nil)))
    }
    #expect(throws: CallError.unknownArea(name)) { try machine.perform(.user(.iounmap(name))) }
  }

  @Test func `has no device memory of arm64, and says so`() throws {
    let description = try #require(MachineDescription(builtIn: "arm64-16g"))
    var machine = try Machine(booting: description, kernel: .linux6_12Arm64)
    let name = try named("bar")
    #expect(throws: CallError.noDeviceMemory(.arm64)) {
      try machine.perform(.user(.ioremap(name, 0x1000000, 1, align: nil)))
    }
  }

  @Test(
    arguments: [
      // First frame, pages, 2M leaves by the review's proposal.
      (0x140000, 1027, 2), (0x140000, 512, 1), (0x140000, 511, 0), (0x140001, 1024, 0),
    ] as [(UInt64, UInt64, UInt64)])
  func `vmap uses 2M leaves only as the review proposed`(
    first: UInt64, pages: UInt64, leaves: UInt64,
  ) throws {
    for (policies, wanted) in [([], 0), ([PolicyName.hugeVmap2020], leaves)] {
      var machine = try Machine.booted(policies, kernel: .linux7_2)
      let frames = FrameStride(first: PFN(first), count: PageCount(pages))
      try machine.perform(.vmap(try named("a"), FrameStride(first: 0x150000, count: 1), at: nil))
      try machine.perform(.vmap(try named("shown"), frames, at: nil))
      let use = machine.use(of: try Self.area(machine, try named("shown")))
      #expect(use.leaves2M == wanted && use.leaves4K == pages - wanted * 512)
      // A list of frames that are not in a row has no blocks.
      let list = FrameStride(first: PFN(first), stride: 2, count: PageCount(pages))
      try machine.perform(.vmap(try named("list"), list, at: nil))
      #expect(machine.use(of: try Self.area(machine, try named("list"))).leaves2M == 0)
      try machine.checkInvariants()
    }
  }

  @Test(arguments: KernelProfile.x86)
  func `a walk of 4K entries ends at a large leaf, before 5.13 with the kernel`(
    kernel: KernelProfile,
  ) throws {
    var machine = try Machine.booted([.hugeVmalloc2020], kernel: kernel)
    let (plain, table) = (try named("plain"), try named("table"))
    try machine.perform(.user(.vmalloc(plain, 300, .options())))
    try machine.perform(.user(.vmalloc(table, 1024, .options())))
    let before = machine
    #expect(try machine.perform(.user(.walk(plain))) == .success)
    // A split first leaf is walked through, up to the second.
    try machine.perform(.setMemory(.split4K, .area(table, page: 0), 1))
    var log = EventLog()
    let code = try machine.perform(.user(.walk(table)), into: &log)
    let met = before.areas.area(named: table).map { $0.start + 512 }
    let address = try #require(met)
    #expect(
      log.events.first == .decided(.vmalloc(.walkerMetLeaf(address, .size2M, entries: 512))))
    if kernel.name == "linux-5.11" {
      #expect(code == .bug && machine.stopped == .walkerMetLeaf(address, .size2M))
      #expect(throws: CallError.stopped(.walkerMetLeaf(address, .size2M))) {
        try machine.perform(.user(.walk(plain)))
      }
    } else {
      #expect(code == .invalid && machine.stopped == nil)
    }
  }
}
