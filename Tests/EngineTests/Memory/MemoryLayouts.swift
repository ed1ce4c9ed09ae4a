@testable import Engine

/// A small machine for tests of the page allocator: what the engine and the flat model start from.
struct MemoryFixture: CustomStringConvertible, Sendable {
  var name: String
  var ram: [Range<PFN>]
  var nodes: [NUMANode]
  /// The zones by hand: node, frames.
  var zones: [(Int, Range<UInt64>)]
  /// The zonelists by hand.
  var zonelists: [[Int]]
  var ownZones: [Int]

  var description: String { name }

  static let all = [oneZone, threeZones, threeNodes, oddBorders]

  /// 24 MiB above 4 GiB.
  static let oneZone = MemoryFixture(
    name: "one zone", ram: [0x10_0000..<0x10_1800], nodes: [.everything],
    zones: [(0, 0x10_0000..<0x10_1800)], zonelists: [[0]], ownZones: [1])

  /// All zones of one node, with holes; the last block of each is short.
  static let threeZones = MemoryFixture(
    name: "three zones", ram: [1..<0x9f, 0x100..<0x1fe3, 0x2200..<0x2400, 0x10_0000..<0x10_1234],
    nodes: [.everything],
    zones: [(0, 1..<0x1000), (0, 0x1000..<0x10_0000), (0, 0x10_0000..<0x10_1234)],
    zonelists: [[2, 1, 0]], ownZones: [3])

  /// Three nodes; the second has no memory and is nearer to the third.
  static let threeNodes = MemoryFixture(
    name: "three nodes", ram: [0x1000..<0x1c00, 0x10_0000..<0x10_2000],
    nodes: [
      NUMANode(ranges: [0..<0x10_0c00], distances: [10, 30, 20]),
      NUMANode(ranges: [], distances: [30, 10, 20]),
      NUMANode(ranges: [0x10_0c00..<0x10_2000], distances: [20, 20, 10]),
    ],
    zones: [(0, 0x1000..<0x10_0000), (0, 0x10_0000..<0x10_0c00), (2, 0x10_0c00..<0x10_2000)],
    zonelists: [[1, 0, 2], [2, 1, 0], [2, 1, 0]], ownZones: [2, 0, 1])

  /// Two nodes that meet within a pageblock.
  static let oddBorders = MemoryFixture(
    name: "odd borders", ram: [0x10_0000..<0x10_2000],
    nodes: [NUMANode(ranges: [0..<0x10_0d37]), NUMANode(ranges: [0x10_0d37..<0x20_0000])],
    zones: [(0, 0x10_0000..<0x10_0d37), (1, 0x10_0d37..<0x10_2000)],
    zonelists: [[0, 1], [1, 0]], ownZones: [1, 1])

  func engine(_ rules: BuddyRules) -> PhysicalMemory {
    var memory = PhysicalMemory(ram: MemoryMap(ram), nodes: nodes, rules: rules)
    var sink = SilentSink()
    for range in ram { memory.handOver(range, &sink) }
    return memory
  }

  func flat(_ rules: BuddyRules) -> FlatMemory {
    var memory = FlatMemory(
      zones: zones.map { node, frames in
        FlatMemory.FlatZone(
          node: node, isNormal: frames.lowerBound >= 0x10_0000, frames: frames)
      }, zonelists: zonelists, ownZones: ownZones, rules: rules)
    for range in ram { memory.handOver(range.lowerBound.rawValue..<range.upperBound.rawValue) }
    return memory
  }
}

extension BuddyRules {
  /// The rules of every kernel, and those with an Unmapped type as proposed in January 2022.
  static var tested: [BuddyRules] {
    var unmapped = BuddyRules.linux6_1
    unmapped.victims = [
      Victims(.unmovable, [.reclaimable, .movable, .unmapped]),
      Victims(.movable, [.reclaimable, .unmovable, .unmapped]),
      Victims(.reclaimable, [.unmovable, .movable, .unmapped]),
      Victims(.unmapped, [.unmovable, .reclaimable, .movable], takesSingleBlock: true),
    ]
    return [.linux6_1, .claiming, unmapped]
  }
}
