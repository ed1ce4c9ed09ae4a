// The direct map, range by range: arch/x86/mm/init.c, 6.12.

extension Machine {
  /// Builds the direct map. Models `init_mem_mapping()`: the first MiB whole, holes included, then
  /// the RAM from the top down in growing steps.
  mutating func initMemMapping(_ plan: BootPlan, _ sink: inout EventListener) {
    initMemoryMapping(0..<BootPlan.isaEnd, plan.ram, &sink)
    if plan.isBottomUp, let image = plan.image {
      let kernelEnd = image.upperBound
      memoryMapBottomUp(kernelEnd..<plan.ram.end, plan, &sink)
      memoryMapBottomUp(BootPlan.isaEnd..<kernelEnd, plan, &sink)
    } else {
      memoryMapTopDown(BootPlan.isaEnd..<plan.ram.end, plan, &sink)
    }
  }

  /// Models `memory_map_top_down()`. The first step is the highest free 2M block: the tables for
  /// everything below come from it.
  private mutating func memoryMapTopDown(
    _ range: Range<PFN>, _ plan: BootPlan, _ sink: inout EventListener,
  ) {
    let step2M = LeafSize.size2M.pages
    let realEnd =
      plan.highestFreeBlock(in: range).map { $0 + step2M }
      ?? max(range.lowerBound, range.upperBound.alignedDown(to: .size2M))
    var step = step2M.rawValue
    var last = realEnd
    var done: UInt64 = 0
    while last > range.lowerBound {
      var start = range.lowerBound
      if last.rawValue > step {
        start = max(start, PFN((last.rawValue - 1) & ~(step - 1)))
      }
      if let next = plan.ram.end(below: last), next <= start {
        // A step without RAM maps nothing; go on with the step that holds the next range.
        start = min(start, max(range.lowerBound, PFN((next.rawValue + step - 1) & ~(step - 1))))
      }
      done += initRangeMemoryMapping(start..<last, plan, &sink).rawValue
      last = start
      if done >= step { step = nextStep(step) }
    }
    if realEnd < range.upperBound {
      _ = initRangeMemoryMapping(realEnd..<range.upperBound, plan, &sink)
    }
  }

  /// Models `memory_map_bottom_up()`.
  private mutating func memoryMapBottomUp(
    _ range: Range<PFN>, _ plan: BootPlan, _ sink: inout EventListener,
  ) {
    var step = LeafSize.size2M.pages.rawValue
    var start = range.lowerBound
    var done: UInt64 = 0
    while start < range.upperBound {
      if let next = plan.ram.start(above: start), next > start {
        start = max(start, PFN(next.rawValue & ~(step - 1)))
      }
      let end = min(range.upperBound, PFN((start.rawValue + step) & ~(step - 1)))
      guard start < end else { return }
      done += initRangeMemoryMapping(start..<end, plan, &sink).rawValue
      start = end
      if done >= step { step = nextStep(step) }
    }
  }

  /// Models `get_new_step_size()`: one table page maps 512 times itself, and half is kept in reserve.
  private func nextStep(_ step: UInt64) -> UInt64 {
    step >= AddressLayout.pfnLimit.rawValue ? step : step << 8
  }

  /// Maps the RAM of a range; returns how much that is. Models `init_range_memory_mapping()`.
  private mutating func initRangeMemoryMapping(
    _ range: Range<PFN>, _ plan: BootPlan, _ sink: inout EventListener,
  ) -> PageCount {
    var pages: PageCount = 0
    for ram in plan.ram.ranges(overlapping: range) {
      let part = ram.clamped(to: range)
      initMemoryMapping(part, plan.ram, &sink)
      pages += part.upperBound - part.lowerBound
    }
    return pages
  }

  /// Maps a range with the largest leaves it may have. Models `init_memory_mapping()`.
  private mutating func initMemoryMapping(
    _ range: Range<PFN>, _ ram: MemoryMap, _ sink: inout EventListener,
  ) {
    let address = directMapAddress(of: range.lowerBound)
    emit(.entered(.initMemoryMapping, address, range.upperBound - range.lowerBound), &sink)
    for piece in MappingPiece.splitting(range, cpu, ram) {
      kernelPhysicalMappingInit(piece, &sink)
    }
    emit(.left(.initMemoryMapping, .success), &sink)
  }
}

extension BootPlan {
  /// The highest aligned 2M block of free RAM in a range. Models `memblock_phys_alloc_range()`, with
  /// the kernel image as the only memory in use.
  fileprivate func highestFreeBlock(in range: Range<PFN>) -> PFN? {
    let pages = LeafSize.size2M.pages
    for ram in ram.ranges(overlapping: range).reversed() {
      let part = ram.clamped(to: range)
      var end = part.upperBound.alignedDown(to: .size2M)
      while end.rawValue >= part.lowerBound.rawValue + pages.rawValue {
        let block = PFN(end.rawValue - pages.rawValue)
        guard let image, image.overlaps(block..<end) else { return block }
        end = min(block, image.lowerBound.alignedDown(to: .size2M))
      }
    }
    return nil
  }
}

extension MemoryMap {
  /// The ranges that share frames with a range.
  func ranges(overlapping range: Range<PFN>) -> ArraySlice<Range<PFN>> {
    let first = ranges.partitioningIndex { $0.upperBound > range.lowerBound }
    let last = ranges.partitioningIndex { $0.lowerBound >= range.upperBound }
    return ranges[first..<max(first, last)]
  }

  /// The end of the RAM below a frame: the frame itself if RAM reaches up to it.
  func end(below pfn: PFN) -> PFN? {
    let index = ranges.partitioningIndex { $0.lowerBound >= pfn }
    return index == 0 ? nil : min(pfn, ranges[index - 1].upperBound)
  }

  /// The start of the RAM from a frame on: the frame itself if it is RAM.
  func start(above pfn: PFN) -> PFN? {
    let index = ranges.partitioningIndex { $0.upperBound > pfn }
    return index == ranges.count ? nil : max(pfn, ranges[index].lowerBound)
  }
}

extension Array {
  /// The first index at which a condition holds that, once true, stays true.
  fileprivate func partitioningIndex(where isTrue: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isTrue(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
