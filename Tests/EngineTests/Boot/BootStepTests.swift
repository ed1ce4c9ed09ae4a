import Engine
import Testing

/// What boot does, step by step, and what it leaves.
struct BootStepTests {
  static func entry(_ start: UInt64, _ end: UInt64, _ kind: MachineDescription.E820Entry.Kind)
    -> MachineDescription.E820Entry
  {
    .init(PhysicalAddress(start)..<PhysicalAddress(end), kind)
  }

  static let image = KernelImage(
    code: 0x1000..<0x2132, rodata: 0x2200..<0x2f18, data: 0x3000..<0x3359, bss: 0x3ceb..<0x4200)

  static func machine(
    _ e820: [MachineDescription.E820Entry], cpu: CPUFeatures = CPUFeatures(),
    image: KernelImage? = image,
  ) -> MachineDescription {
    MachineDescription(name: "test", e820: e820, cpu: cpu, image: image)
  }

  static let q35 = [
    entry(0, 0x9fc00, .usable), entry(0x10_0000, 0x7ffd_c000, .usable),
    entry(1 << 32, 10 << 30, .usable),
  ]

  @Test func `maps in the kernel's order`() throws {
    var log = EventLog()
    _ = try Machine.boot(Self.machine(Self.q35), kernel: .linux6_12, into: &log)
    let calls = log.events.compactMap { event -> [UInt64]? in
      guard case .entered(.initMemoryMapping, let address, let pages) = event else { return nil }
      let start = address.rawValue - AddressLayout.pageOffset.rawValue
      return [start, start + pages.bytes]
    }
    #expect(
      calls == [
        [0, 0x10_0000], [0x2_7fe0_0000, 0x2_8000_0000], [0x2_6000_0000, 0x2_7fe0_0000],
        [0x10_0000, 0x7ffd_c000], [0x1_0000_0000, 0x2_6000_0000],
      ])
  }

  /// The two ways up meet at the end of the kernel, within a 2M slot: that one is counted twice.
  @Test func `counts every 1G slot once where building goes upwards`() throws {
    let machine = try Machine(
      booting: Self.machine(Self.q35), kernel: .linux6_12,
      options: BootOptions(isBottomUp: true))
    #expect(machine.directMapKilobytes(.size1G) == 6 << 20)
    let pages = LeafSize.allCases.reduce(Int64(0)) { $0 + machine.directMapKilobytes($1) } / 4
    #expect(UInt64(pages) == machine.memory.pages.rawValue + 512)
  }

  /// `mapped_ram_size >= step_size`: a step that is RAM throughout is enough for the next to be larger,
  /// or the same memory takes more steps, and leaves of 1G are lost at their ends.
  @Test func `takes larger steps upwards once a whole step is mapped`() throws {
    let image = KernelImage(
      text: 0x1000..<0x2000, rodata: 0x2000..<0x2100, data: 0x3000..<0x4200)
    var log = EventLog()
    _ = try Machine.boot(
      Self.machine(Self.q35, image: image), kernel: .linux6_12,
      options: BootOptions(isBottomUp: true), into: &log)
    let calls = log.events.compactMap { event -> [UInt64]? in
      guard case .entered(.initMemoryMapping, let address, let pages) = event else { return nil }
      let start = address.rawValue - AddressLayout.pageOffset.rawValue
      return [start, start + pages.bytes]
    }
    #expect(
      calls.prefix(3) == [
        [0, 0x10_0000], [0x420_0000, 0x440_0000], [0x440_0000, 0x2000_0000],
      ])
  }

  @Test func `tells a listener all that it does`() throws {
    var log = EventLog()
    let heard = try Machine.boot(Self.machine(Self.q35), kernel: .linux7_2, into: &log)
    let silent = try Machine(booting: Self.machine(Self.q35), kernel: .linux7_2)
    #expect(heard.counters == silent.counters)
    let pages = heard.memory.end - PFN(0)
    #expect(
      heard.tables.runs(from: AddressLayout.pageOffset, pages: pages)
        == silent.tables.runs(from: AddressLayout.pageOffset, pages: pages))
    #expect(log.events.last == .systemRunning)
    var counters = Counters()
    for case .counted(let counter, let change) in log.events { counters[counter] += change }
    for size in LeafSize.allCases {
      #expect(counters[.directMap(size)] == heard.counters[.directMap(size)])
    }
  }

  @Test(arguments: KernelProfile.x86.map(\.name))
  func `protects the kernel image`(_ name: String) throws {
    let kernel = try #require(KernelProfile(named: name))
    let machine = try Machine(booting: Self.machine(Self.q35), kernel: kernel)
    let ordinary = machine.cpu.pageKernel
    let readOnly = ordinary.subtracting(kernel.roClearsDirty ? [.writable, .dirty] : .writable)
    func direct(_ pfn: PFN) -> PageTables.Leaf? {
      machine.tables.lookup(AddressLayout.directMapAddress(of: pfn))
    }
    func high(_ pfn: PFN) -> PageTables.Leaf? {
      machine.tables.lookup(Self.image.highMapAddress(of: pfn))
    }
    #expect(direct(0x1000)?.flags == readOnly.fourKToLarge.union(.pse))
    #expect(high(0x1000)?.flags == readOnly.subtracting(.nx).fourKToLarge.union(.pse))
    // The gap behind the text: freed, so writable again, and written with poison.
    #expect(direct(0x2131)?.flags == readOnly)
    #expect(direct(0x2132)?.flags == ordinary)
    #expect(direct(0x2132)?.size == .size4K)
    #expect(high(0x2131)?.flags == readOnly.subtracting(.nx))
    #expect(high(0x2200)?.flags == readOnly.fourKToLarge.union(.pse))
    #expect(direct(0x3000)?.flags == ordinary.fourKToLarge.union(.pse))
    #expect(machine.isKernelReadOnly)
    #expect(machine.counters[.level2Splits] == 0)
  }

  @Test func `splits a 1G leaf that holds the kernel`() throws {
    let base: UInt64 = 5 << 18
    let moved = KernelImage(
      code: PFN(base)..<PFN(base + 0xf00), rodata: PFN(base + 0x1000)..<PFN(base + 0x1800),
      data: PFN(base + 0x1a00)..<PFN(base + 0x1b00), bss: nil)
    let machine = try Machine(
      booting: Self.machine(Self.q35, image: moved), kernel: .linux6_12)
    let text = try #require(
      machine.tables.lookup(AddressLayout.directMapAddress(of: PFN(base))))
    #expect(text.size == .size2M)
    #expect(!text.flags.contains(.writable))
    #expect(moved.highMapAddress(of: PFN(base)) == KernelImage.textStart)
    #expect(machine.tables.lookup(KernelImage.textStart)?.pfn == PFN(base))
    // Seven counted after building (6 leaves, the top one three times makes 8), one of them split.
    #expect(machine.directMapKilobytes(.size1G) == 7 << 20)
  }

  @Test(arguments: [true, false])
  func `keeps the image from being global with page-table isolation`(_ pcid: Bool) throws {
    var cpu = CPUFeatures()
    cpu[.pti] = true
    cpu[.pcid] = pcid
    let machine = try Machine(booting: Self.machine(Self.q35, cpu: cpu), kernel: .linux6_12)
    let text = try #require(machine.tables.lookup(KernelImage.textStart))
    #expect(text.flags.contains(.global) == !pcid)
    let data = try #require(machine.tables.lookup(Self.image.highMapAddress(of: 0x3000)))
    #expect(!data.flags.contains(.global))
    // What was freed of the image is gone from the high map, but not from the direct map.
    let gap = try #require(machine.tables.lookup(Self.image.highMapAddress(of: 0x2140)))
    #expect(!gap.entry.isPresent)
    let direct = machine.tables.lookup(AddressLayout.directMapAddress(of: 0x2140))
    #expect(direct?.entry.isPresent == true)
  }

  @Test func `puts the trampoline at the top of low memory`() throws {
    let machine = try Machine(booting: Self.machine(Self.q35), kernel: .linux6_12)
    let flags = (0x96...0x9c).map { (pfn: UInt64) in
      machine.tables.lookup(AddressLayout.directMapAddress(of: PFN(pfn)))?.flags.rawValue
    }
    let ordinary: UInt64 = 0x8000_0000_0000_0163
    #expect(
      flags == [
        ordinary, ordinary, 0x8000_0000_0000_0121, 0x121, 0x121, ordinary, ordinary,
      ])
  }

  @Test(arguments: [KernelProfile.linux6_12.name, KernelProfile.linux7_2.name])
  func `marks the first page without 1G leaves`(_ name: String) throws {
    let kernel = try #require(KernelProfile(named: name))
    var cpu = CPUFeatures()
    cpu[.gbpages] = false
    let machine = try Machine(booting: Self.machine(Self.q35, cpu: cpu), kernel: kernel)
    let first = try #require(machine.tables.lookup(AddressLayout.pageOffset))
    #expect(first.flags.contains(.kernel4K) == kernel.marksKernel4K)
  }

  @Test func `splits a 1G leaf for the KFENCE pool before anything counts splits`() throws {
    let options = BootOptions(kfence: .at(0x14_0000))
    let machine = try Machine(
      booting: Self.machine(Self.q35), kernel: .linux7_2, options: options)
    let pool = AddressLayout.directMapAddress(of: 0x14_0000)
    #expect(
      machine.tables.lookup(pool)?.flags == [
        .writable, .accessed, .dirty, .global, .nx,
        .kernel4K,
      ])
    #expect(machine.tables.lookup(pool + 2)?.entry.isPresent == true)
    #expect(machine.tables.lookup(pool + 3)?.entry.isPresent == false)
    #expect(machine.tables.lookup(pool + 512)?.size == .size2M)
    #expect(machine.counters[.level3Splits] == 0)
    let usual = try Machine(
      booting: Self.machine(Self.q35), kernel: .linux7_2, options: BootOptions(kfence: .on))
    #expect(usual.directMapKilobytes(.size1G) == 7 << 20)
  }
}
