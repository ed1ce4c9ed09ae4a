import Engine
import TestSupport
import Testing

/// Tables of like leaves are kept as one entry until one of the leaves is written. Nobody may notice:
/// each machine here is compared with one whose leaves were mapped one by one.
@Suite struct UniformTableTests {
  private static let area: Name = {
    guard let name = Name("a") else { preconditionFailure("a is no name.") }
    return name
  }()

  /// A machine with an area of 4K leaves, mapped in one piece, and the same mapped leaf by leaf.
  private static func pair(
    pages: UInt64, kernel: KernelProfile = .linux7_2, policies: PolicySet = .none,
  ) throws -> (whole: Machine, single: Machine) {
    var whole = Machine.ofLargeLeaves(gibibytes: 4, kernel: kernel, policies: policies)
    var single = whole
    let frames = FrameStride(first: Machine.largeLeavesStart + 512, count: PageCount(pages))
    var log = EventLog()
    try whole.perform(.vmap(area, frames, at: 0xffff_c900_0000_0000), into: &log)
    for event in log.events {
      guard case .mapped(let fill) = event, fill.size == .size4K else {
        single.apply([event])
        continue
      }
      for index in 0..<fill.count {
        var leaf = fill
        leaf.start = fill.start + PageCount(index)
        leaf.pfn = fill.pfn + PageCount(index)
        leaf.count = 1
        single.apply([.mapped(leaf)])
      }
    }
    return (whole, single)
  }

  private static func entryRuns(_ machine: Machine) -> [EntryRun] {
    var runs: [EntryRun] = []
    machine.tables.forEachEntryRun(of: .x86_64) { runs.append($0) }
    return runs
  }

  private func expectEqual(_ whole: Machine, _ single: Machine) {
    #expect(whole.checksum == single.checksum)
    #expect(whole.tables.tableCount == single.tables.tableCount)
    #expect(Self.entryRuns(whole) == Self.entryRuns(single))
    let start: VirtualAddress = 0xffff_c900_0000_0000
    for (first, pages) in [(0, 4096), (3, 700), (511, 2), (513, 1023)] as [(UInt64, UInt64)] {
      let from = start + PageCount(first)
      #expect(
        whole.tables.runs(from: from, pages: PageCount(pages))
          == single.tables.runs(from: from, pages: PageCount(pages)))
    }
    for page in [0, 1, 511, 512, 1000, 1535, 1536, 2047] as [UInt64] {
      let address = start + PageCount(page)
      #expect(whole.tables.lookup(address) == single.tables.lookup(address))
    }
    for size in [LeafSize.size2M, .size1G] {
      #expect(whole.whyNot(size, at: start) == single.whyNot(size, at: start))
    }
  }

  @Test(arguments: [511, 512, 513, 1536, 2048] as [UInt64])
  func `an area reads the same, mapped in one piece or leaf by leaf`(pages: UInt64) throws {
    let (whole, single) = try Self.pair(pages: pages)
    expectEqual(whole, single)
  }

  @Test func `a table that is not spelled out takes no memory`() throws {
    let (whole, single) = try Self.pair(pages: 2048)
    let empty = Machine.ofLargeLeaves(gibibytes: 4, kernel: .linux7_2)
    // The upper tables are needed either way; four of 4K entries are not.
    #expect(whole.bytesApart(from: empty) + 4 * 4096 <= single.bytesApart(from: empty))
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `what is done to it leads to the same`(seed: UInt64) throws {
    let policies: PolicySet = try PolicySet(
      seed % 3 == 0 ? [] : [seed % 3 == 1 ? .aaronLu2022 : .kirill2020])
    var (whole, single) = try Self.pair(pages: 2048, policies: policies)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<16 {
      let operation = random.pick([SetMemory.ro, .rw, .rox, .np, .p, .split4K])
      let page = random.next(below: 2048)
      let pages = 1 + random.next(below: random.pick([1, 40, 2048 - page]))
      let call = Call.setMemory(
        operation, .area(Self.area, page: PageCount(page)), PageCount(min(pages, 2048 - page)))
      let before = whole
      let returned = try whole.perform(call)
      #expect(try single.perform(call) == returned)
      expectEqual(whole, single)
      // The machine before kept its tables as they were.
      var again = before
      try again.perform(call)
      #expect(again.checksum == whole.checksum)
    }
    try whole.perform(.vunmap(Self.area))
    try single.perform(.vunmap(Self.area))
    expectEqual(whole, single)
    try whole.checkInvariants()
  }
}
