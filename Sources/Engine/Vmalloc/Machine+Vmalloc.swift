// vmalloc() and vfree(): mm/vmalloc.c, 6.12.

/// An area that is asked for.
struct AreaRequest {
  var name: Name
  var pages: PageCount
  var kind: Area.Kind
  var options = UserCall.VmallocOptions()
  /// The addresses it may lie at.
  var space: Space = .vmalloc
  /// What becomes of its entries before it is used, in order. Where the kernel maps final permissions,
  /// the entries begin with them.
  var permissions: [Permission] = []

  /// A change of permissions of some of the pages.
  struct Permission {
    var pages: Range<PageCount>
    var operation: SetMemory
  }

  enum Space {
    case vmalloc, modules
    func range(_ layout: AddressLayout) -> Range<VirtualAddress> {
      switch self {
      case .vmalloc: layout.vmalloc
      case .modules: layout.modules
      }
    }
  }
}

extension Machine {
  /// Models `__vmalloc_node_range()`: addresses, pages, entries. Without memory, what was obtained is
  /// freed again, and the result is -ENOMEM.
  mutating func vmalloc<Sink: EventSink>(
    _ request: AreaRequest, _ sink: inout Sink,
  ) -> Result<Area, ReturnCode> {
    if triesBlocks(request, &sink), let area = hugeArea(request, &sink) {
      emitSpread(of: area, request, &sink)
      return .success(area)
    }
    guard let start = start(of: request, request.pages, alignment: 4096) else {
      return .failure(.noMemory)
    }
    var flags = request.options.flags.union(.ownsPages)
    // The caller's flag stays, whatever became of it.
    if request.options.allowsHuge, setup.kernel.hasHugeVmalloc { flags.insert(.huge) }
    var area = Area(
      name: request.name, start: start, pages: request.pages, kind: request.kind, flags: flags)
    var frames: [PFN] = []
    frames.reserveCapacity(Int(min(request.pages.rawValue, 1 << 20)))
    let isComplete =
      allocPageArray(request, area.pages, besides: [area], &sink)
      && allocBacking(request, &frames, &flags, &sink) && hasTablePages(for: area, &sink)
    area.flags = flags
    emit(.vmalloc(.added(area)), &sink)
    guard isComplete else {
      // As any area: with VM_FLUSH_RESET_PERMS even what was never used is reset.
      _ = vfree(area, backedBy: frames, &sink)
      return .failure(.noMemory)
    }
    let isFinal = setup.kernel.mapsFinalPermissions && flags.contains(.hasNoAlias)
    map(frames, at: area.start, isFinal ? request.permissions : [], &sink)
    emitSpread(of: area, request, &sink)
    return .success(area)
  }

  /// The start of an area: the requested place, else the lowest free address; `nil` if there is no room. A place
  /// that is not aligned to 2M is used for 4K pages only: blocks of 2M are tried elsewhere first.
  func start(
    of request: AreaRequest, _ pages: PageCount, alignment: UInt64,
  ) -> VirtualAddress? {
    if let place = request.options.place, place.rawValue % alignment == 0 {
      let area = Area(name: request.name, start: place, pages: pages)
      return areas.isFree(area.reserved) ? place : nil
    }
    return areas.freeAddress(
      for: pages, alignment: alignment, in: request.space.range(layout))
  }

  /// The array of an area's page pointers: an area of its own where it is longer than a page. Models
  /// the head of `__vmalloc_area_node()`.
  ///
  /// - Parameter others: areas that have their addresses, and are not among the live ones yet.
  /// - Returns: false if there is no memory for it.
  mutating func allocPageArray<Sink: EventSink>(
    _ request: AreaRequest, _ pages: PageCount, besides others: [Area], _ sink: inout Sink,
  ) -> Bool {
    let bytes = pages.rawValue * 8
    // Where memory is not known, neither are the array's pages.
    guard bytes > 4096, physical.isKnown else { return true }
    var array = AreaRequest(
      name: request.name, pages: PageCount((bytes + 4095) / 4096), kind: .pageArray)
    array.options.gfp = request.options.gfp
    array.options.node = request.options.node
    var space = areas
    for other in others { space.apply(.added(other)) }
    guard let start = space.freeAddress(for: array.pages, alignment: 4096, in: vmallocRange) else {
      return false
    }
    var area = Area(
      name: array.name, start: start, pages: array.pages, kind: .pageArray, flags: .ownsPages)
    guard allocPageArray(array, array.pages, besides: others + [area], &sink) else { return false }
    var frames: [PFN] = []
    let isComplete =
      allocBacking(array, &frames, &area.flags, &sink) && hasTablePages(for: area, &sink)
    emit(.vmalloc(.added(area)), &sink)
    guard isComplete else {
      _ = vfree(area, backedBy: frames, &sink)
      return false
    }
    map(frames, at: start, [], &sink)
    return true
  }

