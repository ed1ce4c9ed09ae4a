import Engine

extension PhysicalMemory {
  /// The text of `/proc/buddyinfo`: for each zone, the number of free blocks of each order. Models
  /// `frag_show_print()`, mm/vmstat.c.
  public var buddyinfoText: String {
    zones.indices.map { zone in
      zoneHead(zone)
        + orders.map { order in
          right(MigrateType.allCases.reduce(0) { $0 + freeBlocks(zone, $1, order) }, 6) + " "
        }.joined() + "\n"
    }.joined()
  }

  /// The text of `/proc/pagetypeinfo`: free blocks by zone, type and order, and the number of
  /// pageblocks of each type. Models `pagetypeinfo_show()`, mm/vmstat.c: once for each node with
  /// memory.
  public var pagetypeinfoText: String {
    nodes.indices.filter { node in zones.contains { $0.node == node } }.map { node in
      "Page block order: 9\nPages per block:  512\n\n" + freeCountText(node) + "\n"
        + blockCountText(node)
    }.joined()
  }

  /// Models `pagetypeinfo_showfree_print()`. Counting ends at 100,000.
  private func freeCountText(_ node: Int) -> String {
    var text = left("Free pages count per migrate type at order", 43) + " "
    text += orders.map { right($0, 6) + " " }.joined() + "\n"
    for zone in zones.indices where zones[zone].node == node {
      for type in rules.shownTypes {
        text +=
          "Node \(right(node, 4)), zone \(right(zones[zone].kind.name, 8)), "
          + "type \(right(type.name, 12)) "
        for order in orders {
          let count = freeBlocks(zone, type, order)
          text += (count >= 100_000 ? ">100000" : right(count, 6)) + " "
        }
        text += "\n"
      }
    }
    return text
  }

  /// Models `pagetypeinfo_showblockcount_print()`.
  private func blockCountText(_ node: Int) -> String {
    var text = left("Number of blocks type", 23)
    text += rules.shownTypes.map { right($0.name, 12) + " " }.joined() + "\n"
    for zone in zones.indices where zones[zone].node == node {
      let counts = pageblocks(inZone: zone)
      text += zoneHead(zone)
      text += rules.shownTypes.map { right(counts[Int($0.rawValue)], 12) + " " }.joined() + "\n"
    }
    return text
  }

  private var orders: Range<Int> { 0..<11 }

  private func freeBlocks(_ zone: Int, _ type: MigrateType, _ order: Int) -> UInt64 {
    freeBlocks(inZone: zone, type, order: order)
  }

  private func zoneHead(_ zone: Int) -> String {
    "Node \(zones[zone].node), zone \(right(zones[zone].kind.name, 8)) "
  }
}
