// Filling the tables of the direct map: arch/x86/mm/init_64.c, 6.12.

extension Machine {
  /// Puts the leaves of a piece into the tables and counts them. Models
  /// `kernel_physical_mapping_init()`.
  mutating func kernelPhysicalMappingInit(_ piece: MappingPiece, _ sink: inout EventListener) {
    var counts = LeafCounts()
    physInit(.size1G, piece.frames, piece, &counts, &sink)
    for size in LeafSize.allCases.reversed() where counts[size] > 0 {
      emit(.counted(.directMap(size), counts[size]), &sink)
    }
  }

  /// Maps the part of a piece that lies under tables of one level. Models `phys_pud_init()`,
  /// `phys_pmd_init()` and `phys_pte_init()`.
  ///
  /// A slot that an earlier piece filled with a leaf of this size is **counted again**: the kernel
  /// does so as long as the page allocator is not up, which makes DirectMap1G too large on most
  /// machines.
  private mutating func physInit(
    _ size: LeafSize, _ frames: Range<PFN>, _ piece: MappingPiece, _ counts: inout LeafCounts,
    _ sink: inout EventListener,
  ) {
    var cursor = frames.lowerBound
    let end = frames.upperBound
    while cursor < end {
      let slot = cursor.alignedDown(to: size)
      let next = min(slot + size.pages, end)
      if piece.allows(size) {
        let address = directMapAddress(of: slot)
        if tables.lookup(address)?.size == size {
          counts[size] += 1
          cursor = next
          continue
        }
        if let hole = tables.pagesToEndOfHole(at: address), hole >= size.pages {
          let slots = min(hole, end.alignedUp(to: size) - slot).rawValue / size.pages.rawValue
          emit(.mapped(directMapFill(size, slot, slots)), &sink)
          counts[size] += Int64(slots)
          cursor = slot + PageCount(slots * size.pages.rawValue)
          continue
        }
      }
      if let smaller = size.smaller { physInit(smaller, cursor..<next, piece, &counts, &sink) }
      cursor = next
    }
  }

  private func directMapFill(_ size: LeafSize, _ pfn: PFN, _ count: UInt64) -> LeafFill {
    var flags = size == .size4K ? cpu.pageKernel : cpu.pageKernel.fourKToLarge.union(.pse)
    if size == .size1G, !setup.kernel.masksGlobalIn1G { flags.insert(.global) }
    return LeafFill(
      start: directMapAddress(of: pfn), pfn: pfn, count: count, size: size,
      flags: flags)
  }
}

/// How many leaves of each size a piece touched.
private struct LeafCounts {
  private var counts = SIMD4<Int64>.zero

  subscript(size: LeafSize) -> Int64 {
    get { counts[Int(size.rawValue)] }
    set { counts[Int(size.rawValue)] = newValue }
  }
}
