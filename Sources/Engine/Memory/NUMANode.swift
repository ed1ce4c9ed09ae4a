/// A NUMA node: a part of the machine whose CPUs reach its memory faster than others do.
public struct NUMANode: Equatable, Sendable {
  /// The frames that belong to the node, RAM and holes; empty for a node without memory.
  public var ranges: [Range<PFN>]
  /// Whether the node has CPUs.
  public var hasCPUs: Bool
  /// The distance to every node, in their order (SLIT): 10 to itself. Empty for 10 to itself and 20
  /// to all others.
  public var distances: [UInt8]

  /// Creates a node.
  public init(ranges: [Range<PFN>], hasCPUs: Bool = true, distances: [UInt8] = []) {
    self.ranges = ranges
    self.hasCPUs = hasCPUs
    self.distances = distances
  }

  /// The distance to another node (`node_distance()`).
  public func distance(from own: Int, to other: Int) -> Int {
    if distances.indices.contains(other) { return Int(distances[other]) }
    return own == other ? 10 : 20
  }

  /// A node that all memory belongs to.
  public static let everything = NUMANode(ranges: [0..<AddressLayout.pfnLimit])
}

extension [NUMANode] {
  /// A range of frames that belongs to a node and touches another one's, if any.
  var firstOverlap: Range<PFN>? {
    let ranges = flatMap(\.ranges).filter { !$0.isEmpty }
      .sorted { $0.lowerBound < $1.lowerBound }
    return zip(ranges, ranges.dropFirst()).first { $0.overlaps($1) }?.1
  }
}
