import Engine

/// What the page allocator knows of a page, in a few words.
package enum FrameWords {
  /// Who has the page, and of what type it is; `nil` where nothing is known of the memory.
  package static func state(of pfn: PFN, _ memory: PhysicalMemory) -> String? {
    guard memory.isKnown else { return nil }
    switch memory.owner(of: pfn) {
    case .hole: return "outside of the memory that boot found"
    case .reserved: return "kept by boot, never allocated"
    case .unowned: return "on no list, not owned yet"
    case .free(let block): return "free, order \(block.order)" + type(block.type, pfn, memory)
    case .allocated(let block, let owner):
      let name = memory.name(of: owner).map(\.description) ?? "the kernel"
      return "\(name), order \(block.order)" + type(block.type, pfn, memory)
    }
  }

  /// A type; where the pageblock has another, both.
  private static func type(
    _ type: MigrateType, _ pfn: PFN, _ memory: PhysicalMemory,
  ) -> String {
    let around = memory.pageblockType(of: pfn)
    return ", \(type.name)" + (around == type ? "" : " in \(around.name) block")
  }

  /// Where the page lies: its zone, its node and the type of its pageblock.
  package static func place(of pfn: PFN, _ memory: PhysicalMemory) -> String? {
    guard let index = memory.zone(of: pfn), memory.zones.indices.contains(index) else { return nil }
    let zone = memory.zones[index]
    return "\(zone.kind.name), node \(zone.node), pageblock \(memory.pageblockType(of: pfn).name)"
  }
}
