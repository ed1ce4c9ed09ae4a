import Engine
import TLB
import TestSupport
import Testing

@Suite struct PropertyTests {
  /// A machine with a few things split at random.
  private func fragmented(_ numbers: inout SeededGenerator) throws -> Machine {
    var machine = try teachingMachine()
    for _ in 0..<(numbers.next() % 12) {
      let pfn = PFN(0x140000 + numbers.next() % 0x30000)
      _ = try machine.perform(.setMemory(.split4K, .frame(pfn), 1))
    }
    return machine
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `numbers add up, and the same seed gives the same`(seed: UInt64) throws {
    var numbers = SeededGenerator(seed: seed)
    let machine = try fragmented(&numbers)
    let model = numbers.pick(TLBModel.all)
    let pattern = numbers.pick(
      [
        .sequential(step: 64), .random, .chase(step: 4096), .chase(step: 64),
        .hash(AccessPattern.HashTable(every: 2)),
      ] as [AccessPattern])
    let target: AccessTarget = numbers.pick([
      .everything, .pages(.frame(0x140000), 0x10000), .pages(.frame(0x141000), 3),
    ])
    let run = TLBRun(model, pattern, over: target, accesses: 3000, seed: seed)
    let result = try run.result(on: machine)
    #expect(result.accesses == 3000)
    #expect(result.firstHits + result.firstMisses == result.accesses)
    #expect(result.secondHits + result.walks == result.firstMisses)
    #expect(result.walks4K + result.walks2M + result.walks1G + result.faults == result.walks)
    #expect(result.walks <= result.walkSteps && result.walkSteps <= 4 * result.walks)
    #expect(result == (try run.result(on: machine)))
  }

  /// A TLB of one level as plainly as can be: a list, the most recent first.
  private func naiveMisses(_ list: [VirtualAddress], entries: Int, on machine: Machine) -> UInt64 {
    var recent: [UInt64] = []
    var misses: UInt64 = 0
    for address in list {
      guard let leaf = machine.tables.lookup(address) else { continue }
      let start = address.alignedDown(to: leaf.size).rawValue
      if let index = recent.firstIndex(of: start) {
        recent.remove(at: index)
      } else {
        misses += 1
        if recent.count == entries { recent.removeLast() }
      }
      recent.insert(start, at: 0)
    }
    return misses
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `least recently used is what a plain list says`(seed: UInt64) throws {
    var numbers = SeededGenerator(seed: seed)
    let machine = try fragmented(&numbers)
    let entries = numbers.pick([1, 2, 5, 16, 17, 18, 40, 64])
    let width = numbers.pick([20, 60, 5000] as [UInt64])
    var list: [VirtualAddress] = []
    for _ in 0..<2000 { list.append(address(0x140000 + numbers.next() % width * 8)) }
    let result = try TLBRun(.single(entries), .list(list), accesses: 2000).result(on: machine)
    #expect(result.walks == naiveMisses(list, entries: entries, on: machine))
  }

  /// With one array for all sizes, least recently used: when a page is met again, no more 2M leaves
  /// than 4K leaves were met since, so what hits with 4K hits with 2M.
  @Test(arguments: 0..<24 as Range<UInt64>)
  func `large leaves never miss more than small ones in one level`(seed: UInt64) throws {
    var numbers = SeededGenerator(seed: seed)
    let large = try teachingMachine()
    var small = large
    _ = try small.perform(.setMemory(.split4K, .frame(0x140000), 0x2000))
    let pattern = numbers.pick(
      [
        .sequential(step: 4096), .random, .chase(step: 4096), .chase(step: 256),
      ] as [AccessPattern])
    let run = TLBRun(
      .single(numbers.pick([1, 2, 4, 15, 64])), pattern, over: .pages(.frame(0x140000), 0x2000),
      accesses: 20_000, seed: seed)
    let few = try run.result(on: large)
    let many = try run.result(on: small)
    #expect(few.walks <= many.walks && few.walkSteps <= many.walkSteps)
    #expect(many.walks4K == many.walks)
  }

  /// More ways in the one set keep all that fewer keep.
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `more entries never miss more`(seed: UInt64) throws {
    var numbers = SeededGenerator(seed: seed)
    var machine = try fragmented(&numbers)
    _ = try machine.perform(.setMemory(.split4K, .frame(0x140000), 0x400))
    var last = UInt64.max
    for entries in [1, 2, 3, 8, 20, 64, 300] {
      let run = TLBRun(
        .single(entries), .random, over: .pages(.frame(0x140000), 0x400), accesses: 4000,
        seed: seed)
      let walks = try run.result(on: machine).walks
      #expect(walks <= last)
      last = walks
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000] as [UInt64])
  func `a chase comes to every node once, then again in the same order`(pages: UInt64) throws {
    var machine = try teachingMachine()
    _ = try machine.perform(.setMemory(.split4K, .frame(0x140000), 0x400))
    let target = AccessTarget.pages(.frame(0x140000), PageCount(pages))
    let once = TLBRun(.single(2000), .chase(step: 4096), over: target, accesses: pages)
    #expect(try once.result(on: machine).walks == pages)
    var twice = once
    twice.accesses = 2 * pages
    #expect(try twice.result(on: machine).walks == pages)
    // With one entry too few, a cycle in the same order misses every time.
    guard pages > 1 else { return }
    twice.model = .single(Int(pages) - 1)
    #expect(try twice.result(on: machine).walks == 2 * pages)
  }

  @Test func `a sequential pass goes over the pages in turn`() throws {
    var machine = try teachingMachine()
    _ = try machine.perform(.setMemory(.split4K, .frame(0x140000), 0x400))
    let run = TLBRun(
      .single(4), .sequential(step: 64), over: .pages(.frame(0x140000), 100), accesses: 12_800)
    #expect(try run.result(on: machine).walks == 200)
  }

  @Test func `every preset is sound and has its own name`() {
    #expect(Set(TLBModel.all.map(\.name)).count == TLBModel.all.count)
    for model in TLBModel.all { #expect(model.isSound && TLBModel(named: model.name) == model) }
    #expect(TLBModel(named: "z80") == nil)
    #expect(TLBModel.skylake.second.map(\.entries) == [1536, 16])
    #expect(TLBModel.neoverseN1.second.map(\.entries) == [1280])
  }

  @Test func `what cannot be touched is an error with a reason`() throws {
    let machine = try teachingMachine()
    func error(_ run: TLBRun) -> TLBError? {
      do throws(TLBError) {
        _ = try run.result(on: machine)
        return nil
      } catch { return error }
    }
    #expect(error(TLBRun(.teaching, .modules)) == .noAreas)
    #expect(error(TLBRun(.teaching, .list([]))) == .emptyList)
    #expect(error(TLBRun(.teaching, .random, accesses: 0)) == .accesses(0, limit: 100_000_000))
    #expect(
      error(TLBRun(.teaching, .chase(step: 0), over: .pages(.frame(0x140000), 1)))
        == .step(0, limit: 4096))
    #expect(
      error(TLBRun(.teaching, .chase(step: 5000), over: .pages(.frame(0x140000), 1)))
        == .step(5000, limit: 4096))
    guard let name = Name("nothing") else { return }
    #expect(
      error(TLBRun(.teaching, .random, over: .pages(.area(name, page: 0), nil)))
        == .target(.area(name, page: 0), .unknownArea(name)))
    let far = error(TLBRun(.teaching, .random, over: .pages(.frame(0x140000), PageCount(1 << 40))))
    #expect(far != nil)
  }
}