  /// Whether the page tables that an area needs can be had. Only failures on purpose are looked at:
  /// tables of vmalloc space take no page of the simulated memory.
  private mutating func hasTablePages<Sink: EventSink>(
    for area: Area, _ sink: inout Sink,
  ) -> Bool {
    guard kept.value.supply.refusals != nil else { return true }
    var address = area.start
    while address < area.start + area.pages {
      if !tables.hasTable(ofEntries: .size4K, at: address), refuses(order: 0, &sink.listener) {
        return false
      }
      address = address + address.pagesToEnd(of: .size2M)
    }
    return true
  }

  /// The pages of an area, in order; false if one could not be had. Models `vm_area_alloc_pages()`.
  private mutating func allocBacking<Sink: EventSink>(
    _ request: AreaRequest, _ frames: inout [PFN], _ flags: inout Area.Flags, _ sink: inout Sink,
  ) -> Bool {
    var single = PageRequest(owner: request.name)
    single.gfp = request.options.gfp.union(.nowarn)
    if !single.gfp.contains(.dma32) { single.gfp.insert(.highmem) }
    single.node = request.options.node
    single.isGrouped = flags.contains(.group)
    single.isBulk = true
    var turns = Interleaving(request, self)
    let isGrouped = single.isGrouped && setup.hooks.contains(.pages)
    if setup.kernel.vmallocsLargeFirst, !isGrouped {
      allocLargeFirst(single, request.pages, &turns, &frames, &sink)
    }
    var isComplete = true
    while isComplete, PageCount(UInt64(frames.count)) < request.pages {
      if let node = turns.next() { single.node = node }
      if case .page(let pfn, let isUnmapped) = allocPage(single, &sink.listener) {
        if isUnmapped { flags.insert(.hasNoAlias) }
        frames.append(pfn)
      } else {
        isComplete = false
      }
    }
    if isGrouped { policiesDidTakePages(&sink.listener) }
    return isComplete
  }

  /// 7.0 and later: the largest blocks first, so that frames lie in rows. Models
  /// `vm_area_alloc_pages()`, 7.0.
  private mutating func allocLargeFirst<Sink: EventSink>(
    _ single: PageRequest, _ pages: PageCount, _ turns: inout Interleaving,
    _ frames: inout [PFN], _ sink: inout Sink,
  ) {
    var ceiling = 10
    while ceiling > 0 {
      let remaining = pages.rawValue - UInt64(frames.count)
      guard remaining > 1 else { return }
      var block = single
      block.isBulk = false
      block.order = min(ceiling, 63 - remaining.leadingZeroBitCount)
      guard block.order > 0 else { return }
      if let node = turns.next() { block.node = node }
      if let pfn = allocPages(block, &sink.listener) {
        splitPage(pfn, order: block.order, &sink.listener)
        for index in 0..<(UInt64(1) << UInt64(block.order)) {
          frames.append(pfn + PageCount(index))
        }
      } else {
        ceiling = block.order - 1
      }
    }
  }

