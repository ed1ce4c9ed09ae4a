import Engine
import TestSupport
import Testing

/// `change_memory_common()` and what is around it, by hand from the kernel's rules.
@Suite struct ChangeMemoryTests {
  private static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  /// A machine with an area `buf` of so many pages.
  private static func machine(
    _ kernel: KernelProfile, pages: PageCount = 8, huge: Bool = false,
    _ change: (inout CPUFeatures) -> Void = { _ in },
  ) throws -> Machine {
    var machine = try Machine.arm64(gibibytes: 1, kernel: kernel, change)
    var options = UserCall.VmallocOptions()
    options.allowsHuge = huge
    try machine.perform(.user(.vmalloc(name("buf"), pages, options)))
    return machine
  }

  /// The read-only 4K entries of the linear map.
  private static func readOnly(_ machine: Machine) -> UInt64 {
    let range = machine.directMapRange
    return machine.tables.runs(from: range.lowerBound, pages: range.upperBound - range.lowerBound)
      .filter { $0.size == .size4K && !$0.flags.contains(.writable) }
      .reduce(0) { $0 + $1.pages.rawValue }
  }

  @Test(
    arguments: [(.linux6_1Arm64, 8), (.linux6_12Arm64, 8), (.linux7_0Arm64, 2)]
      as [(KernelProfile, UInt64)])
  func `ro goes to the linear map: of the whole area, or of what was asked for`(
    kernel: KernelProfile, pages: UInt64,
  ) throws {
    var machine = try Self.machine(kernel)
    let target = Call.Target.area(try Self.name("buf"), page: 3)
    #expect(try machine.perform(.setMemory(.ro, target, 2)) == .success)
    #expect(Self.readOnly(machine) == pages)
    // A flush for each page of the linear map, and one for the range.
    #expect(machine.counters[.flushTLBKernelRange] == Int64(pages) + 1)
    #expect(machine.counters[.flushTLBOneKernel] == Int64(pages) + 2)
    #expect(try machine.perform(.setMemory(.x, target, 2)) == .success)
    #expect(Self.readOnly(machine) == pages)
    #expect(try machine.perform(.setMemory(.rw, target, 2)) == .success)
    #expect(Self.readOnly(machine) == 0)
    try machine.checkInvariants()
  }

  @Test func `with rodata=on nothing goes to the linear map`() throws {
    var machine = try Self.machine(.linux6_12Arm64) { $0[.rodataFull] = false }
    let before = machine.linearRuns
    let target = Call.Target.area(try Self.name("buf"), page: 0)
    #expect(try machine.perform(.setMemory(.ro, target, 8)) == .success)
    #expect(machine.linearRuns == before)
    #expect(machine.counters[.flushTLBKernelRange] == 1)
  }

  @Test func `only areas that own their pages may change`() throws {
    var machine = try Self.machine(.linux6_12Arm64)
    #expect(try machine.perform(.setMemory(.ro, .frame(0x1000), 1)) == .invalid)
    let shown = try Self.name("shown")
    try machine.perform(.vmap(shown, FrameStride(first: 0x1000, count: 4), at: nil))
    #expect(try machine.perform(.setMemory(.ro, .area(shown, page: 0), 1)) == .invalid)
    #expect(Self.readOnly(machine) == 0)
  }

