import Engine
import Narration
import TestSupport
import Testing

private let address: VirtualAddress = 0xffff_8881_8000_0000

/// One decision of each kind, and of each obstacle.
private let decisions: [Decision] =
  [
    .entryKept(address, .pageKernel), .entryChanged(address, old: .pageKernel, new: .present),
    .holeSkipped(address), .holeRefused(address), .sameProtection(address, .size2M, 7),
    .preserved(address, .size1G, old: .pageKernel, new: .present), .splitForced(address, .size2M),
    .splitPartial(address, .size2M, firstPage: 3, covered: 4),
    .splitProtected(address, .size2M, .writable), .bitsRefused(address, .writable),
    .writableAndExecutable(address), .aliasInDirectMap(address, 1), .aliasInHighMap(address, 1),
    .typeConflict(page: 5, .wc), .typeNotFreed(page: 5, 2), .nothingChanged,
    .mergeWaits(address, .size2M, entries: 3),
    .mergeDone(address, .size2M), .policy(.nothingLeft(.edgecombe2021)),
    .collapseDone(address, .size2M), .memory(.exhausted(order: 9, .movable, node: 0)),
  ]
  + ([
    .triesBlocks(asked: 2049, taken: 2560, nodes: 1),
    .triesBlocks(asked: 2049, taken: 2560, nodes: 2),
    .takesPages(asked: 600, .unavailable), .takesPages(asked: 600, .notAllowed),
    .takesPages(asked: 600, .protection), .takesPages(asked: 600, .tooSmall(nodes: 2)),
    .takesPages(asked: 60, .tooSmall(nodes: 1)), .fellBack(blocks: 2, of: 5),
    .roundedUp(asked: 513, taken: 1024),
    .spread(nodes: 2, mostOn: 0, most: 1536, fewestOn: 1, fewest: 1024),
    .mapsBlocks(blocks: 2, pages: 1027),
    .alignsIoremap(pages: 1024, ofSize: 22, asked: 12, result: 22),
    .alignsIoremap(pages: 1024, ofSize: 22, asked: 32, result: 22),
    .alignsIoremap(pages: 1024, ofSize: 22, asked: 32, result: 32),
    .purges(waiting: 8200, limit: 8192), .walked(address, entries: 12),
    .walkerMetLeaf(address, .size2M, entries: 12),
  ] as [VmallocDecision]).map { .vmalloc($0) }
  + zapDecisions.map { .process($0) }
  + ([
    .pagesOnly(.rodataFull), .pagesOnly(.realm), .blocksAllowed(bbml2: true),
    .mappedApart(.kernelImage, 512), .areaRefused(address, .mayBeHuge), .cannotSetDirectMap,
    .mirrored(pages: 16, requested: 2), .pastPageArray(1), .notMirrored,
    .walkerMetBlock(address, .size2M),
    .borderAligned(address, bytes: 1 << 21), .singlePage(address, other: address),
    .nothingToSplit, .splitBlock(address, .size1G), .dropCont(address, .size2M),
    .splitAllToPages(512),
  ] as [LinearMapDecision]).map { .linearMap($0) }
  + [
    .alreadyLeaf(.size2M), .nothingMapped, .sizeUnavailable, .frameMisaligned(0x123), .kernel4K,
    .notPresent(index: 0), .notPresent(index: 17), .table(index: 0), .table(index: 3),
    .frameOutOfOrder(index: 1), .flagsDiffer(index: 17, .dirty),
  ].flatMap { (obstacle: CollapseObstacle) in
    [.collapseFailed(address, .size2M, obstacle), .collapseFailed(address, .size1G, obstacle)]
  }

/// A number for each kind: what is added must be told too.
private func kind(_ decision: Decision) -> Int {
  switch decision {
  case .entryKept: 0
  case .entryChanged: 1
  case .holeSkipped: 2
  case .holeRefused: 3
  case .sameProtection: 4
  case .preserved: 5
  case .splitForced: 6
  case .splitPartial: 7
  case .splitProtected: 8
  case .bitsRefused: 9
  case .writableAndExecutable: 10
  case .aliasInDirectMap: 11
  case .aliasInHighMap: 12
  case .typeConflict: 13
  case .nothingChanged: 14
  case .mergeWaits: 15
  case .mergeDone: 16
  case .policy: 17
  case .collapseDone: 18
  case .memory: 19
  case .collapseFailed: 20
  case .vmalloc: 21
  case .process: 22
  case .linearMap: 23
  case .typeNotFreed: 24
  }
}

