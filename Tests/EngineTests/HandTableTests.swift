import Engine
import Testing

// The table of results worked out by hand: two 1G leaves from frame B on, page-table isolation off,
// and what calls on them must come to.

/// Frame B: where the two leaves begin.
private let base: PFN = 0x180000

private func frame(_ page: UInt64) -> PFN { base + PageCount(page) }

private func direct(_ page: UInt64) -> Call.Target { .frame(frame(page)) }

private func areaName(_ text: String) -> Name {
  guard let name = Name(text) else { preconditionFailure("\(text) is no name.") }
  return name
}

private let area = areaName("v")

/// A leaf that must be there at the end.
struct ExpectedLeaf: Sendable {
  /// The page, counted from B, or from the area's start if `isInArea`.
  var page: UInt64
  var size: LeafSize
  var flags: UInt64
  var isInArea = false

  init(_ page: UInt64, _ size: LeafSize, _ flags: UInt64, isInArea: Bool = false) {
    self.page = page
    self.size = size
    self.flags = flags
    self.isInArea = isInArea
  }
}

/// A row: calls, and what all of them together come to.
struct HandRow: Sendable, CustomTestStringConvertible {
  var number: String
  var kernel = KernelProfile.linux6_12
  var calls: [Call]
  /// Leaves of 4K, 2M and 1G; the counters must say the same.
  var leaves: [Int64]
  /// Splits of 2M and 1G leaves.
  var splits: [Int64]
  /// Full flushes, single-page flushes, pages whose cache lines were flushed.
  var flushes: [Int64]
  var collapses: [Int64] = [0, 0]
  var expected: [ExpectedLeaf]

  var testDescription: String { "row \(number) on \(kernel.name)" }
}

private let nx: UInt64 = 1 << 63

