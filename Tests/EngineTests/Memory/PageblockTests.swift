import TestSupport
import Testing

@testable import Engine

/// A pageblock that is read at once is what its pages are one by one.
@Suite struct PageblockTests {
  private static func agree(_ memory: PhysicalMemory, _ index: UInt64) -> Bool {
    var states: [PageState] = []
    memory.forEachState(inPageblock: index) { places, state in
      guard places.lowerBound == states.count else { return }
      states += places.map { _ in state }
    }
    return states == (0..<512).map { memory.owner(of: PFN(index << 9 + $0)) }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `after a long life, and at the ends of RAM`(seed: UInt64) throws {
    var machine = try Machine.booted([])
    let last = machine.memory.end.rawValue >> 9
    for index in 0...last {
      #expect(Self.agree(machine.physical, index), "fresh, pageblock \(index)")
    }
    try machine.perform(.age(seed: seed, operations: 3000))
    for index in 0...last {
      #expect(Self.agree(machine.physical, index), "aged, pageblock \(index)")
    }
  }

  @Test func `inside a call too, where pages are on no list and nobody's`() throws {
    let machine = try Machine.booted([])
    var log = EventLog()
    var copy = machine
    let name = try #require(Name("p"))
    try copy.perform(.allocPages(name, order: 3, .unmovable, node: nil), into: &log)
    try copy.perform(.freePages(name), into: &log)
    var step = machine
    for event in log.events {
      step.apply(CollectionOfOne(event))
      guard let frames = event.facts.moved?.frames ?? event.facts.freeBlock else { continue }
      let index = frames.lowerBound.rawValue >> 9
      #expect(Self.agree(step.physical, index) && Self.agree(step.physical, index ^ 1))
    }
  }

  @Test func `uses of pages are told by owners and types`() throws {
    var machine = try Machine.booted([.edgecombe2021], kernel: .linux5_11)
    let names = try ["k", "u", "v"].map { try #require(Name($0)) }
    try machine.perform(.allocPages(names[0], order: 0, .unmovable, node: nil))
    try machine.perform(.allocPages(names[1], order: 2, .movable, node: nil))
    var options = UserCall.VmallocOptions()
    options.flags = [.group]
    try machine.perform(.user(.vmalloc(names[2], 2, options)))
    let uses = PageUses(machine)
    func use(of name: Name) throws -> PageUse {
      let owner = try #require(machine.physical.owner(named: name))
      return uses.use(of: try #require(machine.physical.blocks(of: owner).first).first)
    }
    #expect(try use(of: names[0]) == .kernel)
    #expect(try use(of: names[1]) == .user)
    #expect(try use(of: names[2]) == .area)
    #expect(try use(of: PolicyName.edgecombe2021.owner) == .cached)
    #expect(uses.use(of: 0x1000) == .boot)
    #expect(uses.use(of: machine.memory.end) == .hole)
    var counts: [PageUse: Int] = [:]
    for index in 0...machine.memory.end.rawValue >> 9 {
      uses.forEachUse(inPageblock: index) { counts[$1, default: 0] += $0.count }
    }
    #expect(counts[.cached] == 510 && counts[.area] == 2)
    let next = machine.nextCachedPages
    #expect(next.count == 1 && next.allSatisfy { uses.use(of: $0) == .cached })
  }
}