/// One event of each kind that is no decision.
private func events() throws -> [Event] {
  let entry = Entry(0x180000, .pageKernel)
  let name = try #require(Name("a"))
  var machine = Machine.ofLargeLeaves(kernel: .linux7_2)
  var log = EventLog()
  try machine.perform(.vmap(name, FrameStride(first: 0x180000, count: 3), at: nil), into: &log)
  try machine.perform(.vunmap(name), into: &log)
  let masks = RequestMasks(
    set: .nx, clear: .dirty, options: [.collapse, .forceSplit, .noCheckAlias, .pagesArray])
  let flushes: [Flush] = [
    .all, .pages(33), .allAfterFailure, .kernelRange(34), .kernelRangeToEnd, .ownPage, .ownTLB,
    .cacheLines(2), .allCaches,
  ]
  return log.events
    + KernelFunction.allCases.flatMap {
      [.entered($0, address, 512), .left($0, .success), .left($0, .noMemory)]
    }
    + flushes.map { .flushed($0) } + [
      .asked(masks), .asked(RequestMasks(set: [], clear: [])),
      .entryWritten(address, .size4K, old: entry, new: Entry(0x180000, .present)),
      .tableInstalled(address, inPlaceOf: .size1G, old: entry, first: entry),
      .tableBacked(address, inPlaceOf: .size2M, 0x42), .tableFreed(address, .size2M, leaf: entry),
      .tableTracked(address, entries: .size4K, TableTrack()), .kept(.serialUsed),
      .policy(.edgecombe2021(.enabled(true))), .supply(.given), .counted(.directMap1G, -1),
      .memoryTypeSet(.ram, page: 3, 1, .ucMinus), .vmalloc(.purged), .systemRunning,
      .stopped(.splitCountWrong(address, .size2M, counted: 1, found: 2)), .kernelSetReadOnly,
      .memory(.movedToNode(1)), .seen(.entered(0)), .seen(.left(0)), .seen(.wrote(0)),
      .seen(.reached(0)),
    ] + (try zapChanges()).map { .process($0) }
}

@Suite struct RuleTests {
  @Test func `every kind of decision is among those told`() {
    #expect(Set(decisions.map(kind)) == Set(0...24))
  }

  @Test(arguments: KernelProfile.x86.map(\.name))
  func `everything that happens is told, with its rule`(kernel: String) throws {
    let profile = try #require(KernelProfile(named: kernel))
    let masks = RequestMasks(set: .nx, clear: [.writable, .nx], options: .collapse)
    for event in try events() + decisions.map({ .decided($0) }) {
      let short = event.sentence(.short)
      #expect(!short.isEmpty && short.utf8.count <= 56, "\(short)")
      #expect(event.sentence().hasSuffix("."))
      for function in KernelFunction.allCases.map(Optional.some) + [nil] {
        for policy in [nil, PolicyName.aaronLu2022, .hyeyooBitmap2022] {
          let place = EventPlace(
            function: function, pages: 34, masks: masks, policy: policy, visitedAlias: true,
            kernel: profile)
          let rule = event.rule(at: place)
          #expect(rule.hasSuffix(".") || rule.hasSuffix(".)"), "\(rule)")
          if let source = event.source(at: place) { #expect(!source.isEmpty) }
        }
      }
    }
  }

  @Test func `a flush tells why it is full, with the numbers`() {
    func rule(_ flush: Flush, _ pages: PageCount, alias: Bool = false) -> String {
      Event.flushed(flush).rule(
        at: EventPlace(
          function: .cpaFlush, pages: pages, visitedAlias: alias, kernel: .linux7_2))
    }
    #expect(
      rule(.all, 34)
        == "34 pages > tlb_single_page_flush_ceiling 33: every CPU forgets everything.")
    #expect(
      rule(.pages(33), 33)
        == "33 pages, not above tlb_single_page_flush_ceiling 33: each CPU forgets them one by one."
    )
    #expect(rule(.all, 1, alias: true).hasPrefix("Another mapping of the pages was visited"))
    #expect(rule(.all, 1) == "Tables went, so every CPU forgets everything.")
  }

  @Test func `the conditions of a collapse come in the kernel's order`() {
    let failed = Decision.collapseFailed(address, .size2M, .flagsDiffer(index: 17, .dirty))
    #expect(
      failed.sentence()
        == "pfn 0x180000 does not become a 2M leaf: aligned, not KERNEL_4K, entries 0 to 16 are present "
        + "and equal, but entry 17 differs from entry 0 in D.")
  }

  @Test func `NX does not cross over where the kernel strips it`() {
    let masks = RequestMasks(set: [], clear: [.writable, .dirty, .nx])
    func rule(_ kernel: KernelProfile, _ masks: RequestMasks) -> String {
      Event.decided(.aliasInDirectMap(address, 1)).rule(
        at: EventPlace(function: .cpaProcessAlias, masks: masks, kernel: kernel))
    }
    #expect(rule(.linux7_2, masks).hasSuffix(" RW D cross over, NX does not."))
    let execute = RequestMasks(set: [], clear: .nx)
    #expect(rule(.linux7_2, execute).hasSuffix("nothing else is asked for."))
    #expect(!rule(.linux6_1, masks).contains("NX"))
  }

  @Test func `the source of a rule is its function and the kernel version`() {
    let decision = Event.decided(.splitPartial(address, .size2M, firstPage: 0, covered: 1))
    var place = EventPlace(function: .shouldSplitLargePage, kernel: .linux7_2)
    #expect(decision.source(at: place) == "__should_split_large_page(), 7.2")
    place.kernel = .linux6_1
    #expect(decision.source(at: place) == "__should_split_large_page(), 6.1")
    place.policy = .aaronLu2022
    let waits = Event.decided(.mergeWaits(address, .size2M, entries: 1))
    #expect(waits.source(at: place) == "set_pte_adjust_nr_same_prot(), aaronlu-2022")
  }
}
