import Engine
import TestSupport
import Testing

/// The numbers of section 12 of the kernel's semantics, by running them.
@Suite struct ZapTableTests {
  @Test func `a gather has 8 words on the stack and 510 in each of 19 batches`() {
    #expect(MmuGather.bundleWords == 8)
    #expect(MmuGather.batchWords == 510)
    #expect(MmuGather.batchLimit == 19)
  }

  @Test func `order 0 pages before a forced flush are 9678, and 9698 before the series`() throws {
    for (kernel, pages) in [(.linux6_12, 9678), (.linux6_1, 9698)] as [(KernelProfile, Int64)] {
      var machine = try Machine.zapping(kernel: kernel)
      try machine.mmap("heap", PageCount(UInt64(pages) + 1000))
      try machine.zap("heap")
      #expect(machine.lastZap[.mostPages] == pages)
      #expect(machine.lastZap[.batches] == 19)
      #expect(machine.lastZap[.forcedFlushes] == 1)
      #expect(machine.lastZap[.flushes] == 2)
      #expect(machine.lastZap[.pagesFreed] == pages + 1000)
    }
  }

  @Test func `one page fewer than the gather holds needs no forced flush`() throws {
    for (kernel, pages) in [(.linux6_12, 9677), (.linux6_1, 9697)] as [(KernelProfile, UInt64)] {
      var machine = try Machine.zapping(kernel: kernel)
      try machine.mmap("heap", PageCount(pages))
      try machine.zap("heap")
      #expect(machine.lastZap[.forcedFlushes] == 0)
    }
  }

  @Test func `4849 folios of 2M are 9698 MiB, and a full batch of 255 is 510 MiB`() throws {
    var machine = try Machine.zapping(machine: "laptop-16g")
    try machine.mmap("heap", PageCount(5000 * 512), order: 9)
    try machine.zap("heap")
    #expect(machine.lastZap[.mostPages] == 2_482_688)
    #expect(PageCount(2_482_688).bytes >> 20 == 9698)
    #expect(machine.lastZap[.runs] == 5000)
    #expect(machine.lastZap[.forcedFlushes] == 1)
    #expect(machine.lastZap[.longestChunkPages] == 130_560)
    #expect(PageCount(130_560).bytes >> 20 == 510)
    #expect(machine.lastZap[.longestChunkCost] == 255 * (ZapCost.entry + ZapCost.folio))
  }

  /// "We would have to keep track of the total number of pages in our batch, and stop as soon as we hit
  /// our 10000 limit": 10000 pages of order 0, and 20 folios of 2M, the one that comes to it whole.
  @Test(arguments: [(0, 9678), (4, 10_000), (9, 20 * 512)] as [(Int, Int64)])
  func `capped, a gather holds 10000 pages and the folio that comes to them`(
    order: Int, pages: Int64,
  ) throws {
    var machine = try Machine.zapping([.zapPageCap])
    try machine.mmap("heap", PageCount(300 * 512), order: order)
    try machine.zap("heap")
    #expect(machine.lastZap[.mostPages] == pages)
    #expect(machine.lastZap[.pagesFreed] == 300 * 512)
    #expect(machine.lastZap[.forcedFlushes] == 300 * 512 / pages)
    let capacity = GatherCapacity(machine.zapRules, order: order)
    #expect(capacity.pages == PageCount(UInt64(pages)))
    try machine.checkInvariants()
  }

  @Test func `with preemption others wait for a step, not for a stretch`() throws {
    for isZeroing in [false, true] {
      var waits: [Int64] = []
      for isPreemptible in [false, true] {
        var description = try #require(MachineDescription(builtIn: "teaching-4g"))
        description.cpu[.initOnFree] = isZeroing
        description.cpu[.preemption] = isPreemptible
        var machine = try Machine(
          booting: description, kernel: .linux6_12,
          options: BootOptions(policies: try PolicySet([.zapBatched2024])))
        try machine.mmap("heap", PageCount(300 * 512), order: 9)
        try machine.zap("heap")
        waits.append(machine.lastZap[.longestWait])
        #expect(machine.lastZap[.longestChunkCost] == waits[0])
      }
      // A full batch of 255 folios, its pages zeroed or not; then a folio, or a page.
      #expect(waits == (isZeroing ? [5_225_205, 40] : [2805, 11]))
    }
  }

