// From memblock to the page allocator: mm/mm_init.c, 6.12. `docs/model.md` tells what is reserved.

extension Machine {
  /// Hands what boot does not keep over to the page allocator. Models `free_area_init()` and
  /// `memblock_free_all()`, with what was reserved before.
  mutating func memInit(_ plan: BootPlan, _ sink: inout EventListener) {
    var boot = BootMemory(ram: plan.ram)
    boot.reserve(0..<BootPlan.isaEnd)
    if let image = plan.image { boot.reserve(image) }
    if let pool = plan.kfencePool { boot.reserve(pool..<(pool + BootPlan.kfencePages)) }
    reserveTables(&boot)
    let nodes = plan.nodes
    for (index, node) in nodes.enumerated() { reserveMemMap(of: node, index, plan, &boot) }
    if plan.ram.end > ZoneKind.normal.frames.lowerBound {
      boot.take(BootMemorySizes.swiotlbPages, in: [BootPlan.isaEnd..<0x10_0000])
    }
    let everywhere = [BootPlan.isaEnd..<AddressLayout.pfnLimit]
    if plan.kfencePool != nil {
      boot.take(BootMemorySizes.kfenceMetadataPages, in: everywhere)
    }
    if nodes.count == 1 {
      // With several nodes these tables are made later, from vmalloc space (`hashdist`).
      let pages = plan.ram.pages
      boot.take(BootMemorySizes.hashTable(for: pages, scale: 13), in: everywhere)
      boot.take(BootMemorySizes.hashTable(for: pages, scale: 14), in: everywhere)
    }
    for free in boot.free { physical.handOver(free, &sink) }
  }

  /// The tables of the direct map. All but the first come from below the end of RAM, where mapping
  /// begins; the kernel image has its own.
  private func reserveTables(_ boot: inout BootMemory) {
    let tables = UInt64(tables.tableCount)
    guard tables > KernelImage.brkPages.rawValue else { return }
    boot.take(
      PageCount(tables - KernelImage.brkPages.rawValue),
      in: [BootPlan.isaEnd..<AddressLayout.pfnLimit])
  }

  /// The page descriptors of a node: in one piece, in the node itself if it has room. Models
  /// `sparse_init_nid()`, mm/sparse.c.
  private func reserveMemMap(
    of node: NUMANode, _ index: Int, _ plan: BootPlan, _ boot: inout BootMemory,
  ) {
    let ram = node.ranges.flatMap { range in
      plan.ram.ranges(overlapping: range).map { $0.clamped(to: range) }
    }
    guard !ram.isEmpty else { return }
    let sections = BootMemorySizes.sections(of: ram)
    let pages = PageCount(sections * BootMemorySizes.memMapPages.rawValue)
    let above = [BootPlan.isaEnd..<AddressLayout.pfnLimit]
    if boot.take(pages, alignedTo: 512, in: ram.map { $0.clamped(to: above[0]) }) == nil {
      boot.take(pages, alignedTo: 512, in: above)
    }
    boot.take(BootMemorySizes.otherPages, in: ram.map { $0.clamped(to: above[0]) })
  }
}
