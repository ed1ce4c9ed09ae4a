/// What never changes about a machine's memory: nodes, zones, and who asks which zone in what order.
/// One object that all copies share; nothing writes to it, so it may be sent anywhere.
@safe final class PhysicalLayout: @unchecked Sendable {
  let ram: MemoryMap
  let nodes: [NUMANode]
  let nodeCount: Int
  /// The zones, node by node, from low to high.
  let zones: [Zone]
  /// For each node, the zones in the order in which they are asked.
  let zonelists: [Zonelist]
  /// The zones by rising first frame; those of one node may lie within a hole of another's.
  let rules: BuddyRules
  /// How the CPUs keep lists of free pages, if they do.
  let cpuLists: CPUListRules?
  /// `zonelists` as bytes in a row, so that a walk counts no references: for each node the number of
  /// zones, that of its own, whether the first pass spares zones, then the zones.
  private let flatLists: UnsafeMutablePointer<Int>
  private let flatStride: Int

  /// The zones that a request of a node goes through.
  struct Zonelist: Equatable, Sendable {
    /// The zones, the node's own first.
    var zones: [Int]
    /// How many of them are the node's own.
    var ownCount: Int
    /// Whether the first pass mixes no types. Models `alloc_flags_nofragment()`.
    var sparesZones: Bool
  }

  init(ram: MemoryMap, nodes: [NUMANode], rules: BuddyRules) {
    self.ram = ram
    self.nodes = nodes
    nodeCount = nodes.count
    self.rules = rules
    cpuLists = rules.cpuLists
    zones = nodes.indices.flatMap { Self.zones(of: $0, nodes[$0], ram, rules) }
    zonelists = Self.zonelists(nodes, zones)
    flatStride = zones.count + 3
    unsafe flatLists = .allocate(capacity: flatStride * nodes.count)
    for (node, list) in zonelists.enumerated() {
      let place = unsafe flatLists + node * flatStride
      unsafe place.initialize(repeating: 0, count: flatStride)
      unsafe place[0] = list.zones.count
      unsafe place[1] = list.ownCount
      unsafe place[2] = list.sparesZones ? 1 : 0
      for (index, zone) in list.zones.enumerated() { unsafe place[3 + index] = zone }
    }
  }

  deinit { unsafe flatLists.deallocate() }

  /// A node's zonelist, valid while the layout is alive.
  @inline(__always)
  func flatList(ofNode node: Int) -> UnsafePointer<Int> {
    unsafe UnsafePointer(flatLists + node &* flatStride)
  }

  /// The zones of a node that hold RAM. Models `zone_spanned_pages_in_node()` and
  /// `zone_absent_pages_in_node()`, mm/mm_init.c.
  private static func zones(
    of node: Int, _ description: NUMANode, _ ram: MemoryMap, _ rules: BuddyRules,
  ) -> [Zone] {
    let pieces = description.ranges.flatMap { range in
      ram.ranges(overlapping: range).map { $0.clamped(to: range) }
    }.sorted { $0.lowerBound < $1.lowerBound }
    guard let first = pieces.first, let last = pieces.last else { return [] }
    let whole = first.lowerBound..<last.upperBound
    return ZoneKind.allCases.compactMap { kind in
      let frames = rules.frames(of: kind)
      guard !frames.isEmpty, frames.overlaps(whole) else { return nil }
      let span = frames.clamped(to: whole)
      let present = pieces.reduce(PageCount(0)) { sum, piece in
        guard piece.overlaps(span) else { return sum }
        let part = piece.clamped(to: span)
        return sum + (part.upperBound - part.lowerBound)
      }
      guard present > 0 else { return nil }
      return Zone(node: node, kind: kind, span: span, present: present)
    }
  }

  /// Models `build_zonelists()`, mm/page_alloc.c: own zones from high to low, then those of the other
  /// nodes, the best next.
  private static func zonelists(_ nodes: [NUMANode], _ zones: [Zone]) -> [Zonelist] {
    let hasMemory = nodes.indices.map { node in zones.contains { $0.node == node } }
    var load = [Int](repeating: 0, count: nodes.count)
    return nodes.indices.map { own in
      var order: [Int] = []
      var previous = own
      while let node = nextBestNode(own, used: order, nodes, hasMemory, load) {
        let distance = nodes[own].distance(from: own, to: node)
        if distance != nodes[own].distance(from: own, to: previous) { load[node] += 1 }
        order.append(node)
        previous = node
      }
      let list = order.flatMap { node in
        zones.indices.filter { zones[$0].node == node }.reversed()
      }
      return Zonelist(
        zones: list, ownCount: zones.count { $0.node == own },
        sparesZones: sparesZones(list, zones, isAlone: nodes.count == 1))
    }
  }

  /// Models `find_next_best_node()`: the node itself; then the nearest, those without CPUs and those
  /// behind the node before others, and the one that fewer nodes turn to.
  private static func nextBestNode(
    _ own: Int, used: [Int], _ nodes: [NUMANode], _ hasMemory: [Bool], _ load: [Int],
  ) -> Int? {
    if hasMemory[own], !used.contains(own) { return own }
    let maxNodes = 1024
    func cost(_ node: Int) -> Int {
      let distance = nodes[own].distance(from: own, to: node)
      return (distance + (node < own ? 1 : 0) + (nodes[node].hasCPUs ? 1 : 0)) * maxNodes
        + load[node]
    }
    return nodes.indices.filter { hasMemory[$0] && !used.contains($0) }
      .min { cost($0) < cost($1) }
  }

  private static func sparesZones(_ list: [Int], _ zones: [Zone], isAlone: Bool) -> Bool {
    guard let preferred = list.first, zones[preferred].kind == .normal else { return false }
    return isAlone
      || zones.contains { $0.node == zones[preferred].node && $0.kind == .dma32 }
  }

  /// The zone that a frame belongs to, holes included; `nil` outside all zones.
  func zone(of pfn: PFN) -> Int? {
    guard zones.count > 3 else { return zones.firstIndex { $0.span.contains(pfn) } }
    // Spans of several nodes can overlap where their ranges alternate; the ranges do not.
    return zones.firstIndex { zone in
      zone.span.contains(pfn) && nodes[zone.node].ranges.contains { $0.contains(pfn) }
    } ?? zones.firstIndex { $0.span.contains(pfn) }
  }
}