  /// 4K entries, frames in a row together.
  ///
  /// - Parameter permissions: the permissions that they begin with.
  private mutating func map<Sink: EventSink>(
    _ frames: [PFN], at start: VirtualAddress, _ permissions: [AreaRequest.Permission],
    _ sink: inout Sink,
  ) {
    // Where the permissions of the entries change.
    let borders = permissions.flatMap {
      [Int($0.pages.lowerBound.rawValue), Int($0.pages.upperBound.rawValue)]
    }
    var index = 0
    while index < frames.count {
      var end = index + 1
      while end < frames.count, frames[end] == frames[end - 1] + 1, !borders.contains(end) {
        end += 1
      }
      let first = start + PageCount(UInt64(index))
      var flags = setup.pageKernel(.size4K)
      for permission in permissions where permission.pages.contains(PageCount(UInt64(index))) {
        guard let request = plainRequest(permission.operation, first, 1) else { continue }
        flags = flags.subtracting(request.clear).union(request.set)
      }
      let fill = LeafFill(
        start: first, pfn: frames[index], count: UInt64(end - index), size: .size4K, flags: flags)
      emit(.mapped(fill), &sink)
      index = end
    }
  }
}

// MARK: - vfree

extension Machine {
  /// Models `vfree()`. An area with VM_FLUSH_RESET_PERMS first takes all of its pages out of the
  /// direct map, flushes once, and puts them back: that splits whatever was whole until then.
  mutating func vfree<Sink: EventSink>(_ area: Area, _ sink: inout Sink) -> ReturnCode {
    let frames = backing(of: area)
    let isPermAllocated = setup.kernel.mapsFinalPermissions && area.flags.contains(.hasNoAlias)
    let needsFlush = isPermAllocated && isExecutable(area)
    emit(.unmapped(area.start, area.pages), &sink)
    if needsFlush { emit(.flushed(.kernelRange(area.pages)), &sink) }
    return vfree(area, backedBy: frames, &sink)
  }

  mutating func vfree<Sink: EventSink>(
    _ area: Area, backedBy frames: [PFN], _ sink: inout Sink,
  ) -> ReturnCode {
    emit(.vmalloc(.freed(area)), &sink)
    if area.flags.contains(.resetsPermissions), !area.flags.contains(.hasNoAlias) {
      resetPermissions(frames, &sink)
    }
    for pfn in frames {
      let result = freePage(pfn, area.flags, &sink.listener)
      if result != .success { return result }
    }
    if area.kind != .pageArray {
      for array in areas.pageArrays(of: area.name) {
        let frames = backing(of: array)
        emit(.unmapped(array.start, array.pages), &sink)
        let result = vfree(array, backedBy: frames, &sink)
        if result != .success { return result }
      }
      purgeIfOverLimit(&sink)
    }
    return .success
  }

  private func isExecutable(_ area: Area) -> Bool {
    tables.runs(from: area.start, pages: area.pages).contains {
      $0.size != nil && !$0.flags.contains(.nx)
    }
  }

  /// The frames of an area, by address.
  func backing(of area: Area) -> [PFN] {
    (0..<area.pages.rawValue).compactMap { tables.frame(at: area.start + PageCount($0)) }
  }

  /// Models `vm_reset_perms()`.
  private mutating func resetPermissions<Sink: EventSink>(
    _ frames: [PFN], _ sink: inout Sink,
  ) {
    emit(
      .entered(
        .vmResetPerms, directMapAddress(of: frames.first ?? 0),
        PageCount(UInt64(frames.count))), &sink)
    for pfn in frames { _ = setDirectMap(.invalid, pfn, 1, &sink) }
    purge(including: frames, &sink)
    for pfn in frames { _ = setDirectMap(.default, pfn, 1, &sink) }
    emit(.left(.vmResetPerms, .success), &sink)
  }

  /// One flush over the direct map's part and all freed areas. Models `_vm_unmap_aliases()`.
  private mutating func purge<Sink: EventSink>(including frames: [PFN], _ sink: inout Sink) {
    guard let low = frames.min(), let high = frames.max() else { return }
    var start = directMapAddress(of: low)
    var end = directMapAddress(of: high + 1)
    if let span = areas.lazySpan {
      start = min(start, span.start)
      end = max(end, span.start + span.pages)
    }
    flushKernelRange(end - start, &sink.listener)
    emit(.vmalloc(.purged), &sink)
  }
}
