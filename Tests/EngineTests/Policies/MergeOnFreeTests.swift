import Engine
import TestSupport
import Testing

/// Merging on free, as the RFC of January 2022 has it compiled out.
@Suite struct MergeOnFreeTests {
  private static func vmalloc(_ name: Name, _ pages: PageCount) -> Call {
    var options = UserCall.VmallocOptions()
    options.flags = .group
    return .user(.vmalloc(name, pages, options))
  }

  private static func size(_ machine: Machine, _ pfn: PFN) -> LeafSize? {
    machine.tables.lookup(AddressLayout.directMapAddress(of: pfn))?.size
  }

  @Test(arguments: [PolicyName.mergeOnFree, .mergeOnFreeLiteral])
  func `a pageblock that is free again is one leaf again, if its neighbour is in use`(
    policy: PolicyName,
  ) throws {
    var machine = try Machine.booted([.unmapped2022, policy], kernel: .linux6_12)
    let (first, second) = (try named("first"), try named("second"))
    try machine.perform(Self.vmalloc(first, 512))
    try machine.perform(Self.vmalloc(second, 512))
    let page = try #require(machine.frames(of: first).first)
    #expect(Self.size(machine, page) == .size4K)
    // The second area keeps the buddy of order 9 busy, so merging ends at exactly 9.
    try machine.perform(.user(.vfree(first)))
    try machine.perform(.drainPages)
    #expect(Self.size(machine, page) == .size2M)
    #expect(machine.counters[.level1Merges] >= 1)
    // It never becomes 1G: the page allocator knows no larger block.
    #expect(machine.counters[.level2Merges] == 0)
    try machine.checkInvariants()
  }

  @Test func `the literal trigger misses a merge that goes on to order 10`() throws {
    func merges(_ policy: PolicyName) throws -> Int64 {
      var machine = try Machine.booted([.unmapped2022, policy], kernel: .linux6_12)
      let area = try named("area")
      try machine.perform(Self.vmalloc(area, 1))
      try machine.perform(.user(.vfree(area)))
      try machine.perform(.drainPages)
      return machine.counters[.level1Merges]
    }
    // A single page of a block of order 10 comes back: the merge passes through 9 and ends at 10.
    #expect(try merges(.mergeOnFree) == 1)
    #expect(try merges(.mergeOnFreeLiteral) == 0)
  }

  @Test func `a page borrowed by another type keeps its block in small pages`() throws {
    var machine = try Machine.booted([.unmapped2022, .mergeOnFree], kernel: .linux6_12)
    let area = try named("area")
    try machine.perform(Self.vmalloc(area, 100))
    let page = try #require(machine.frames(of: area).first)
    #expect(machine.physical.pageblockType(of: page) == .unmapped)
    // Others take nearly all there is, and in the end what the Unmapped pageblock has left.
    // (The low zones keep some 6000 pages back.)
    let most = PageCount(machine.physical.freePages.rawValue - 6000)
    let scattered = try machine.perform(
      .scatter(try named("borrower"), most, percentFreed: 0, seed: 1))
    #expect(scattered == .success)
    let block = page.alignedDown(to: .size2M)
    let borrowed = (0..<UInt64(512)).count { index in
      guard
        !machine.physical.isOnCPUList(block + PageCount(index)),
        case .allocated(let block, _) = machine.physical.owner(of: block + PageCount(index))
      else { return false }
      return block.type == .unmovable
    }
    #expect(borrowed > 0)
    try machine.perform(.user(.vfree(area)))
    #expect(Self.size(machine, page) == .size4K)
    #expect(machine.counters[.level1Merges] == 0)
    let panel = machine.panels(at: AddressLayout.directMapAddress(of: page))
      .flatMap(\.lines)
    #expect(panel.contains(.count("its pages borrowed by other types", Int64(borrowed))))
    // The pageblock is RAM throughout: free, own, borrowed and boot's pages are all there are.
    let census = panel.compactMap { line in
      if case .count(let words, let pages) = line, words.hasPrefix("its ") { pages } else { nil }
    }
    #expect(census.count == 5 && census.reduce(0, +) == 512)
  }
}
