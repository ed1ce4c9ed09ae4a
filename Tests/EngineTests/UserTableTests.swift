import Engine
import TestSupport
import Testing

// Worked examples of the users of special permissions: two 1G leaves from frame B on, and pages laid
// down beforehand, so that it is known which leaves they touch.

private let base = Machine.largeLeavesStart

private let nx: UInt64 = 1 << 63

private func name(_ text: String) throws -> Name { try #require(Name(text)) }

/// What a table row says of the direct map.
private struct Row: Equatable {
  var leaves: [Int64]
  var splits: [Int64]
  var fullFlushes: Int64

  init(_ leaves: [Int64], splits: [Int64], fullFlushes: Int64) {
    self.leaves = leaves
    self.splits = splits
    self.fullFlushes = fullFlushes
  }

  init(_ machine: Machine) {
    let counters = machine.counters
    self.init(
      LeafSize.allCases.map { counters[.directMap($0)] },
      splits: [counters[.level2Splits], counters[.level3Splits]],
      fullFlushes: counters[.flushTLBAll])
  }
}

@Suite struct UserTableTests {
  private static func size(_ machine: Machine, _ address: VirtualAddress) -> LeafSize? {
    machine.tables.lookup(address)?.size
  }

  private static func flags(_ machine: Machine, page: UInt64) -> UInt64? {
    let address = AddressLayout.directMapAddress(of: base + PageCount(page))
    return machine.tables.lookup(address)?.flags.rawValue
  }

  @Test func `the ROX cache fills, lends and takes back, and the direct map stays split`() throws {
    var machine = Machine.ofLargeLeaves(kernel: .linux7_2)
    try machine.perform(.policy(.supply(.block(order: 9, base + 1024))))
    let user = try name("user")
    // Filling and lending come in one call: the table's first two rows together.
    try machine.perform(.user(.execmemAlloc(user, 8)))
    #expect(Row(machine) == Row([512, 511, 1], splits: [1, 1], fullFlushes: 6))
    let block = try #require(machine.areas.live.first)
    #expect(block.start.isAligned(to: .size2M) && block.pages == 512)
    #expect(Self.size(machine, block.start) == .size4K)
    #expect(Self.flags(machine, page: 1024 + 7) == nx | 0x123)
    #expect(Self.flags(machine, page: 1024 + 8) == nx | 0x121)

    try machine.perform(.user(.execmemRestore(user)))
    #expect(Row(machine) == Row([512, 511, 1], splits: [1, 1], fullFlushes: 8))
    #expect(Self.size(machine, block.start) == .size2M)
    #expect(Self.flags(machine, page: 1024) == nx | 0x121)
    #expect(machine.counters[.level2Collapses] == 0 && machine.counters[.level3Collapses] == 0)
  }

  @Test func `the last part that comes back takes the whole block with it`() throws {
    var machine = Machine.ofLargeLeaves(kernel: .linux7_2)
    try machine.perform(.policy(.supply(.block(order: 9, base + 1024))))
    let (a, b) = (try name("a"), try name("b"))
    try machine.perform(.user(.execmemAlloc(a, 500)))
    try machine.perform(.user(.execmemAlloc(b, 12)))
    #expect(machine.areas.live.count == 1)
    try machine.perform(.user(.execmemFree(a)))
    #expect(machine.areas.live.count == 1)
    try machine.perform(.user(.execmemFree(b)))
    #expect(machine.areas.live.isEmpty)
    // Present and writable again, D still gone: `set_direct_map_valid_noflush()` sets P and RW.
    #expect(Self.flags(machine, page: 1024 + 300) == nx | 0x123)
  }

  @Test func `a secret page leaves the direct map, and comes back dirty and without G`() throws {
    var machine = Machine.ofLargeLeaves()
    try machine.perform(.policy(.supply(.block(order: 0, base + 1000))))
    let key = try name("key")
    try machine.perform(.user(.secretmemFault(key)))
    #expect(Row(machine) == Row([512, 511, 1], splits: [1, 1], fullFlushes: 2))
    #expect(machine.counters[.flushTLBKernelRange] == 1)
    #expect(Self.flags(machine, page: 1000) == nx | 0x020)
    try machine.perform(.user(.secretmemRelease(key)))
    #expect(Row(machine) == Row([512, 511, 1], splits: [1, 1], fullFlushes: 2))
    // Zeroing the page writes to it, which sets D; G does not come back.
    #expect(Self.flags(machine, page: 1000) == nx | 0x063)
  }

  @Test(arguments: [
    // The pack is contiguous here: a single leaf splits for 512 changes of one page each.
    (KernelProfile.linux6_12, [512, 511, 1] as [Int64]), (.linux6_1, [512, 511, 1]),
  ])
  func `a pack of BPF programs costs one leaf where its pages lie together`(
    kernel: KernelProfile, leaves: [Int64],
  ) throws {
    var machine = Machine.ofLargeLeaves(kernel: kernel)
    for page in 0..<UInt64(512) {
      try machine.perform(.policy(.supply(.block(order: 0, base + PageCount(1024 + page)))))
    }
    try machine.perform(.user(.bpfLoad(try name("first"), bytes: 1500)))
    #expect(Row(machine).leaves == leaves)
    let before = machine.counters
    try machine.perform(.user(.bpfLoad(try name("second"), bytes: 1500)))
    #expect(machine.counters == before)
    try machine.perform(.user(.bpfFree(try name("first"))))
    #expect(machine.counters == before)
    // The last program takes the pack with it, every page goes and comes back.
    try machine.perform(.user(.bpfFree(try name("second"))))
    #expect(machine.areas.live.isEmpty)
    #expect(Self.flags(machine, page: 1024) == nx | (kernel.roClearsDirty ? 0x023 : 0x063))
  }

  @Test func `freeing data that never changed splits three leaves, and flushes six times in full`()
    throws
  {
    var machine = Machine.ofLargeLeaves()
    let data = try name("data")
    for page in [7, 5000, 262_147] as [UInt64] {
      try machine.perform(.policy(.supply(.block(order: 0, base + PageCount(page)))))
    }
    var options = UserCall.VmallocOptions()
    options.flags = .resetsPermissions
    try machine.perform(.user(.vmalloc(data, 3, options)))
    #expect(Row(machine) == Row([0, 0, 2], splits: [0, 0], fullFlushes: 0))
    try machine.perform(.user(.vfree(data)))
    #expect(Row(machine) == Row([1536, 1021, 0], splits: [3, 2], fullFlushes: 5))
    // The sixth is the purge between "invalid" and "default": from the direct map to vmalloc space.
    #expect(machine.counters[.flushTLBKernelRange] == 1)
    #expect(machine.counters[.flushTLBOneKernel] == 0)
    for page in [7, 5000, 262_147] as [UInt64] {
      #expect(Self.flags(machine, page: page) == nx | 0x023)
    }
  }

  @Test func `users of nothing and names in use are errors that change nothing`() throws {
    var machine = try Machine(
      booting: try #require(MachineDescription(builtIn: "teaching-4g")), kernel: .linux6_12)
    let used = try name("used")
    try machine.perform(.user(.vmalloc(used, 4, UserCall.VmallocOptions())))
    let before = machine.checksum
    let nothing = try name("nothing")
    let long = try name("a_module_with_a_name_of_32_chars")
    var nodeOfNobody = UserCall.VmallocOptions()
    nodeOfNobody.node = 7
    var sizes = ModuleSizes()
    sizes.text = 4096
    let calls: [UserCall] = [
      .vmalloc(used, 1, UserCall.VmallocOptions()), .bpfLoad(used, bytes: 1), .ftraceLoad(used, 1),
      .kprobeLoad(used), .execmemAlloc(used, 1), .secretmemFault(used),
      .vfree(nothing), .moduleUnload(nothing), .bpfFree(nothing), .ftraceFree(nothing),
      .kprobeFree(nothing), .execmemRestore(nothing), .execmemFree(nothing),
      .secretmemRelease(nothing), .moduleLoad(nothing, ModuleSizes()), .moduleLoad(long, sizes),
      .bpfLoad(nothing, bytes: 0), .bpfLoad(nothing, bytes: .max),
      .vmalloc(nothing, 0, nodeOfNobody),
      .vmalloc(nothing, 1, nodeOfNobody), .ftraceLoad(nothing, 0),
      .ftraceLoad(nothing, PageCount(1 << 40)),
      .kfence(protects: true, 0x140000), .cpuNode(3), .cpuNode(-1),
    ]
    for call in calls {
      #expect(throws: CallError.self, "\(call)") { try machine.perform(.user(call)) }
      #expect(machine.checksum == before, "\(call)")
    }
  }
}
