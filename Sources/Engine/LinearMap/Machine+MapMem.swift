// Building the linear map: arch/arm64/mm/mmu.c, 6.12. `docs/arm64.md` tells what is modelled.

/// What of the linear map is built apart from the rest of the memory.
struct LinearMapLayout: Equatable, Sendable {
  /// The kernel's text and read-only data (`_text`, and `_stext` up to 6.1, to `__init_begin`).
  var image: Range<PFN>?
  /// The kernel's data and bss (`__init_end` to `_end`), which are built with the rest.
  var data: Range<PFN>?
  /// The first frame of KFENCE's early pool.
  var kfencePool: PFN?

  /// The frames of KFENCE's early pool.
  var kfenceFrames: Range<PFN>? { kfencePool.map { $0..<($0 + BootPlan.kfencePages) } }

  /// What is built apart, by rising frame.
  var parts: [Range<PFN>] {
    var parts: [Range<PFN>] = []
    if let image { parts.append(image) }
    if let kfenceFrames { parts.append(kfenceFrames) }
    return parts.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Memory without what is built apart: the banks that `map_mem()` goes over.
  func banks(of memory: MemoryMap) -> [Range<PFN>] {
    memory.ranges.flatMap { range in
      var banks: [Range<PFN>] = []
      var start = range.lowerBound
      for part in parts where part.overlaps(range) {
        if start < part.lowerBound { banks.append(start..<part.lowerBound) }
        start = max(start, part.upperBound)
      }
      if start < range.upperBound { banks.append(start..<range.upperBound) }
      return banks
    }
  }
}

/// How a stretch of the linear map is built: the arguments of `__create_pgd_mapping()`.
struct LinearMapWalk {
  /// The flags of a leaf, without CONT.
  var flags: EntryFlags
  /// Without NO_BLOCK_MAPPINGS.
  var allowsBlocks: Bool
  /// Without NO_CONT_MAPPINGS.
  var allowsContiguous: Bool
  /// Whether the linear map is there already.
  var isLate = false
  /// The levels of which a first table was told in full.
  var told: Set<TableLevel> = []
  /// Lazy slots of the fixmap that are in use.
  var lazySlots: UInt64 = 0
}

extension Machine {
  /// Builds the linear map: every bank of memory, then what is built apart. Models `map_mem()`.
  mutating func mapMem(_ sink: inout EventListener) {
    let layout = setup.linearMap
    let first = memory.ranges.first?.lowerBound ?? 0
    emit(.entered(.mapMem, directMapAddress(of: first), memory.pages), &sink)
    let reason = forcePTEMapping
    let decision: LinearMapDecision =
      reason.map { .pagesOnly($0) } ?? .blocksAllowed(bbml2: supportsBBML2)
    emit(.decided(.linearMap(decision)), &sink)
    var walk = LinearMapWalk(
      flags: .arm64PageKernel, allowsBlocks: reason == nil, allowsContiguous: reason == nil)
    for bank in layout.banks(of: memory) { mapMemblock(bank, &walk, &sink) }
    if let image = layout.image {
      let pages = image.upperBound - image.lowerBound
      emit(.decided(.linearMap(.mappedApart(.kernelImage, pages))), &sink)
      var apart = walk
      // Whatever the rest is made of, NO_CONT_MAPPINGS alone is passed (until 7.1).
      if setup.kernel.linearMap.imageKeepsBlocks {
        apart.allowsBlocks = true
        apart.allowsContiguous = false
      }
      mapMemblock(image, &apart, &sink)
    }
    if let pool = layout.kfenceFrames {
      emit(.decided(.linearMap(.mappedApart(.kfencePool, BootPlan.kfencePages))), &sink)
      var apart = walk
      apart.allowsBlocks = false
      apart.allowsContiguous = false
      mapMemblock(pool, &apart, &sink)
    }
    emit(.left(.mapMem, .success), &sink)
  }

  /// Models `__map_memblock()` and `__create_pgd_mapping()`.
  mutating func mapMemblock(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    guard !frames.isEmpty else { return }
    let pages = frames.upperBound - frames.lowerBound
    emit(.entered(.mapMemblock, directMapAddress(of: frames.lowerBound), pages), &sink)
    if hasFiveLevels {
      allocInitP4D(frames, &walk, &sink)
    } else {
      allocInitPUDs(frames, &walk, &sink)
    }
    clearLazySlots(&walk, &sink)
    emit(.left(.mapMemblock, .success), &sink)
  }

