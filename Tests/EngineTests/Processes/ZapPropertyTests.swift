import Engine
import TestSupport
import Testing

/// Random address spaces and zaps.
private struct RandomZaps {
  var random: SeededGenerator
  private var serial = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func mapping(traits: [UserRange.Traits] = [[], .dirty, .file, [.file, .dirty]])
    throws -> ProcessCall
  {
    serial += 1
    let order = random.pick([0, 0, 1, 3, 4, 6, 9])
    let folios = 1 + random.next(below: random.pick([1, 7, 90, order > 4 ? 12 : 1500]))
    let place: VirtualAddress? =
      random.oneIn(3)
      ? VirtualAddress(0x1000_0000 + UInt64(serial) << 28 + random.next(below: 1024) << 12) : nil
    return .mmap(
      try named("r\(serial)"), PageCount(folios << UInt64(order)), order: order,
      random.pick(traits), at: place)
  }

  mutating func next(on machine: Machine) throws -> ProcessCall {
    let ranges = machine.userRanges
    guard !ranges.isEmpty, !random.oneIn(4) else { return try mapping() }
    if random.oneIn(25) { return .exitMmap }
    let range = random.pick(ranges).range
    switch random.next(below: 4) {
    case 0:
      let first = random.next(below: range.pages.rawValue)
      return .munmap(
        range.name,
        random.oneIn(3) ? ProcessCall.Part(first: PageCount(first), count: nil) : nil)
    case 1: return .zap(range.name, nil)
    default:
      let first = random.next(below: range.pages.rawValue)
      let count = 1 + random.next(below: range.pages.rawValue - first)
      return .zap(
        range.name,
        ProcessCall.Part(
          first: PageCount(first), count: random.oneIn(3) ? nil : PageCount(count)))
    }
  }
}

@Suite struct ZapPropertyTests {
  static let seeds: Range<UInt64> = 0..<15

  private static func machine(_ seed: UInt64) throws -> Machine {
    let kernels = KernelProfile.x86
    let policies: [[PolicyName]] = [
      [], [.zapByPage], [.zapBatched2024], [.zapFreeLimit], [.zapPageCap],
    ]
    return try .zapping(
      policies[Int(seed / 3) % policies.count], kernel: kernels[Int(seed) % kernels.count],
      isZeroing: seed % 3 == 0)
  }

