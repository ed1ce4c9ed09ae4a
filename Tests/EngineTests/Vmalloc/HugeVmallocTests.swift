import Engine
import TestSupport
import Testing

extension UserCall.VmallocOptions {
  /// Options with the flags that these tests vary.
  static func options(
    huge: Bool = false, interleaved: Bool = false, node: Int? = nil, flags: Area.Flags = [],
  ) -> Self {
    var options = UserCall.VmallocOptions()
    options.allowsHuge = huge
    options.isInterleaved = interleaved
    options.node = node
    options.flags = flags
    return options
  }
}

extension Machine {
  /// Makes a vmalloc area and returns what it takes.
  fileprivate mutating func vmallocUse(
    _ text: String, _ pages: PageCount, _ options: UserCall.VmallocOptions,
  ) throws -> AreaUse {
    let name = try named(text)
    #expect(try perform(.user(.vmalloc(name, pages, options))) == .success)
    return use(of: try #require(areas.area(named: name)))
  }
}

/// What is mapped how: the rule of each kernel, and that of the patch of April 2020.
@Suite struct HugeVmallocTests {
  /// A request on a machine, and how many 2M leaves come of it.
  struct Case: CustomStringConvertible, Sendable {
    var kernel: KernelProfile
    var policies: [PolicyName]
    var machine = "teaching-4g"
    var pages: PageCount
    var options: UserCall.VmallocOptions
    var leaves2M: UInt64

    init(
      _ kernel: KernelProfile, _ policies: [PolicyName], pages: PageCount,
      _ options: UserCall.VmallocOptions, leaves2M: UInt64, machine: String = "teaching-4g",
    ) {
      self.kernel = kernel
      self.policies = policies
      self.machine = machine
      self.pages = pages
      self.options = options
      self.leaves2M = leaves2M
    }

    var description: String {
      "\(kernel.name) \(policies.map(\.rawValue)) \(machine) \(pages.rawValue) pages, "
        + "huge \(options.allowsHuge), node \(options.node ?? -1)"
    }
  }

  private static let server = "server-256g-2node"
  private static let proposed: [PolicyName] = [.hugeVmalloc2020]

  static let cases: [Case] = [
    // Upstream: only who asks, from 2M on, rounded up to whole blocks.
    Case(.linux6_12, [], pages: 2049, .options(), leaves2M: 0),
    Case(.linux6_12, [], pages: 2049, .options(huge: true), leaves2M: 5),
    Case(.linux6_12, [], pages: 512, .options(huge: true), leaves2M: 1),
    Case(.linux6_12, [], pages: 511, .options(huge: true), leaves2M: 0),
    Case(.linux6_12, [.noHugeVmalloc], pages: 2049, .options(huge: true), leaves2M: 0),
    Case(.linux5_11, [], pages: 2049, .options(huge: true), leaves2M: 0),
    // The size is that of a node's share up to 6.12, unless the node is named.
    Case(.linux6_12, [], pages: 1023, .options(huge: true), leaves2M: 0, machine: server),
    Case(.linux6_12, [], pages: 1024, .options(huge: true), leaves2M: 2, machine: server),
    Case(.linux6_12, [], pages: 512, .options(huge: true, node: 1), leaves2M: 1, machine: server),
    Case(.linux7_2, [], pages: 512, .options(huge: true), leaves2M: 1, machine: server),
    // The patch: everyone, but for what changes permissions.
    Case(.linux5_11, proposed, pages: 2049, .options(), leaves2M: 5),
    Case(.linux7_2, proposed, pages: 2049, .options(), leaves2M: 5),
    Case(.linux5_11, proposed, pages: 511, .options(), leaves2M: 0),
    Case(.linux5_11, proposed, pages: 2049, .options(flags: .resetsPermissions), leaves2M: 0),
    Case(.linux5_11, proposed, pages: 2049, .options(flags: .group), leaves2M: 0),
    Case(.linux7_2, proposed, pages: 1023, .options(), leaves2M: 0, machine: server),
    Case(.linux7_2, proposed, pages: 1024, .options(), leaves2M: 2, machine: server),
  ]

  @Test(arguments: cases)
  func `maps as many 2M leaves as the rule says`(_ test: Case) throws {
    var machine = try Machine.booted(test.policies, kernel: test.kernel, machine: test.machine)
    let use = try machine.vmallocUse("table", test.pages, test.options)
    #expect(use.leaves2M == test.leaves2M)
    #expect(use.leaves4K == (test.leaves2M == 0 ? test.pages.rawValue : 0))
    #expect(use.area.asked == test.pages)
    let taken = test.leaves2M == 0 ? test.pages : PageCount(test.leaves2M * 512)
    #expect(use.area.pages == taken && machine.vmallocUse.unused == taken - test.pages)
    #expect(use.leaves2M == 0 || use.area.start.isAligned(to: .size2M))
    #expect(use.leaves2M == 0 || use.area.flags.contains(.huge))
    try machine.checkInvariants()
  }