private let permissionRows = [
  HandRow(
    number: "1", calls: [.setMemory(.ro, direct(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 1, 0],
    expected: [
      .init(1000, .size4K, nx | 0x121), .init(1001, .size4K, nx | 0x163),
      .init(512, .size4K, nx | 0x163), .init(0, .size2M, nx | 0x1e3),
      .init(262144, .size1G, nx | 0x1e3),
    ]),
  HandRow(
    number: "2", calls: [.setMemory(.ro, direct(1000), 1), .setMemory(.rw, direct(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 2, 0],
    expected: [.init(1000, .size4K, nx | 0x123)]),
  HandRow(
    number: "2", kernel: .linux6_1,
    calls: [.setMemory(.ro, direct(1000), 1), .setMemory(.rw, direct(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 2, 0],
    expected: [.init(1000, .size4K, nx | 0x163)]),
  HandRow(
    number: "3", calls: [.setMemory(.ro, direct(1024), 512)],
    leaves: [0, 512, 1], splits: [0, 1], flushes: [2, 0, 0],
    expected: [.init(1024, .size2M, nx | 0x1a1)]),
  HandRow(
    number: "4", calls: [.setMemory(.ro, direct(513), 1024)],
    leaves: [1024, 510, 1], splits: [2, 1], flushes: [4, 0, 0],
    expected: [
      .init(512, .size4K, nx | 0x163), .init(513, .size4K, nx | 0x121),
      .init(1024, .size2M, nx | 0x1a1), .init(1536, .size4K, nx | 0x121),
      .init(1537, .size4K, nx | 0x163),
    ]),
  HandRow(
    number: "5", calls: [.setMemory(.ro, direct(0), 262144)],
    leaves: [0, 0, 2], splits: [0, 0], flushes: [1, 0, 0],
    expected: [.init(0, .size1G, nx | 0x1a1), .init(262144, .size1G, nx | 0x1e3)]),
  HandRow(
    number: "6", calls: [.setMemory(.ro, direct(0), 524288)],
    leaves: [0, 0, 2], splits: [0, 0], flushes: [1, 0, 0],
    expected: [.init(0, .size1G, nx | 0x1a1), .init(262144, .size1G, nx | 0x1a1)]),
  HandRow(
    number: "7", calls: [.setMemory(.rw, direct(77), 5)],
    leaves: [0, 0, 2], splits: [0, 0], flushes: [0, 0, 0],
    expected: [.init(77, .size1G, nx | 0x1e3)]),
  HandRow(
    number: "16",
    calls: [.setMemory(.np, direct(1024), 512), .setMemory(.p, direct(1030), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [3, 1, 0],
    expected: [.init(1030, .size4K, nx | 0x063), .init(1031, .size4K, nx | 0x062)]),
  HandRow(
    number: "17", calls: [.setMemory(.split4K, direct(3), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 0, 0],
    expected: [.init(3, .size4K, nx | 0x163)]),
  HandRow(
    number: "17", kernel: .linux7_2, calls: [.setMemory(.split4K, direct(3), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 1, 0],
    expected: [.init(3, .size4K, nx | 0x963), .init(4, .size4K, nx | 0x163)]),
]

private let makeArea = Call.vmap(area, FrameStride(first: frame(1024), count: 512), at: nil)
private let makeScattered = Call.vmap(
  area, FrameStride(first: frame(7), stride: 1000, count: 3), at: nil)

private let aliasRows = [
  HandRow(
    number: "8", calls: [makeArea, .setMemory(.ro, .area(area, page: 0), 512)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [3, 0, 0],
    expected: [
      .init(1024, .size4K, nx | 0x121), .init(1535, .size4K, nx | 0x121),
      .init(511, .size4K, nx | 0x121, isInArea: true),
    ]),
  HandRow(
    number: "9",
    calls: [
      .vmapPageRange(area, frame(1024), 512, at: nil),
      .setMemory(.ro, .area(area, page: 0), 512),
    ],
    leaves: [0, 512, 1], splits: [0, 1], flushes: [2, 0, 0],
    expected: [
      .init(1024, .size2M, nx | 0x1a1), .init(0, .size2M, nx | 0x1a1, isInArea: true),
    ]),
  HandRow(
    number: "10",
    calls: [
      makeScattered, .setMemory(.nx, .area(area, page: 0), 3),
      .setMemory(.x, .area(area, page: 0), 3),
    ],
    leaves: [0, 0, 2], splits: [0, 0], flushes: [1, 0, 0],
    expected: [
      .init(7, .size1G, nx | 0x1e3), .init(0, .size4K, 0x163, isInArea: true),
      .init(2, .size4K, 0x163, isInArea: true),
    ]),
  HandRow(
    number: "10", kernel: .linux6_1,
    calls: [
      makeScattered, .setMemory(.nx, .area(area, page: 0), 3),
      .setMemory(.x, .area(area, page: 0), 3),
    ],
    leaves: [0, 0, 2], splits: [0, 0], flushes: [0, 3, 0],
    expected: [
      .init(7, .size1G, nx | 0x1e3), .init(1, .size4K, 0x163, isInArea: true),
    ]),
]

private let cacheRows = [
  HandRow(
    number: "11",
    calls: [.setPagesArray(.wc, FrameStride(first: frame(1024), count: 512))],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [4, 0, 1024],
    expected: [.init(1024, .size4K, nx | 0x16b), .init(1535, .size4K, nx | 0x16b)]),
  HandRow(
    number: "12", calls: [.setMemory(.wc, direct(1024), 512)],
    leaves: [0, 512, 1], splits: [0, 1], flushes: [3, 0, 1024],
    expected: [.init(1024, .size2M, nx | 0x1eb)]),
  HandRow(
    number: "13",
    calls: [.setMemory(.wc, direct(1024), 512), .setMemory(.wb, direct(1024), 512)],
    leaves: [0, 512, 1], splits: [0, 1], flushes: [4, 0, 1024],
    expected: [.init(1024, .size2M, nx | 0x1e3)]),
]

/// Read-only page by page over a 2M block, then read-only and executable as a whole.
private let collapsing: [Call] =
  (1024..<1536).map { .setMemory(.ro, direct($0), 1) } + [.setMemory(.rox, direct(1024), 512)]

private let otherRows = [
  HandRow(
    number: "14", calls: [.setDirectMap(.invalid, frame(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 0, 0],
    expected: [.init(1000, .size4K, nx | 0x020)]),
  HandRow(
    number: "15",
    calls: [.setDirectMap(.invalid, frame(1000), 1), .setDirectMap(.default, frame(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 0, 0],
    expected: [.init(1000, .size4K, nx | 0x023)]),
  HandRow(
    number: "15", kernel: .linux6_1,
    calls: [.setDirectMap(.invalid, frame(1000), 1), .setDirectMap(.default, frame(1000), 1)],
    leaves: [512, 511, 1], splits: [1, 1], flushes: [2, 0, 0],
    expected: [.init(1000, .size4K, nx | 0x063)]),
  HandRow(
    number: "18", kernel: .linux7_2, calls: collapsing,
    leaves: [0, 512, 1], splits: [1, 1], flushes: [4, 512, 0], collapses: [1, 0],
    expected: [.init(1024, .size2M, 0x1a1)]),
  HandRow(
    number: "18", calls: collapsing,
    leaves: [512, 511, 1], splits: [1, 1], flushes: [3, 512, 0],
    expected: [.init(1024, .size4K, 0x121)]),
  // The table has one more full flush: that of the freed area's addresses, between the two calls of
  // each page, which is the caller's.
  HandRow(
    number: "19",
    calls: [7, 5000, 262147].map { .setDirectMap(.invalid, frame($0), 1) }
      + [7, 5000, 262147].map { .setDirectMap(.default, frame($0), 1) },
    leaves: [1536, 1021, 0], splits: [3, 2], flushes: [5, 0, 0],
    expected: [
      .init(7, .size4K, nx | 0x023), .init(5000, .size4K, nx | 0x023),
      .init(262147, .size4K, nx | 0x023), .init(262148, .size4K, nx | 0x163),
    ]),
]

@Suite struct HandTableTests {
  private func machine(_ kernel: KernelProfile, isolated: Bool = false) -> Machine {
    var cpu = CPUFeatures()
    cpu[.pti] = isolated
    let size = PageCount(524288)
    let flags = cpu.pageKernel.union(.pse)
    return Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap([base..<(base + size)]),
      leaves: [
        LeafRun(
          start: AddressLayout.directMapAddress(of: base), pages: size, size: .size1G,
          flags: flags)
      ],
      directMapKilobytes: [.size1G: 2 << 20])
  }

  @Test(arguments: permissionRows + aliasRows + cacheRows + otherRows)
  func `comes to what was worked out by hand`(row: HandRow) throws {
    var machine = machine(row.kernel)
    for call in row.calls { #expect(try machine.perform(call) == .success) }
    let counters = machine.counters
    let sizes = LeafSize.allCases
    let runs = machine.tables.runs(
      from: AddressLayout.directMapAddress(of: base), pages: 524288)
    let census = sizes.map { size in
      Int64(runs.filter { $0.size == size }.reduce(0) { $0 + $1.leafCount })
    }
    #expect(census == row.leaves)
    #expect(sizes.map { counters[.directMap($0)] } == row.leaves)
    #expect([counters[.level2Splits], counters[.level3Splits]] == row.splits)
    #expect([counters[.level2Collapses], counters[.level3Collapses]] == row.collapses)
    let flushes: [Counter] = [.flushTLBAll, .flushTLBOneKernel, .cacheLineFlushedPages]
    #expect(flushes.map { counters[$0] } == row.flushes)
    for expected in row.expected {
      let target: Call.Target =
        expected.isInArea ? .area(area, page: PageCount(expected.page)) : direct(expected.page)
      let leaf = try #require(machine.tables.lookup(try machine.address(of: target, 1)))
      #expect(leaf.size == expected.size, "page \(expected.page)")
      #expect(leaf.flags.rawValue == expected.flags, "page \(expected.page)")
    }
  }

  @Test(arguments: [
    (KernelProfile.linux6_12, false, UInt64(0x020), UInt64(0x023)),
    (.linux6_12, true, 0x020, 0x023), (.linux6_1, false, 0x060, 0x063),
    (.linux6_1, true, 0x060, 0x063),
  ])
  func `loses G and D on the way out of the direct map and back`(
    kernel: KernelProfile, isolated: Bool, out: UInt64, back: UInt64,
  ) throws {
    var machine = machine(kernel, isolated: isolated)
    let address = try machine.address(of: direct(9), 1)
    try machine.perform(.setDirectMap(.invalid, frame(9), 1))
    #expect(machine.tables.lookup(address)?.flags.rawValue == nx | out)
    try machine.perform(.setDirectMap(.default, frame(9), 1))
    #expect(machine.tables.lookup(address)?.flags.rawValue == nx | back)
  }

  @Test func `refuses a cache type unless every page is write-back`() throws {
    var machine = machine(.linux6_12)
    try machine.perform(.setMemory(.uc, direct(5), 1))
    let before = machine.counters
    #expect(try machine.perform(.setMemory(.wc, direct(0), 9)) == .busy)
    #expect(try machine.perform(.setMemory(.uc, direct(5), 1)) == .busy)
    let frames = FrameStride(first: base, count: 9)
    #expect(try machine.perform(.setPagesArray(.wc, frames)) == .invalid)
    #expect(machine.counters == before)
    #expect(machine.memoryType(of: frame(4)) == .wb)
  }

  @Test(arguments: [KernelProfile.linux6_1, .linux6_12])
  func `answers ENOSYS to calls that the version lacks`(kernel: KernelProfile) throws {
    var machine = machine(kernel)
    let isOld = kernel == .linux6_1
    #expect(
      try machine.perform(.setMemory(.rox, direct(0), 1)) == (isOld ? .notImplemented : .success))
    #expect(
      try machine.perform(.setMemory(.p, direct(0), 1)) == (isOld ? .notImplemented : .success))
    #expect(try machine.perform(.setDirectMapValid(base, 1, false)) == .notImplemented)
  }
}
