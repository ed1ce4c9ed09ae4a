import Engine
import TestSupport
import Testing

/// Five levels of page tables on x86-64: other bases and one more table on the way, and nothing else.
struct FiveLevelTests {
  static var five: CPUFeatures {
    var cpu = CPUFeatures()
    cpu[.la57] = true
    return cpu
  }

  // MARK: - The layout

  /// The bases that a kernel with five levels showed of itself, and those of one with four:
  /// `boot-la57` and `boot-mem3000` of Linux 7.2.12.
  @Test func `the bases are those of recorded kernels`() {
    let five = AddressLayout.x86FiveLevels
    #expect(five.pageOffset == 0xff11_0000_0000_0000)
    #expect(five.vmalloc == 0xffa0_0000_0000_0000..<0xffd2_0000_0000_0000)
    #expect(five.vmemmap == 0xffd4_0000_0000_0000)
    let four = AddressLayout.x86
    #expect(four.pageOffset == 0xffff_8880_0000_0000)
    #expect(four.vmalloc.lowerBound == 0xffff_c900_0000_0000)
    #expect(four.vmemmap == 0xffff_ea00_0000_0000)
    #expect(five.modules == four.modules)
    #expect(AddressLayout(.x86_64, hasFiveLevels: true) == five)
    #expect(AddressLayout(.arm64, hasFiveLevels: true) == .arm64)
  }

  @Test func `an address alone says which part it is in`() {
    for (index, layout) in AddressLayout.all.enumerated() {
      for other in AddressLayout.all[..<index] {
        #expect(!layout.directMap.overlaps(other.directMap))
        #expect(!layout.vmalloc.overlaps(other.vmalloc))
        #expect(!layout.directMap.overlaps(other.vmalloc))
        #expect(!layout.vmalloc.overlaps(other.directMap))
      }
      for pfn in [0, 0x18_0000, 0x3_ffff_ffff] as [PFN] {
        let address = layout.directMapAddress(of: pfn)
        #expect(AddressLayout.directMapFrame(of: address) == pfn)
        #expect(AddressRegion(of: address) == .directMap)
      }
      #expect(AddressLayout.directMapFrame(of: layout.directMap.upperBound) == nil)
      #expect(AddressRegion(of: layout.vmalloc.lowerBound) == .vmalloc)
    }
  }

  @Test(
    arguments: [
      (0x7fff_ffff_f000, true, true), (0x8000_0000_0000, false, true),
      (0xff_ffff_ffff_f000, false, true), (0x100_0000_0000_0000, false, false),
      (0xfeff_ffff_ffff_f000, false, false), (0xff11_0000_0000_0000, false, true),
      (0xffff_8880_0000_0000, true, true),
    ] as [(VirtualAddress, Bool, Bool)])
  func `the upper bits are all equal`(_ address: VirtualAddress, _ with4: Bool, _ with5: Bool) {
    #expect(AddressLayout.x86.isCanonical(address) == with4)
    #expect(AddressLayout.x86FiveLevels.isCanonical(address) == with5)
    #expect(address.needsFiveLevels == (address.rawValue >> 63 == 1 && !with4))
  }

  // MARK: - The tables