  @Test(arguments: [PolicyName.hugeVmalloc2020, .hugeVmap2020])
  func `without PSE there are no 2M leaves`(policy: PolicyName) throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.pse] = false
    description.cpu[.gbpages] = false
    var machine = try Machine(
      booting: description, kernel: .linux6_12,
      options: BootOptions(policies: try PolicySet([policy])))
    #expect(try machine.vmallocUse("table", 1024, .options(huge: true)).leaves2M == 0)
    try machine.perform(
      .vmap(try named("shown"), FrameStride(first: 0x140000, count: 1024), at: nil))
    #expect(machine.use(of: try #require(machine.areas.live.last)).leaves2M == 0)
  }

  @Test func `memory whose permissions change never becomes huge by the patch`() throws {
    var machine = try Machine.booted([.hugeVmalloc2020], kernel: .linux5_11)
    var sizes = ModuleSizes()
    sizes.text = 4 << 20
    try machine.perform(.user(.moduleLoad(try named("m"), sizes)))
    try machine.perform(.user(.bpfLoad(try named("b"), bytes: 3 << 20)))
    try machine.perform(.user(.ftraceLoad(try named("t"), 600)))
    #expect(machine.vmallocUse.leaves2M == 0 && machine.vmallocUse.leaves4K > 1536)
  }

  @Test func `one block that fails gives all of them back, and 4K pages are taken`() throws {
    var machine = try Machine.booted([], kernel: .linux6_12)
    let free = machine.freeOrInTables
    let blocks: [PFN?] = [0x140000, 0x140200, nil]
    for block in blocks {
      try machine.perform(.policy(.supply(.block(order: 9, block))))
    }
    var log = EventLog()
    let name = try named("table")
    let code = try machine.perform(.user(.vmalloc(name, 2049, .options(huge: true))), into: &log)
    #expect(code == .success)
    let use = machine.use(of: try #require(machine.areas.area(named: name)))
    #expect(use.leaves4K == 2049 && use.leaves2M == 0 && use.area.unused == 0)
    #expect(log.events.contains(.decided(.vmalloc(.fellBack(blocks: 2, of: 5)))))
    // The addresses of the first try wait for a flush like those of any area.
    let freed = machine.areas.lazilyFreed.filter { $0.kind != .pageArray }
    #expect(freed.map(\.pages) == [2560])
    try machine.perform(.user(.vfree(name)))
    #expect(machine.freeOrInTables == free)
  }

  @Test func `without 4K pages either, nothing is left behind`() throws {
    var machine = try Machine.booted([.hugeVmalloc2020], kernel: .linux6_12)
    let free = machine.freeOrInTables
    try machine.perform(.policy(.failBlocks(true)))
    try machine.perform(.policy(.failPages(after: 100)))
    let call = Call.user(.vmalloc(try named("table"), 2049, .options()))
    #expect(try machine.perform(call) == .noMemory)
    #expect(machine.areas.live.isEmpty && machine.freeOrInTables == free)
    try machine.checkInvariants()
  }

  @Test func `interleaved pages are even, interleaved blocks are not`() throws {
    var machine = try Machine.booted([], kernel: .linux6_12, machine: Self.server)
    let pages = try machine.vmallocUse("pages", 2560, .options(interleaved: true))
    #expect(pages.nodes.map(\.pages) == [1280, 1280] && pages.imbalance == 0)
    let blocks = try machine.vmallocUse("blocks", 2560, .options(huge: true, interleaved: true))
    #expect(blocks.leaves2M == 5 && blocks.nodes.map(\.pages) == [1536, 1024])
    #expect(blocks.imbalance == 512)
    let local = try machine.vmallocUse("local", 2560, .options())
    #expect(local.nodes.map(\.pages) == [2560, 0])
  }

  @Test func `nodes without memory take no turn, and serve nobody`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.nodes = [
      NUMANode(ranges: [0..<0x14_0000]), NUMANode(ranges: []),
      NUMANode(ranges: [0x14_0000..<0x40_0000]),
    ]
    var machine = try Machine(booting: description, kernel: .linux6_12)
    let use = try machine.vmallocUse("table", 100, .options(interleaved: true))
    #expect(use.nodes.map(\.number) == [0, 2] && use.nodes.map(\.pages) == [50, 50])
    let before = machine.checksum
    #expect(throws: CallError.memory(.nodeWithoutMemory(1))) {
      try machine.perform(.user(.vmalloc(try named("a"), 4, .options(node: 1))))
    }
    #expect(throws: CallError.noSuchNode(3, nodes: 3)) {
      try machine.perform(.user(.vmalloc(try named("a"), 4, .options(node: 3))))
    }
    #expect(throws: CallError.interleavedNode(0)) {
      try machine.perform(
        .user(.vmalloc(try named("a"), 4, .options(interleaved: true, node: 0))))
    }
    #expect(machine.checksum == before)
  }
}
