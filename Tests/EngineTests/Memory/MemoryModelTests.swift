import TestSupport
import Testing

@testable import Engine

/// The allocator against the flat model, operation by operation.
struct MemoryModelTests {
  #if DEBUG
    static let operations = 6000
  #else
    static let operations = 120_000
  #endif

  @Test(arguments: MemoryFixture.all, 0..<12)
  func `takes and frees what the flat model does`(_ fixture: MemoryFixture, _ seed: UInt64) throws {
    let rules = BuddyRules.tested[Int(seed % 3)]
    var run = ModelRun(fixture: fixture, rules: rules, seed: seed)
    for step in 0..<Self.operations {
      let problem = try run.step()
      #expect(problem == nil, "seed \(seed), step \(step)")
      if problem != nil { return }
      if step % 1000 == 999 {
        let difference = run.difference()
        #expect(difference == nil, "seed \(seed), step \(step)")
        if difference != nil { return }
      }
    }
    try run.freeAll()
    #expect(run.difference() == nil)
    for zone in run.engine.zones.indices {
      #expect(run.engine.freePages(inZone: zone) == run.engine.managedPages(inZone: zone))
    }
  }
}

/// A random life of both, with what is held at the moment.
struct ModelRun {
  var engine: PhysicalMemory
  var flat: FlatMemory
  var random: SeededGenerator
  var held: [(pfn: PFN, order: Int)] = []
  let types: [MigrateType]
  /// How full memory should be, in percent; wanders.
  var aim: UInt64 = 50

  init(fixture: MemoryFixture, rules: BuddyRules, seed: UInt64) {
    engine = fixture.engine(rules)
    flat = fixture.flat(rules)
    random = SeededGenerator(seed: seed)
    types = rules.victims.map(\.type)
  }

  /// Makes one random request of both; returns what differs.
  mutating func step() throws -> String? {
    if random.oneIn(500) { aim = random.next(below: 125) }
    if random.oneIn(300) {
      let node = Int(random.next(below: UInt64(engine.nodes.count)))
      var sink = SilentSink()
      try engine.moveCPU(toNode: node, &sink)
      flat.cpuNode = node
    }
    if random.oneIn(400), !held.isEmpty { try divide() }
    let total = engine.zones.indices.reduce(UInt64(0)) {
      $0 + engine.managedPages(inZone: $1).rawValue
    }
    let used = total - engine.freePages.rawValue
    let isFull = used * 100 > total * aim
    return try random.oneIn(4) == isFull ? take() : give()
  }

  private mutating func take() -> String? {
    let order =
      random.oneIn(3) ? Int(random.next(below: 11)) : Int(random.next(below: 3))
    let type = random.pick(types)
    let nodes = UInt64(engine.nodes.count)
    let node = random.oneIn(2) ? Int(random.next(below: nodes)) : nil
    let exactNode = random.oneIn(4)
    var sink = SilentSink()
    let pfn = engine.allocate(
      order: order, type: type, node: node, exactNode: exactNode, &sink)
    let expected = flat.allocate(order, type, node, exactNode: exactNode)
    if let pfn { held.append((pfn, order)) }
    guard pfn?.rawValue == expected else {
      return "order \(order) \(type): \(pfn?.hex ?? "nothing"), expected "
        + (expected.map { PFN($0).hex } ?? "nothing")
    }
    return nil
  }

  private mutating func give() throws -> String? {
    guard !held.isEmpty else { return nil }
    let index = Int(random.next(below: UInt64(held.count)))
    let (pfn, order) = held[index]
    held[index] = held[held.count - 1]
    held.removeLast()
    var sink = SilentSink()
    let freed = try engine.free(pfn, order: order, &sink)
    let expected = flat.free(pfn.rawValue, order)
    guard freed.first.rawValue == expected.0, freed.order == expected.1,
      freed.type == flat.freeBlocks[expected.0]?.type
    else { return "freed \(pfn.hex) (\(order)): \(freed), expected \(expected)" }
    return nil
  }

  /// Makes a block single pages.
  private mutating func divide() throws {
    let index = Int(random.next(below: UInt64(held.count)))
    let (pfn, order) = held.remove(at: index)
    var sink = SilentSink()
    try engine.splitPage(pfn, order: order, &sink)
    guard let block = flat.usedBlocks.removeValue(forKey: pfn.rawValue) else { return }
    for page in 0..<UInt64(1 << order) {
      held.append((pfn + PageCount(page), 0))
      flat.usedBlocks[pfn.rawValue + page] = FlatMemory.Block(order: 0, type: block.type)
    }
  }

  mutating func freeAll() throws {
    var sink = SilentSink()
    for (pfn, order) in held {
      _ = try engine.free(pfn, order: order, &sink)
      _ = flat.free(pfn.rawValue, order)
    }
    held = []
  }

  /// The first thing in which the two differ: any list in order, any pageblock type, any block.
  func difference() -> String? {
    for (index, zone) in flat.zones.enumerated() {
      for order in 0...10 {
        for type in MigrateType.allCases {
          let list = engine.freeList(inZone: index, type, order: order).map(\.rawValue)
          let expected = zone.lists[order][Int(type.rawValue)]
          if list != expected {
            return "zone \(index) order \(order) \(type): \(list), expected \(expected)"
          }
          if engine.freeBlocks(inZone: index, type, order: order) != UInt64(list.count) {
            return "zone \(index) order \(order) \(type): wrong count"
          }
        }
      }
      if engine.freePages(inZone: index).rawValue != UInt64(zone.free) {
        return "zone \(index): wrong sum"
      }
      for block in (zone.frames.lowerBound / 512)...((zone.frames.upperBound - 1) / 512)
      where engine.pageblockType(of: PFN(block * 512)) != flat.pageblockType(block * 512) {
        return "pageblock \(block): \(engine.pageblockType(of: PFN(block * 512)))"
      }
    }
    var used: [UInt64: FlatMemory.Block] = [:]
    engine.forEachAllocatedBlock { block, _ in
      used[block.first.rawValue] = FlatMemory.Block(order: block.order, type: block.type)
    }
    return used == flat.usedBlocks ? nil : "the allocated blocks differ"
  }
}
