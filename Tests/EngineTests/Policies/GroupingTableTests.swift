import Engine
import TestSupport
import Testing

/// Worked examples of the policies that hand out pages: which page, in which order.
@Suite struct GroupingTableTests {
  private static var grouped: UserCall.VmallocOptions {
    var options = UserCall.VmallocOptions()
    options.flags = [.group, .resetsPermissions]
    return options
  }

  @Test func `the grouping cache hands out b, b+511, b+510, and the last page of an area first`()
    throws
  {
    var machine = try Machine.booted([.edgecombe2021], kernel: .linux5_11)
    let (area, next) = (try named("area"), try named("next"))
    try machine.perform(.user(.vmalloc(area, 10, Self.grouped)))
    let frames = machine.frames(of: area)
    let b = try #require(frames.first)
    #expect(b.isAligned(to: .size2M))
    #expect(frames == [b] + (0..<9).map { b + PageCount(511 - $0) })
    #expect(machine.cachedPages == 502)

    // One 2M split for ten pages, after that of the GiB.
    let before = machine.counters
    try machine.perform(.setMemory(.ro, .area(area, page: 0), 10))
    #expect(machine.counters.since(before)[.level2Splits] == 1)

    try machine.perform(.user(.vfree(area)))
    #expect(machine.cachedPages == 512)
    try machine.perform(.user(.vmalloc(next, 1, Self.grouped)))
    #expect(machine.frames(of: next) == [b + 503])

    // Oldest first, freed in reverse; leaves stay 4K.
    var log = EventLog()
    #expect(
      try machine.perform(
        .policy(.shrink(.edgecombe2021, node: 0, pages: 128, gfp: .kernel)), into: &log)
        == ReturnCode(rawValue: 128))
    var freed: [PFN] = []
    for case .memory(.released(let block, _)) in log.events { freed.append(block.first) }
    #expect(freed == (1...128).reversed().map { b + PageCount($0) })
    #expect(machine.tables.lookup(AddressLayout.directMapAddress(of: b + 1))?.size == .size4K)
  }

  /// The page allocator sees the blocks that fill a cache, not the pages that go in and out of it.
  @Test(arguments: PolicyName.grouping.filter { $0 != .unmapped2022 })
  func `a page that enters or leaves a cache changes hands and stays allocated`(
    policy: PolicyName
  ) throws {
    var machine = try Machine.booted([policy], kernel: .linux5_11)
    let (first, second) = (try named("first"), try named("second"))
    try machine.perform(.user(.vmalloc(first, 4, Self.grouped)))
    var log = EventLog()
    var inside = machine
    try machine.perform(.user(.vfree(first)), into: &log)
    try machine.perform(.user(.vmalloc(second, 3, Self.grouped)), into: &log)
    var handed: [String] = []
    for event in log.events {
      inside.apply(CollectionOfOne(event))
      switch event {
      case .memory(.handed(let handover)):
        #expect(handover.cache == policy && handover.block.order == 0)
        handed.append("\(handover.user) \(handover.entersCache ? "in" : "out")")
        let state = inside.physical.owner(of: handover.block.first)
        guard case .allocated(handover.block, let owner) = state else {
          Issue.record("\(handover) leaves the page \(state)")
          continue
        }
        let name = handover.entersCache ? policy.owner : second
        #expect(inside.physical.name(of: owner) == name)
      case .memory(.allocated(_, let owner)), .memory(.released(_, let owner)):
        #expect(owner == .pageTables, "\(event)")
      default: break
      }
    }
    #expect(handed.prefix(4).allSatisfy { $0 == "first in" })
    #expect(handed.dropFirst(4) == ["second out", "second out", "second out"])
  }

  @Test func `without the cache ten scattered pages split ten leaves`() throws {
    var machine = try Machine.booted([], kernel: .linux5_11)
    for index in 0..<UInt64(10) {
      try machine.perform(.policy(.supply(.block(order: 0, 0x140000 + PageCount(index * 512)))))
    }
    let area = try named("area")
    try machine.perform(.user(.vmalloc(area, 10, Self.grouped)))
    let before = machine.counters
    try machine.perform(.setMemory(.ro, .area(area, page: 0), 10))
    #expect(machine.counters.since(before)[.level2Splits] == 10)
  }

  @Test func `foreign flags are refused, and the counter of the round robin stays`() throws {
    var machine = try Machine.booted([.edgecombe2021], kernel: .linux5_11)
    var options = Self.grouped
    options.gfp = [.kernel, .zero]
    var log = EventLog()
    let area = try named("area")
    #expect(try machine.perform(.user(.vmalloc(area, 2, options)), into: &log) == .noMemory)
    #expect(
      log.events.contains(
        .decided(
          .policy(
            .requestRefused(
              .edgecombe2021,
              [
                .kernel, .zero, .nowarn, .highmem,
              ])))))
    #expect(machine.groupedPages.roundRobin == 0 && machine.cachedPages == 0)
  }

  @Test
  func `pages of perm_alloc are not in the direct map, and changes of them cost nothing there`()
    throws
  {
    var machine = try Machine.booted([.permAlloc2020])
    let area = try named("area")
    try machine.perform(.user(.vmalloc(area, 4, Self.grouped)))
    let frames = machine.frames(of: area)
    for frame in frames {
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: frame))
      #expect(leaf?.entry.isPresent == false && leaf?.size == .size4K)
    }
    let before = machine.counters
    try machine.perform(.user(.moduleLoad(try named("m"), Self.smallModule)))
    #expect(machine.counters.since(before)[.level2Splits] == 0)
    try machine.perform(.policy(.dropSlab))
    #expect(machine.cachedPages == 0)
  }

  /// An area begins with the permissions that it keeps; what is read-only after init is changed later,
  /// and its range is flushed once.
  @Test func `perm_alloc maps what is final, and flushes what changes`() throws {
    var machine = try Machine.booted([.permAlloc2020])
    try machine.perform(.user(.vmalloc(try named("filler"), 1, Self.grouped)))
    var log = EventLog()
    var sizes = Self.smallModule
    try machine.perform(.user(.moduleLoad(try named("plain"), sizes)), into: &log)
    let fills = log.events.compactMap { event -> EntryFlags? in
      if case .mapped(let fill) = event { fill.flags } else { nil }
    }
    #expect(fills.contains { !$0.contains(.writable) && !$0.contains(.nx) })
    #expect(fills.contains { !$0.contains(.writable) && $0.contains(.nx) })
    #expect(fills.contains { $0.contains(.writable) && $0.contains(.nx) })
    #expect(!fills.contains { $0.contains(.writable) && !$0.contains(.nx) })
    let modules = AddressLayout.x86.modules
    let written = log.events.compactMap { event -> VirtualAddress? in
      if case .entryWritten(let address, _, _, _) = event { address } else { nil }
    }
    #expect(!written.contains { modules.contains($0) })
    sizes.roAfterInit = 5000
    let before = machine.counters
    var later = EventLog()
    try machine.perform(.user(.moduleLoad(try named("later"), sizes)), into: &later)
    #expect(later.events.contains(.flushed(.kernelRange(2))))
    let growth = machine.counters.since(before)
    #expect(growth[.flushTLBAll] == 0 && growth[.level2Splits] == 0)
  }

  /// One list serves all nodes, and reclaim calls such a shrinker once, with any node.
  @Test func `a cache without nodes is shrunk whichever node is named`() throws {
    var machine = try Machine.booted([.permAlloc2020])
    try machine.perform(.user(.vmalloc(try named("area"), 4, Self.grouped)))
    let before = machine.cachedPages
    let shrink = PolicyCall.shrink(.permAlloc2020, node: 3, pages: 2, gfp: .kernel)
    #expect(try machine.perform(.policy(shrink)) == ReturnCode(rawValue: 2))
    #expect(machine.cachedPages == before - 2)
  }

  private static var smallModule: ModuleSizes {
    var sizes = ModuleSizes()
    (sizes.text, sizes.data, sizes.rodata, sizes.initText) = (9000, 5000, 3000, 2000)
    return sizes
  }

  @Test func `unmapped pages come from pageblocks of their own type, and go back present`() throws {
    var machine = try Machine.booted([.unmapped2022], kernel: .linux6_12)
    let area = try named("area")
    try machine.perform(.user(.vmalloc(area, 4, Self.grouped)))
    let frames = machine.frames(of: area)
    for frame in frames {
      #expect(machine.physical.pageblockType(of: frame) == .unmapped)
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: frame))
      #expect(leaf?.entry.isPresent == false)
    }
    try machine.perform(.user(.vfree(area)))
    for frame in frames {
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: frame))
      #expect(leaf?.entry.isPresent == true)
    }
  }

  @Test
  func `the posted allocator of 2023 leaves the rest of a block present, the repaired one not`()
    throws
  {
    for (policies, isPresent) in [
      ([.unmappedAlloc2023], true), ([.unmappedAlloc2023, .unmappedAllocWholeBlock], false),
    ] as [([PolicyName], Bool)] {
      var machine = try Machine.booted(policies, kernel: .linux6_12)
      let area = try named("area")
      try machine.perform(.user(.vmalloc(area, 1, Self.grouped)))
      let page = try #require(machine.frames(of: area).first)
      func leaf(_ pfn: PFN) -> PageTables.Leaf? {
        machine.tables.lookup(AddressLayout.directMapAddress(of: pfn))
      }
      #expect(leaf(page)?.entry.isPresent == false)
      #expect(leaf(page + 300)?.entry.isPresent == isPresent)
    }
  }
}