  /// Below the root there is a P4D for the direct map, one for the high map of the kernel image, and
  /// one for vmalloc space once something is in it.
  @Test func `there is a P4D for each part of the address space`() throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var large = description
    large.cpu[.la57] = true
    var four = try Machine(booting: description, kernel: .linux7_2)
    var five = try Machine(booting: large, kernel: .linux7_2)
    #expect(five.tables.tableCount == four.tables.tableCount + 2)
    let name = try #require(Name("a"))
    let call = Call.vmap(name, FrameStride(first: 0x10_0000, count: 3), at: nil)
    try four.perform(call)
    try five.perform(call)
    #expect(five.tables.tableCount == four.tables.tableCount + 3)
  }

  /// What boot takes for tables comes from memory: one page more.
  @Test func `the P4D of the direct map takes a page of boot's memory`() throws {
    var description = try #require(MachineDescription(builtIn: "server-1t"))
    description.cpu[.gbpages] = false
    let four = try Machine(booting: description, kernel: .linux6_12)
    description.cpu[.la57] = true
    let five = try Machine(booting: description, kernel: .linux6_12)
    #expect(four.physical.freePages == five.physical.freePages + 1)
  }

  @Test func `runs of entries name the levels as the kernel does`() throws {
    let machine = Machine.ofLargeLeaves(cpu: Self.five)
    var runs: [EntryRun] = []
    machine.tables.forEachEntryRun(of: .x86_64) { runs.append($0) }
    // The direct map is in slot 0x111 of the root, counted from 0x100; its first 512 GiB hold 6 GiB
    // of nothing, then two leaves.
    #expect(
      runs.map(\.level) == [.pgd, .pud, .pud, .pud, .p4d, .pgd])
    #expect(runs.map(\.count) == [0x11, 6, 2, 504, 511, 0xee])
    #expect(runs[0].start == 0xff00_0000_0000_0000)
    #expect(runs[2].start == machine.directMapAddress(of: Machine.largeLeavesStart))
    #expect(runs[4].start == 0xff11_0080_0000_0000 && runs[4].entryBytes == 1 << 39)
    #expect(runs[5].start == 0xff12_0000_0000_0000 && runs[5].entryBytes == 1 << 48)
    #expect(runs[5][0xee] == 0)
  }

  @Test func `runs reach over the borders of P4Ds and the end of the address space`() {
    let machine = Machine.ofLargeLeaves(cpu: Self.five)
    let pages = PageCount(1 << 41)
    let runs = machine.tables.runs(from: 0xff10_0000_0000_0000, pages: pages)
    #expect(runs.map(\.size) == [nil, .size1G, nil])
    #expect(runs.reduce(0) { $0 + $1.pages } == pages)
    let last = VirtualAddress(0xffff_ffff_ffff_f000)
    #expect(
      machine.tables.runs(from: last, pages: 1)
        == [LeafRun(start: last, pages: 1, size: nil, flags: [])])
    #expect(machine.tables.lookup(0xff91_0000_0000_0000) == nil)
    #expect(machine.tables.lookup(AddressLayout.pageOffset) == nil)
  }

  // MARK: - What happens

  private static func moved(
    _ machine: Machine, _ part: KeyPath<AddressLayout, Range<VirtualAddress>>
  )
    -> [LeafRun]
  {
    let room = machine.layout[keyPath: part]
    let pages = min(room.upperBound - room.lowerBound, PageCount(1 << 33))
    return machine.tables.runs(from: room.lowerBound, pages: pages).map { run in
      var run = run
      run.start = VirtualAddress(run.start.rawValue - room.lowerBound.rawValue)
      return run
    }
  }

  @Test(arguments: 0..<32 as Range<UInt64>)
  func `every call does the same as with four levels`(seed: UInt64) throws {
    let kernel = KernelProfile.x86[Int(seed) % KernelProfile.x86.count]
    var four = Machine.ofLargeLeaves(kernel: kernel)
    var five = Machine.ofLargeLeaves(kernel: kernel, cpu: Self.five)
    var calls = RandomCalls(seed: seed)
    for _ in 0..<60 {
      let call = calls.next(on: four)
      var (log, other) = (EventLog(), EventLog())
      let returned = try? four.perform(call, into: &log)
      try #require((try? five.perform(call, into: &other)) == returned, "\(call)")
      try #require(log.events.count == other.events.count, "\(call)")
      try #require(four.counters == five.counters, "\(call)")
      for part in [\AddressLayout.directMap, \.vmalloc, \.modules] {
        try #require(Self.moved(four, part) == Self.moved(five, part), "\(call)")
      }
      try five.checkInvariants()
    }
  }

  @Test func `boots every built-in machine with every kernel as with four levels`() throws {
    for var description in MachineDescription.x86 {
      for kernel in KernelProfile.x86 {
        description.cpu[.la57] = false
        let four = try Machine(booting: description, kernel: kernel)
        description.cpu[.la57] = true
        let five = try Machine(booting: description, kernel: kernel)
        #expect(four.counters == five.counters)
        #expect(Self.moved(four, \.directMap) == Self.moved(five, \.directMap))
        #expect(four.checksum != five.checksum)
        #expect(five.cpu[.la57])
      }
    }
  }

  // MARK: - Addresses in calls

  @Test func `an address is refused where the machine's levels have none`() throws {
    var four = Machine.ofLargeLeaves()
    var five = Machine.ofLargeLeaves(cpu: Self.five)
    let ofFive = five.directMapAddress(of: Machine.largeLeavesStart)
    let ofFour = four.directMapAddress(of: Machine.largeLeavesStart)
    #expect(throws: CallError.notCanonical(ofFive)) {
      try four.perform(.setMemory(.ro, .virtual(ofFive), 1))
    }
    // With five levels it is an address, and nothing is there.
    #expect(throws: CallError.notMapped(ofFour)) { try five.address(of: .virtual(ofFour), 1) }
    #expect(try five.perform(.setMemory(.ro, .virtual(ofFive), 1)) == .success)
    #expect(five.tables.lookup(ofFive)?.size == .size4K)
    #expect(throws: CallError.notCanonical(0x1ff_0000_0000_0000)) {
      try five.perform(.setMemory(.ro, .virtual(0x1ff_0000_0000_0000), 1))
    }
    #expect(
      CallError.notCanonical(ofFive).description.contains("4-level page tables")
        && CallError.notCanonical(0x1ff_0000_0000_0000).description.contains("upper bits"))
  }

  @Test(
    arguments: [
      0xff11_0000_0000_0000, 0xff50_0000_0000_0000, 0xff90_ffff_ffff_f000, 0xffd3_0000_0000_0000,
      0xffff_ffff_ffff_f000,
    ] as [VirtualAddress])
  func `a call anywhere in the kernel's half ends`(_ address: VirtualAddress) throws {
    var machine = Machine.ofLargeLeaves(cpu: Self.five)
    for operation in SetMemory.allCases {
      _ = try? machine.perform(.setMemory(operation, .virtual(address), 1))
    }
    try machine.checkInvariants()
  }

  // MARK: - The process

  private static func process(_ cpu: CPUFeatures) throws -> Machine {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu = cpu
    return try Machine(booting: description, kernel: .linux6_12)
  }

  /// The lowest 256 TiB have one P4D, which goes with the process alone: `free_pgd_range()`.
  @Test func `a process has one page table more, which exit frees`() throws {
    let name = try #require(Name("heap"))
    var tables: [[Int64]] = []
    for cpu in [CPUFeatures(), Self.five] {
      var machine = try Self.process(cpu)
      try machine.perform(.process(.mmap(name, 1024, order: 0, [], at: nil)))
      try machine.perform(.process(.munmap(name, nil)))
      let byMunmap = machine.lastZap[.tables]
      try machine.perform(.process(.mmap(name, 1024, order: 0, [], at: nil)))
      let start = try #require(machine.userRanges.first?.range.start)
      #expect(start < 0x7fff_ffff_f000)
      try machine.perform(.process(.exitMmap))
      tables.append([byMunmap, machine.lastZap[.tables]])
      try machine.checkInvariants()
    }
    #expect(tables[1] == [tables[0][0], tables[0][1] + 1])
  }

  /// `DEFAULT_MAP_WINDOW`: what lies above is given to those who ask for it.
  @Test func `a process gets addresses above 47 bits where it asks for them`() throws {
    let name = try #require(Name("high"))
    let place: VirtualAddress = 0x12_3456_7800_0000
    var machine = try Self.process(Self.five)
    let free = machine.physical.freePages
    try machine.perform(.process(.mmap(name, 600, order: 0, [], at: place)))
    #expect(machine.userTables.lookup(place)?.size == .size4K)
    #expect(machine.userTables.lookup(VirtualAddress(place.rawValue & 0xffff_ffff_ffff)) == nil)
    try machine.checkInvariants()
    try machine.perform(.process(.munmap(name, nil)))
    // Two PTE tables, and a PMD, a PUD and a P4D that nothing else uses.
    #expect(machine.lastZap[.tables] == 5)
    #expect(machine.physical.freePages == free)
    var four = try Self.process(CPUFeatures())
    #expect(throws: CallError.process(.badPlace(place, end: 0x7fff_ffff_f000))) {
      try four.perform(.process(.mmap(name, 600, order: 0, [], at: place)))
    }
    let end: VirtualAddress = 0xff_ffff_ffff_f000
    #expect(throws: CallError.process(.badPlace(end, end: end))) {
      try machine.perform(.process(.mmap(name, 1, order: 0, [], at: end)))
    }
    try machine.perform(
      .process(.mmap(name, 1, order: 0, [], at: VirtualAddress(0xff_ffff_ffff_e000))))
    try machine.checkInvariants()
  }
}