  @Test func `an area ends behind its guard page, and no pages are no error`() throws {
    var machine = try Self.machine(.linux6_12Arm64)
    let target = Call.Target.area(try Self.name("buf"), page: 0)
    #expect(try machine.perform(.setMemory(.ro, target, 0)) == .success)
    #expect(Self.readOnly(machine) == 0)
    #expect(try machine.perform(.setMemory(.ro, target, 9)) == .success)
    #expect(Self.readOnly(machine) == 8)
    for pages in [10, PageCount(.max)] {
      #expect(try machine.perform(.setMemory(.rw, target, pages)) == .invalid)
    }
    #expect(Self.readOnly(machine) == 8)
    #expect(throws: CallError.self) {
      try machine.perform(.setMemory(.rw, .area(Self.name("buf"), page: 8), 1))
    }
  }

  @Test func `no part of a huge mapping changes`() throws {
    for kernel in KernelProfile.arm64 {
      var machine = try Self.machine(kernel, pages: 1024, huge: true)
      let area = try #require(machine.areas.live.first)
      #expect(machine.tables.lookup(area.start)?.size == .size2M)
      let target = Call.Target.area(area.name, page: 0)
      var log = EventLog()
      #expect(try machine.perform(.setMemory(.nx, target, 1), into: &log) == .invalid)
      let refused = log.events.contains(
        .decided(.linearMap(.areaRefused(area.start, .mayBeHuge))))
      let met = log.events.contains(.decided(.linearMap(.walkerMetBlock(area.start, .size2M))))
      #expect(refused == kernel.linearMap.refusesHugeAreas && met == !refused)
      // From about 6.16 on not even the whole of it.
      #expect(try machine.perform(.setMemory(.nx, target, 1024)) == .invalid)
      #expect(machine.tables.lookup(area.start)?.size == .size2M)
    }
  }

  @Test func `what only x86-64 has is not there`() throws {
    var machine = try Self.machine(.linux6_12Arm64)
    let target = Call.Target.area(try Self.name("buf"), page: 0)
    for operation in SetMemory.allCases where !machine.exists(operation) {
      #expect(try machine.perform(.setMemory(operation, target, 1)) == .notImplemented)
    }
    #expect(SetMemory.allCases.filter(machine.exists) == [.ro, .rw, .x, .nx, .rox])
    let x86: [Call] = [
      .setPages(.ro, 0x1000, 1), .setPagesArray(.uc, FrameStride(first: 0x1000, count: 1)),
      .collapse(.frame(0x1000), 512),
    ]
    for call in x86 {
      #expect(throws: CallError.needsArchitecture(.x86_64)) { try machine.perform(call) }
    }
    var other = Machine.ofLargeLeaves()
    for call in [LinearMapCall.mapMem, .addMemory(0, 0x8000), .setMemoryValid(.frame(0), 1, true)] {
      #expect(throws: CallError.needsArchitecture(.arm64)) { try other.perform(.linearMap(call)) }
    }
  }

  @Test func `secret pages need a map that can change`() throws {
    var pages = try Machine.arm64(gibibytes: 1)
    #expect(try pages.perform(.user(.secretmemFault(Self.name("s")))) == .success)
    #expect(pages.linearRuns.contains { $0.hasSuffix("1 x 4K invalid") })
    #expect(try pages.perform(.user(.secretmemRelease(Self.name("s")))) == .success)
    #expect(pages.linearRuns == ["0x0 262144 x 4K"])
    var blocks = try Machine.arm64(gibibytes: 1) { $0[.rodataFull] = false }
    #expect(try blocks.perform(.user(.secretmemFault(Self.name("s")))) == .notImplemented)
  }

  @Test(arguments: KernelProfile.arm64.map(\.name), [true, false])
  func `a module comes and goes and leaves the linear map as it was`(
    kernel: String, isFull: Bool,
  ) throws {
    var machine = try Machine.arm64(
      gibibytes: 1, kernel: try #require(KernelProfile(named: kernel))
    ) { $0[.rodataFull] = isFull }
    var sizes = ModuleSizes()
    sizes[.text] = 24 << 10
    sizes[.data] = 8 << 10
    sizes[.rodata] = 8 << 10
    sizes[.initText] = 4096
    let before = machine.linearRuns
    #expect(try machine.perform(.user(.moduleLoad(Self.name("m"), sizes))) == .success)
    #expect(Self.readOnly(machine) >= (isFull ? 8 : 0))
    try machine.checkInvariants()
    #expect(try machine.perform(.user(.moduleUnload(Self.name("m")))) == .success)
    #expect(try machine.perform(.user(.bpfLoad(Self.name("b"), bytes: 3000))) == .success)
    #expect(try machine.perform(.user(.bpfFree(Self.name("b")))) == .success)
    #expect(machine.linearRuns == before)
    try machine.checkInvariants()
  }
}
