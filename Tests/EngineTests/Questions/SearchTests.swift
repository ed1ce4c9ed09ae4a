import Engine
import TestSupport
import Testing

/// Searching the whole map, against one that looks at every page.
@Suite struct SearchTests {
  private static let searches: [MapSearch] =
    PermissionClass.allCases.map(MapSearch.permission) + LeafSize.allCases.map(MapSearch.size) + [
      .has(.writable), .lacks(.writable), .has([.nx, .global]), .lacks([.dirty, .present]),
    ]

  /// A machine with holes, all sizes, and some of every permission.
  private static func machine(seed: UInt64) -> Machine {
    var calls = RandomCalls(seed: seed)
    var machine = Machine.ofLargeLeaves(gibibytes: 1, size: .size2M, kernel: .linux7_2)
    for _ in 0..<40 { _ = try? machine.perform(calls.next(on: machine)) }
    return machine
  }

  /// Whether a page is what is looked for, page by page.
  private static func isHit(_ search: MapSearch, _ leaf: PageTables.Leaf?) -> Bool {
    switch search {
    case .permission(let wanted): PermissionClass(leaf?.flags ?? [], leaf?.size) == wanted
    case .size(let wanted): leaf?.size == wanted
    case .has(let flags): leaf?.flags4K.isSuperset(of: flags) ?? false
    case .lacks(let flags): leaf.map { !$0.flags4K.isSuperset(of: flags) } ?? false
    default: false
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `every stretch is found, forwards and backwards, and nothing else`(seed: UInt64) {
    let machine = Self.machine(seed: seed)
    // 16 MiB of it: what random calls change lies at the beginning.
    let first = Machine.largeLeavesStart
    let frames = first..<first + 4096
    let leaves = (0..<4096).map {
      machine.tables.lookup(AddressLayout.directMapAddress(of: first + PageCount($0)))
    }
    for search in Self.searches {
      let hits = leaves.map { Self.isHit(search, $0) }
      let starts = hits.indices.filter { hits[$0] && ($0 == 0 || !hits[$0 - 1]) }
        .map { first + PageCount(UInt64($0)) }
      var found: [PFN] = []
      // From the page before, which is a hole.
      var place = first.rawValue - 1
      while let next = search.next(after: PFN(place), in: machine), frames.contains(next) {
        found.append(next)
        place = next.rawValue
      }
      // A hole that begins before the frames has no beginning in them.
      let expected =
        starts.first == first && search == .permission(.hole)
        ? Array(starts.dropFirst()) : starts
      #expect(found == expected, "\(search)")
      var back: [PFN] = []
      var end = frames.upperBound
      while let next = search.next(after: end, forwards: false, in: machine), frames.contains(next)
      {
        back.append(next)
        end = next
      }
      #expect(back.reversed() == expected, "\(search)")
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `the next odd one out is what differs from most of its table`(seed: UInt64) {
    let machine = Self.machine(seed: seed)
    let first = Machine.largeLeavesStart
    var expected: [PFN] = []
    for slot in 0..<8 as Range<UInt64> {
      let start = first + PageCount(slot * 512)
      let leaves = (0..<512 as Range<UInt64>).compactMap {
        machine.tables.lookup(AddressLayout.directMapAddress(of: start + PageCount($0)))
      }
      guard leaves.first?.size == .size4K else { continue }
      var counts: [UInt64: Int] = [:]
      for leaf in leaves { counts[leaf.flags.rawValue, default: 0] += 1 }
      let most = counts.values.max() ?? 0
      guard let usual = leaves.first(where: { counts[$0.flags.rawValue] == most })?.flags else {
        continue
      }
      for index in 0..<512 where leaves[index].flags != usual {
        if index == 0 || leaves[index].flags != leaves[index - 1].flags {
          expected.append(start + PageCount(UInt64(index)))
        }
      }
    }
    var found: [PFN] = []
    var place: PFN = 0
    while let odd = machine.nextOddOneOut(after: place), odd.pfn < first + 4096 {
      #expect(!odd.lacking.isEmpty || !odd.extra.isEmpty)
      if odd.size == .size4K { found.append(odd.pfn) }
      place = odd.pfn
    }
    #expect(found == expected)
    var back: [PFN] = []
    place = first + 4096
    while let odd = machine.nextOddOneOut(after: place, forwards: false) {
      if odd.size == .size4K { back.append(odd.pfn) }
      place = odd.pfn
    }
    #expect(back.reversed() == expected)
  }

  @Test func `a large leaf among others is an odd one, and a run of them is one`() throws {
    var machine = Machine.ofLargeLeaves(gibibytes: 2, size: .size2M)
    let page = Machine.largeLeavesStart + PageCount(512 * 40)
    try machine.perform(.setMemory(.ro, .frame(page), 1024))
    let odd = try #require(machine.nextOddOneOut(after: 0))
    #expect(odd.pfn == page && odd.size == .size2M && odd.leaves == 2)
    #expect(odd.lacking == [.writable, .dirty] && odd.extra.isEmpty)
    #expect(machine.nextOddOneOut(after: page) == nil)
    #expect(machine.nextOddOneOut(after: page + 100, forwards: false) == odd)
  }

  @Test func `a map of 64 TiB is searched leaf by leaf, not page by page`() throws {
    var machine = Machine.ofLargeLeaves(gibibytes: 65_000)
    let last = machine.memory.end.rawValue - 5
    try machine.perform(.setMemory(.ro, .frame(PFN(last)), 1))
    #expect(machine.nextOddOneOut(after: 0)?.pfn == PFN(last))
    #expect(MapSearch.lacks(.writable).next(after: 0, in: machine) == PFN(last))
    #expect(MapSearch.permission(.roNX).next(after: 0, in: machine) == PFN(last))
    #expect(
      MapSearch.size(.size1G).next(after: PFN(last), forwards: false, in: machine)
        == Machine.largeLeavesStart)
  }

  @Test func `owners are found by name, frames and addresses wherever one is`() throws {
    var machine = try Machine.booted([])
    let name = try named("a")
    try machine.perform(.allocPages(name, order: 3, .movable, node: nil))
    let block = try #require(
      machine.physical.owner(named: name).flatMap { machine.physical.blocks(of: $0).first })
    #expect(MapSearch.owner(name).next(after: 0, in: machine) == block.first)
    #expect(MapSearch.owner(name).next(after: block.first, in: machine) == nil)
    let end = machine.memory.end
    #expect(MapSearch.owner(name).next(after: end, forwards: false, in: machine) == block.first)
    #expect(MapSearch.owner(try named("nobody")).next(after: 0, in: machine) == nil)
    #expect(MapSearch.frame(0x140000).next(after: end, in: machine) == 0x140000)
    #expect(MapSearch.frame(end).next(after: 0, in: machine) == nil)
    let address = AddressLayout.directMapAddress(of: 0x140003)
    #expect(MapSearch.address(address).next(after: 0, in: machine) == 0x140003)
    #expect(MapSearch.address(0).next(after: 0, in: machine) == nil)
  }
}

/// What would split a large leaf.
@Suite struct WhatSplitsTests {
  private static let page = Machine.largeLeavesStart
  private static let address = AddressLayout.directMapAddress(of: page)

  private func kinds(_ trials: [SplitTrial], whole: Bool, splits: Bool) -> [String] {
    trials.filter { $0.isWhole == whole && $0.splits == splits }.map { trial in
      switch trial.call {
      case .setMemory(let operation, _, _): operation.rawValue
      default: "invalid"
      }
    }
  }

  @Test func `a page of a 1G leaf splits it, a whole leaf keeps it`() {
    let machine = Machine.ofLargeLeaves()
    let trials = machine.whatSplits(at: Self.address + 700)
    #expect(
      kinds(trials, whole: false, splits: true)
        == ["ro", "x", "rox", "np", "4k", "nonglobal", "uc", "invalid"])
    #expect(kinds(trials, whole: false, splits: false) == ["rw", "nx", "p", "wb"])
    #expect(kinds(trials, whole: true, splits: true) == [])
    #expect(kinds(trials, whole: true, splits: false) == ["ro", "x", "rox", "np", "uc"])
    #expect(
      trials[0].outcome
        == .splits(
          .splitPartial(Self.address + 700, .size1G, firstPage: 700, covered: 1), to: .size4K,
          mergesAgain: false))
    #expect(trials[1].outcome == .stays(.sameProtection(Self.address + 700, .size1G, 1)))
    let again = machine
    #expect(machine.checksum == again.checksum)
  }

  @Test func `where a 4K leaf or nothing is mapped, there is nothing to split`() throws {
    var machine = Machine.ofLargeLeaves()
    #expect(machine.whatSplits(at: AddressLayout.directMapAddress(of: 0)).isEmpty)
    try machine.perform(.setMemory(.ro, .frame(Self.page), 1))
    #expect(machine.whatSplits(at: Self.address).isEmpty)
    #expect(machine.whatSplits(at: Self.address + 512).count > 8)
  }

  @Test func `the branch of 2022 splits and merges at once what is asked for as 4k`() throws {
    let machine = try Machine.booted([.hyeyooCount2022])
    let trials = machine.whatSplits(at: AddressLayout.directMapAddress(of: 0x140000))
    let trial = try #require(
      trials.first { if case .setMemory(.split4K, _, _) = $0.call { true } else { false } })
    guard case .splits(_, to: .size4K, mergesAgain: true) = trial.outcome else {
      Issue.record("\(trial)")
      return
    }
  }
}