  @Test func `the limit by pages lets one folio of 2M go at a time where pages are zeroed`() throws
  {
    let posted: [PolicyName] = [.zapBatched2024]
    for (policies, pages, chunks) in [([], 512, 300), (posted, 130_560, 3)]
      as [([PolicyName], Int64, Int64)]
    {
      var machine = try Machine.zapping(policies, isZeroing: true)
      try machine.mmap("heap", PageCount(300 * 512), order: 9)
      try machine.zap("heap")
      #expect(machine.lastZap[.longestChunkPages] == pages)
      #expect(machine.lastZap[.chunks] == chunks)
      #expect(
        machine.lastZap[.cost]
          == 300 * (ZapCost.entry + ZapCost.folio + 512 * ZapCost.zeroedPage))
    }
  }

  @Test func `dirty pages of a file are flushed page table by page table`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("file", 2048, [.file, .dirty])
    try machine.zap("file")
    #expect(machine.lastZap[.forcedFlushes] == 4)
    #expect(machine.lastZap[.flushes] == 4)
    #expect(machine.lastZap[.delayedRmaps] == 4 * 512)
    #expect(machine.lastZap[.mostPages] == 512)
    #expect(machine.lastZap[.pagesFreed] == 0)
  }

  @Test func `with delayed rmaps no second page batch is opened: 516 pages, 518 before`() throws {
    for (policies, limit) in [([], 516), ([.zapByPage], 518)] as [([PolicyName], PageCount)] {
      // Clean pages begin the batch in one page table, dirty ones go on in the next.
      var machine = try Machine.zapping(policies)
      try machine.mmap("clean", 300, at: 0x1000_0000)
      try machine.mmap("dirty", 512, [.file, .dirty], at: 0x1020_0000)
      var log = EventLog()
      try machine.perform(.process(.exitMmap), into: &log)
      let full = log.events.compactMap { event -> PageCount? in
        if case .decided(.process(.gatherFull(.delayedRmap, let pages))) = event {
          pages
        } else {
          nil
        }
      }
      #expect(full == [limit])
      #expect(machine.lastZap[.batches] == 1)
    }
  }

  @Test func `before 6_2 no rmap is delayed and the flush of dirty pages is forced all the same`()
    throws
  {
    var machine = try Machine.zapping(kernel: .linux6_1)
    try machine.mmap("file", 1024, [.file, .dirty])
    try machine.zap("file")
    #expect(machine.lastZap[.forcedFlushes] == 2)
    #expect(machine.lastZap[.delayedRmaps] == 0)
    #expect(machine.lastZap[.rmapOperations] == 2 * 512)
  }

  @Test func `a batch ends with its folio, the range, and the page table`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("heap", 64, order: 4, at: 0xfff_8000)
    var log = EventLog()
    try machine.perform(
      .process(.zap(try named("heap"), ProcessCall.Part(first: 4, count: 50))), into: &log)
    let found = log.events.compactMap { event -> [Int]? in
      if case .decided(.process(.batched(_, let runs, let pages, let end))) = event {
        [runs, pages, Int(end.rawValue)]
      } else {
        nil
      }
    }
    let (folio, range) = (Int(RunEnd.folioEnd.rawValue), Int(RunEnd.rangeEnd.rawValue))
    // 4 to the end of the page table, 8 to the end of the folio, two whole ones, 6 of the last.
    #expect(found == [[1, 4, range], [1, 8, folio], [2, 16, folio], [1, 6, range]])
    #expect(machine.lastZap[.foliosFreed] == 2)
    #expect(machine.userRanges.first?.mapped == 14)
    try machine.checkInvariants()
    try machine.zap("heap")
    #expect(machine.lastZap[.foliosFreed] == 2)
    #expect(machine.lastZap[.pagesFreed] == 32)
  }

  @Test func `without a page for a batch the bundle on the stack is all there is`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("heap", 100)
    try machine.perform(.policy(.failPages(after: 0)))
    try machine.zap("heap")
    #expect(machine.lastZap[.mostPages] == 7)
    #expect(machine.lastZap[.batches] == 0)
    #expect(machine.lastZap[.forcedFlushes] == 14)
    #expect(machine.lastZap[.pagesFreed] == 100)
  }

  @Test func `a batch that a forced flush emptied is used again and takes no other page`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("heap", 9678 + 1000)
    try machine.perform(.policy(.failPages(after: 19)))
    try machine.zap("heap")
    #expect(machine.lastZap[.mostPages] == 9678)
    #expect(machine.lastZap[.batches] == 19)
    #expect(machine.lastZap[.forcedFlushes] == 1)
  }

  @Test func `what a gather holds is found by filling one, and is what zaps reach`() {
    let before = GatherCapacity(ZapSeries.before.rules(zeroes: false), order: 9)
    let posted = GatherCapacity(ZapSeries.posted.rules(zeroes: false), order: 9)
    let merged = GatherCapacity(ZapSeries.merged.rules(zeroes: false), order: 9)
    let small = GatherCapacity(ZapSeries.merged.rules(zeroes: false), order: 0)
    #expect([before.entries, posted.entries, small.entries] == [9698, 4849, 9678])
    #expect([before.batchPages, posted.batchPages, small.batchPages] == [510, 130_560, 509])
    #expect([posted.pages, merged.pages] == [2_482_688, 2_482_688])
    #expect([posted.batchCost, posted.batchCostZeroed] == [2805, 5_225_205])
    #expect([posted.stretchCostZeroed, merged.stretchCostZeroed] == [5_225_205, 20_491])
    #expect([posted.stretchPages, merged.stretchPages] == [130_560, 512])
  }

  @Test func `a trial under other rules changes nothing and counts what they would`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("heap", 2048, order: 9)
    let checksum = machine.checksum
    let call = ProcessCall.zap(try named("heap"), nil)
    let before = try #require(machine.zapTrial(call, under: ZapSeries.before.rules(zeroes: false)))
    let merged = try #require(machine.zapTrial(call, under: ZapSeries.merged.rules(zeroes: true)))
    #expect(machine.checksum == checksum)
    #expect([before[.runs], merged[.runs]] == [2048, 4])
    #expect([before[.longestChunkPages], merged[.longestChunkPages]] == [512, 512])
    #expect(machine.zapTrial(.munmap(try named("none"), nil), under: machine.zapRules) == nil)
  }

  @Test func `events stay small`() {
    #expect(MemoryLayout<ProcessChange>.size <= MemoryLayout<Area>.size + 8)
    #expect(MemoryLayout<GatheredEntries>.size <= 24)
    #expect(MemoryLayout<FreedChunk>.size <= 24)
  }
}