  @Test(arguments: seeds)
  func `events make the machine after a call, and what must hold holds`(seed: UInt64) throws {
    var machine = try Self.machine(seed)
    var zaps = RandomZaps(seed: seed)
    for _ in 0..<14 {
      let call = Call.process(try zaps.next(on: machine))
      let before = machine
      let checksum = before.checksum
      var silent = machine
      var log = EventLog()
      let code = try? machine.perform(call, into: &log)
      let silentCode = try? silent.perform(call)
      try #require(code == silentCode)
      try #require(silent.checksum == machine.checksum, "\(call)")
      var replayed = before
      for event in log.events { replayed.apply([event]) }
      try #require(replayed.checksum == machine.checksum, "\(call)")
      try #require(before.checksum == checksum, "\(call) changed a copy")
      if code == nil { try #require(machine.checksum == checksum, "\(call) failed, left a trace") }
      do throws(Machine.BrokenInvariant) {
        try machine.checkInvariants()
      } catch {
        Issue.record("after \(call): \(error)")
        return
      }
    }
  }

  @Test(arguments: seeds)
  func `all pages are freed exactly once`(seed: UInt64) throws {
    var machine = try Self.machine(seed)
    var zaps = RandomZaps(seed: seed &+ 1000)
    let free = machine.freeBlocksByOrder
    var mapped: PageCount = 0
    var files: [Name] = []
    for _ in 0..<5 {
      let call = try zaps.mapping()
      guard case .mmap(let name, let pages, order: _, let traits, at: _) = call else { continue }
      try machine.perform(.process(call))
      if traits.contains(.file) { files.append(name) } else { mapped += pages }
      if zaps.random.oneIn(2) {
        let first = PageCount(zaps.random.next(below: pages.rawValue))
        try machine.perform(
          .process(.zap(name, ProcessCall.Part(first: first, count: nil))))
      }
    }
    try machine.perform(.process(.exitMmap))
    #expect(machine.allZaps[.pagesFreed] == Int64(mapped.rawValue))
    for file in files { try machine.perform(.freePages(file)) }
    #expect(machine.freeBlocksByOrder == free)
    #expect(machine.userRanges.isEmpty)
    try machine.checkInvariants()
  }

  /// The words, batches and forced flushes of fragments of so many pages each, in order, none of them
  /// with a delayed rmap: by counting, apart from the engine.
  private static func closedForm(
    _ fragments: [Int], isBundled: Bool,
  ) -> (words: Int64, batches: Int64, forced: Int64) {
    var (words, batches, forced) = (0 as Int64, 0 as Int64, 0 as Int64)
    var (batch, used) = (0, 0)
    for (index, pages) in fragments.enumerated() {
      let width = pages == 1 ? 1 : 2
      words += Int64(width)
      used += width
      guard used >= (batch == 0 ? 8 : 510) - (isBundled ? 1 : 0) else { continue }
      (batch, used) = batch == 19 ? (0, 0) : (batch + 1, 0)
      // Full with the very last fragment: the flush is forced all the same.
      _ = index
      if batch == 0 { forced += 1 } else { batches = max(batches, Int64(batch)) }
    }
    return (words, batches, forced)
  }

  @Test(arguments: seeds)
  func `batch counts equal the closed formulas over random mixes`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for kernel in [KernelProfile.linux6_1, .linux6_12] {
      var machine = try Machine.zapping(kernel: kernel)
      let isBundled = kernel.batchesZap
      var fragments: [Int] = []
      for index in 0..<(4 + Int(random.next(below: 12))) {
        let order = random.pick([0, 0, 0, 1, 2, 5, 9])
        let limit: UInt64 = order == 9 ? 20 : order == 0 ? 5000 : 700
        let folios = Int(1 + random.next(below: limit))
        // Folios do not reach over the ends of page tables here.
        let place = VirtualAddress(0x1000_0000 + UInt64(index) << 32)
        try machine.mmap(
          "r\(index)", PageCount(UInt64(folios) << UInt64(order)), order: order, at: place)
        let pages = 1 << order
        fragments +=
          isBundled
          ? Array(repeating: pages, count: folios) : Array(repeating: 1, count: folios * pages)
      }
      try machine.perform(.process(.exitMmap))
      let expected = Self.closedForm(fragments, isBundled: isBundled)
      #expect(machine.lastZap[.words] == expected.words)
      #expect(machine.lastZap[.forcedFlushes] == expected.forced)
      #expect(machine.lastZap[.runs] == Int64(fragments.count))
      // The page tables follow the pages into the batches, a word each.
      let tables = machine.lastZap[.tables]
      #expect(tables > 0)
      let single = Array(repeating: 1, count: Int(tables))
      let withTables = Self.closedForm(fragments + single, isBundled: isBundled)
      #expect(machine.lastZap[.batches] == withTables.batches)
      #expect(machine.lastZap[.refOperations] == Int64(fragments.count) + tables)
      #expect(machine.lastZap[.rmapOperations] == Int64(fragments.count))
      #expect(machine.lastZap[.tlbRemovals] == Int64(fragments.count))
    }
  }

  @Test(arguments: seeds)
  func `order 0 costs the same before and after the series`(seed: UInt64) throws {
    var counts: [[Int64]] = []
    for policy in [PolicyName.zapByPage, .zapBatched2024] {
      var random = SeededGenerator(seed: seed)
      var machine = try Machine.zapping([policy])
      for index in 0..<4 {
        let traits: [UserRange.Traits] = [[], .dirty, .file, [.file, .dirty]]
        try machine.mmap(
          "r\(index)", PageCount(1 + random.next(below: 2300)), random.pick(traits),
          at: VirtualAddress(0x1000_0000 + UInt64(index) << 32))
      }
      try machine.perform(.process(.exitMmap))
      let same: [ZapCounter] = [
        .pages, .runs, .words, .tlbRemovals, .rmapOperations, .delayedRmaps, .refOperations,
        .pagesFreed, .foliosFreed, .forcedFlushes, .flushes, .cost,
      ]
      counts.append(same.map { machine.lastZap[$0] })
    }
    #expect(counts[0] == counts[1])
  }
}
