// Areas of 2M blocks: mm/vmalloc.c, 6.12, and "mm/vmalloc: Hugepage vmalloc mappings", Nicholas
// Piggin, April 2020.

extension Machine {
  /// Whether 2M blocks are tried first. Models the head of `__vmalloc_node_range()`: the caller
  /// allows them, or, with the patch of April 2020, the mapping is an ordinary one; and of the size
  /// each node has 2M or more.
  ///
  /// A request that no kernel would map large by its size is not worth a decision.
  mutating func triesBlocks<Sink: EventSink>(
    _ request: AreaRequest, _ sink: inout Sink,
  ) -> Bool {
    let isLarge = request.pages >= LeafSize.size2M.pages
    guard isLarge || request.options.allowsHuge else { return false }
    let kernel = setup.kernel
    guard let reason = smallReason(request) else {
      let nodes = UInt32(nodesThatShare(request))
      emit(
        .decided(
          .vmalloc(
            .triesBlocks(
              asked: request.pages, taken: Self.wholeBlocks(request.pages), nodes: nodes))), &sink)
      return true
    }
    // Where no one speaks of 2M leaves there is nothing to tell.
    let isTold =
      kernel.vmallocsHugeByDefault || kernel.hasHugeVmalloc && request.kind == .vmalloc
    if request.options.allowsHuge || isTold {
      emit(.decided(.vmalloc(.takesPages(asked: request.pages, reason))), &sink)
    }
    return false
  }

  private func smallReason(_ request: AreaRequest) -> VmallocDecision.SmallReason? {
    let kernel = setup.kernel
    guard setup.cpu[.pse], kernel.hasHugeVmalloc || kernel.vmallocsHugeByDefault else {
      return .unavailable
    }
    if !(request.options.allowsHuge && kernel.hasHugeVmalloc) {
      guard kernel.vmallocsHugeByDefault else {
        return request.options.allowsHuge ? .unavailable : .notAllowed
      }
      guard request.isOrdinary else { return .protection }
    }
    let nodes = nodesThatShare(request)
    return request.pages.rawValue / UInt64(nodes) >= LeafSize.size2M.pages.rawValue
      ? nil : .tooSmall(nodes: UInt32(nodes))
  }

  /// By how many the size is divided before it is compared with 2M: by the nodes, unless the request
  /// names one; upstream until 6.12 and in the patch of 2020, not in 7.0.
  private func nodesThatShare(_ request: AreaRequest) -> Int {
    let isUpstream = request.options.allowsHuge && setup.kernel.hasHugeVmalloc
    let divides = isUpstream ? setup.kernel.dividesHugeVmalloc : true
    return divides && request.options.node == nil ? nodeCount : 1
  }

  static func wholeBlocks(_ pages: PageCount) -> PageCount {
    PageCount((pages.rawValue + 511) / 512 * 512)
  }

  /// An area of 2M blocks, mapped by 2M leaves; `nil` if one cannot be had. Then the area is freed
  /// like any other, and its addresses wait for a purge.
  mutating func hugeArea<Sink: EventSink>(
    _ request: AreaRequest, _ sink: inout Sink,
  ) -> Area? {
    let pages = Self.wholeBlocks(request.pages)
    let blocks = pages.rawValue / 512
    guard let start = start(of: request, pages, alignment: LeafSize.size2M.bytes) else {
      emit(.decided(.vmalloc(.fellBack(blocks: 0, of: blocks))), &sink)
      return nil
    }
    let area = Area(
      name: request.name, start: start, pages: pages, kind: request.kind,
      flags: request.options.flags.union([.ownsPages, .huge]),
      unused: UInt16((pages - request.pages).rawValue))
    emit(.vmalloc(.added(area)), &sink)
    let heads =
      allocPageArray(request, pages, besides: [], &sink) ? allocBlocks(request, blocks, &sink) : []
    guard heads.count == Int(blocks) else {
      emit(.decided(.vmalloc(.fellBack(blocks: UInt64(heads.count), of: blocks))), &sink)
      let frames = heads.flatMap { head in (0..<512).map { head + PageCount($0) } }
      _ = vfree(area, backedBy: frames, &sink)
      return nil
    }
    mapBlocks(heads, at: start, &sink)
    if area.unused > 0 {
      emit(.decided(.vmalloc(.roundedUp(asked: request.pages, taken: pages))), &sink)
    }
    return area
  }

  /// The first frames of as many 2M blocks as can be had, each split into single pages.
  private mutating func allocBlocks<Sink: EventSink>(
    _ request: AreaRequest, _ blocks: UInt64, _ sink: inout Sink,
  ) -> [PFN] {
    var block = PageRequest(order: 9, owner: request.name)
    block.gfp = request.options.gfp.union([.nowarn, .highmem])
    block.node = request.options.node
    var turns = Interleaving(request, self)
    var heads: [PFN] = []
    if setup.kernel.vmallocsLargeFirst { allocPairs(block, blocks, &turns, &heads, &sink) }
    while UInt64(heads.count) < blocks {
      if let node = turns.next() { block.node = node }
      guard let pfn = allocPages(block, &sink.listener) else { break }
      splitPage(pfn, order: 9, &sink.listener)
      heads.append(pfn)
    }
    return heads
  }

  /// 7.0 and later: two blocks at a time first, as one of order 10. Models the first loop of
  /// `vm_area_alloc_pages()`, 7.2.
  private mutating func allocPairs<Sink: EventSink>(
    _ block: PageRequest, _ blocks: UInt64, _ turns: inout Interleaving, _ heads: inout [PFN],
    _ sink: inout Sink,
  ) {
    var pair = block
    pair.order = 10
    while UInt64(heads.count) + 1 < blocks {
      if let node = turns.next() { pair.node = node }
      guard let pfn = allocPages(pair, &sink.listener) else { return }
      splitPage(pfn, order: 10, &sink.listener)
      heads += [pfn, pfn + LeafSize.size2M.pages]
    }
  }

  private mutating func mapBlocks<Sink: EventSink>(
    _ heads: [PFN], at start: VirtualAddress, _ sink: inout Sink,
  ) {
    let flags = setup.pageKernel(.size2M)
    for (index, pfn) in heads.enumerated() {
      let fill = LeafFill(
        start: start + PageCount(UInt64(index) * 512), pfn: pfn, count: 1, size: .size2M,
        flags: flags)
      emit(.mapped(fill), &sink)
    }
  }
}

extension AreaRequest {
  /// Whether it is mapped as ordinary kernel memory (PAGE_KERNEL) and stays so.
  fileprivate var isOrdinary: Bool {
    kind == .vmalloc && options.flags.isDisjoint(with: [.group, .resetsPermissions])
  }
}

/// The nodes that take turns in serving an interleaved request: those with memory, from the lowest on.
/// Models `interleave_nodes()`, mm/mempolicy.c, for a task that did not allocate before.
struct Interleaving {
  private let nodes: [Int]
  private var turn = 0

  init(_ request: AreaRequest, _ machine: Machine) {
    nodes = request.options.isInterleaved ? machine.nodesWithMemory : []
  }

  /// The node whose turn it is; `nil` if nothing is interleaved.
  mutating func next() -> Int? {
    guard !nodes.isEmpty else { return nil }
    defer { turn = (turn + 1) % nodes.count }
    return nodes[turn]
  }
}

extension Machine {
  /// The nodes that have memory, by rising number.
  var nodesWithMemory: [Int] {
    (0..<physical.nodes.count).filter { node in physical.zones.contains { $0.node == node } }
  }
}