  /// The range under the one entry of a root of five levels. Models `alloc_init_p4d()`.
  private mutating func allocInitP4D(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    var work = openTable(.p4d, frames, walk, &sink)
    forEachSlot(of: TableLevel.pud.span, in: frames) { machine, part in
      if !machine.hasTable(.size1G, at: part.lowerBound) { work.entries += 1 }
      machine.allocInitPUD(part, &walk, &sink)
    }
    closeTable(.p4d, work, &walk, &sink)
  }

  private mutating func allocInitPUDs(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    forEachSlot(of: TableLevel.pud.span, in: frames) { machine, part in
      machine.allocInitPUD(part, &walk, &sink)
    }
  }

  /// Visits the parts of a range that lie in different slots of a size.
  private mutating func forEachSlot(
    of size: PageCount, in frames: Range<PFN>, _ visit: (inout Machine, Range<PFN>) -> Void,
  ) {
    var start = frames.lowerBound
    while start < frames.upperBound {
      let end = min(frames.upperBound, PFN((start.rawValue / size.rawValue + 1) * size.rawValue))
      visit(&self, start..<end)
      start = end
    }
  }

  /// The part of a range under one entry of the root. Models `alloc_init_pud()`.
  private mutating func allocInitPUD(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    var work = openTable(.pud, frames, walk, &sink)
    var start = frames.lowerBound
    while start < frames.upperBound {
      let end = min(frames.upperBound, start.alignedDown(to: .size1G) + LeafSize.size1G.pages)
      // GiB by GiB, so that the map fills as one watches.
      if walk.allowsBlocks, blocksEnd(.size1G, start, start..<end) != nil {
        work.entries += 1
        emit(.mapped(fill(start..<end, .size1G, walk.flags)), &sink)
        start = end
        continue
      }
      if !hasTable(.size2M, at: start) { work.entries += 1 }
      allocInitContPMD(start..<end, &walk, &sink)
      start = end
    }
    closeTable(.pud, work, &walk, &sink)
  }

  /// The part of a range under one entry of 1G. Models `alloc_init_cont_pmd()` and `init_pmd()`.
  private mutating func allocInitContPMD(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    var work = openTable(.pmd, frames, walk, &sink)
    var start = frames.lowerBound
    while start < frames.upperBound {
      if let end = blocksEnd(.size2M, start, frames) {
        work.entries += (end - start).rawValue >> 9
        if walk.allowsBlocks {
          for part in contiguousParts(.pmd, start..<end, walk) {
            emit(.mapped(fill(part.frames, .size2M, part.flags)), &sink)
          }
        } else {
          fillTables(start..<end, &walk, &sink)
        }
        start = end
        continue
      }
      let end = min(frames.upperBound, start.alignedDown(to: .size2M) + LeafSize.size2M.pages)
      if !hasTable(.size4K, at: start) { work.entries += 1 }
      allocInitContPTE(start..<end, &walk, &sink)
      start = end
    }
    closeTable(.pmd, work, &walk, &sink)
  }

  /// Whole tables of 4K entries in a row: the first that is met in full, the rest by their number.
  private mutating func fillTables(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    var start = frames.lowerBound
    if !walk.told.contains(.pte) {
      allocInitContPTE(start..<(start + LeafSize.size2M.pages), &walk, &sink)
      start = start + LeafSize.size2M.pages
    }
    guard start < frames.upperBound else { return }
    let tables = (frames.upperBound - start).rawValue >> 9
    emit(.linearMap(.andSoOn(TableKind(.pte, isLate: walk.isLate), tables)), &sink)
    let work = TableWork(
      allocated: tables, visits: tables, groups: tables * 32, entries: tables * 512)
    allocateTables(.pte, work, walk, &sink)
    enterFixmap(.pte, work, walk, &sink)
    emit(.mapped(fill(start..<frames.upperBound, .size4K, walk.flags)), &sink)
    finishTables(.pte, work, &walk, &sink)
  }

  /// The part of a range under one entry of 2M. Models `alloc_init_cont_pte()` and `init_pte()`.
  private mutating func allocInitContPTE(
    _ frames: Range<PFN>, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    let group = TableLevel.pte.groupPages.rawValue
    let firstEnd = min(
      frames.upperBound, PFN((frames.lowerBound.rawValue / group + 1) * group))
    let isFirst = walk.told.insert(.pte).inserted
    if isFirst, firstEnd < frames.upperBound,
      setup.kernel.linearMap.fillsByGroup(isLate: walk.isLate)
    {
      return fillByGroup(frames, firstEnd, &walk, &sink)
    }
    var work = openTable(.pte, frames, walk, &sink)
    work.entries = (frames.upperBound - frames.lowerBound).rawValue
    for part in contiguousParts(.pte, frames, walk) {
      emit(.mapped(fill(part.frames, .size4K, part.flags)), &sink)
    }
    closeTable(.pte, work, &walk, &sink)
  }

  /// A table of 4K entries that goes into the fixmap for each contiguous group: the first group in full,
  /// the others by their number.
  private mutating func fillByGroup(
    _ frames: Range<PFN>, _ firstEnd: PFN, _ walk: inout LinearMapWalk, _ sink: inout EventListener,
  ) {
    let work = openTable(.pte, frames, walk, entersFixmap: false, &sink)
    let kind = TableKind(.pte, isLate: walk.isLate)
    let parts = [
      (frames.lowerBound..<firstEnd, 1), (firstEnd..<frames.upperBound, work.groups - 1),
    ]
    for (index, (part, groups)) in parts.enumerated() {
      if index > 0 { emit(.linearMap(.groupsAndSoOn(kind, groups)), &sink) }
      let filling = TableWork(
        allocated: 0, visits: index == 0 ? 1 : 0, groups: groups,
        entries: (part.upperBound - part.lowerBound).rawValue)
      enterFixmap(.pte, filling, walk, &sink)
      for piece in contiguousParts(.pte, part, walk) {
        emit(.mapped(fill(piece.frames, .size4K, piece.flags)), &sink)
      }
      finishTables(.pte, filling, &walk, &sink)
    }
    emit(.left(TableLevel.pte.function, .success), &sink)
  }

  /// The end of the whole blocks of a size that begin at a frame and under which there is no table
  /// yet; `nil` if there is none.
  private func blocksEnd(
    _ size: LeafSize, _ start: PFN, _ frames: Range<PFN>,
  ) -> PFN? {
    guard start.isAligned(to: size), frames.upperBound - start >= size.pages else { return nil }
    var end = start
    let last = frames.upperBound.alignedDown(to: size)
    while end < last, let hole = tables.pagesToEndOfHole(at: directMapAddress(of: end)),
      hole >= size.pages
    {
      let slots = min(hole.rawValue, (last - end).rawValue) / size.pages.rawValue
      end = end + PageCount(slots * size.pages.rawValue)
    }
    return end == start ? nil : end
  }

  /// A range in up to three parts: whole contiguous groups in the middle have CONT.
  private func contiguousParts(
    _ level: TableLevel, _ frames: Range<PFN>, _ walk: LinearMapWalk,
  ) -> [(frames: Range<PFN>, flags: EntryFlags)] {
    let group = level.groupPages.rawValue
    let first = PFN((frames.lowerBound.rawValue + group - 1) / group * group)
    let last = PFN(frames.upperBound.rawValue / group * group)
    guard walk.allowsContiguous, first < last else { return [(frames, walk.flags)] }
    let parts = [
      (frames.lowerBound..<first, walk.flags),
      (first..<last, walk.flags.union(.contiguous)),
      (last..<frames.upperBound, walk.flags),
    ]
    return parts.filter { !$0.0.isEmpty }.map { (frames: $0.0, flags: $0.1) }
  }

  private func fill(_ frames: Range<PFN>, _ size: LeafSize, _ flags: EntryFlags) -> LeafFill {
    LeafFill(
      start: directMapAddress(of: frames.lowerBound), pfn: frames.lowerBound,
      count: (frames.upperBound - frames.lowerBound).rawValue / size.pages.rawValue, size: size,
      flags: flags)
  }

  private func hasTable(_ entries: LeafSize, at pfn: PFN) -> Bool {
    tables.hasTable(ofEntries: entries, at: directMapAddress(of: pfn))
  }
}
