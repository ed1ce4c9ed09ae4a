extension Machine {
  /// The address a target stands for, if `pages` pages from there are RAM, holes between included,
  /// or in one area, or in the kernel image.
  public func address(
    of target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    try Reach(setup: setup, areas: areas, cache: kept.value.rox).address(of: target, pages)
  }

  /// `address(of:_:)` with the ordinary case, frames of one range of RAM, tested first.
  @inline(__always)
  func resolve(
    _ target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    if case .frame(let pfn) = target, pages > 0, setup.memory.holds(pages, from: pfn) {
      return directMapAddress(of: pfn)
    }
    return try Reach(setup: setup, areas: areas, cache: kept.value.rox).address(of: target, pages)
  }

  /// The address that a call is made at whatever is there: the kernel answers holes, guard pages, user
  /// addresses and what lies past the RAM with an error number, or skips them.
  ///
  /// - Throws: what no kernel could be asked: an address that none has, an unknown name, more pages in
  ///   a hole than the simulation walks.
  @inline(__always)
  func resolveAnywhere(
    _ target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    if case .frame(let pfn) = target, pages > 0, setup.memory.holds(pages, from: pfn) {
      return directMapAddress(of: pfn)
    }
    let reach = Reach(setup: setup, areas: areas, cache: kept.value.rox)
    do throws(CallError) {
      return try reach.address(of: target, pages)
    } catch {
      return try reach.addressAnywhere(of: target, pages, error)
    }
  }

  /// Refuses to change so many pages one by one that their tables would not fit into the simulating
  /// machine: 1 GiB of them maps 512 GiB page by page. One call may add that much, all of them twice
  /// that much.
  @inline(__always)
  func checkTables(for pages: PageCount) throws(CallError) {
    let limit = PageCount(512 << 18)
    guard pages <= limit else { throw .tooManyTables(pages, limit: limit) }
    let single = pagesMappedSingly
    guard single + pages <= limit + limit else { throw .tablesUsedUp(single) }
  }

  /// The pages that are mapped one by one, in the direct map as the kernel counts them, or could be,
  /// in areas.
  private var pagesMappedSingly: PageCount {
    let direct = PageCount(UInt64(clamping: counters[.directMap4K]))
    return areas.live.reduce(min(direct, PageCount(1 << 36))) { $0 + $1.pages }
  }

  /// Throws unless every frame of a list is RAM.
  func check(_ frames: FrameStride) throws(CallError) {
    try Reach(setup: setup, areas: areas, cache: kept.value.rox).check(frames)
  }
}

/// What calls can be made on: the RAM, the areas and the kernel image of a machine.
private struct Reach {
  let setup: Machine.Setup
  let areas: VirtualAreas
  /// Parts of it have names too: module text on 6.15 and later.
  let cache: ROXCache

  @inline(never)
  func address(
    of target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    guard pages > 0 else { throw .noPages }
    switch target {
    case .virtual(let address):
      return try check(address, pages)
    case .frame(let pfn):
      guard setup.memory.contains(pfn) else { throw .noSuchFrame(pfn, end: setup.memory.end) }
      return try check(setup.directMapAddress(of: pfn), pages)
    case .area(let name, let page):
      let range = try addresses(of: name)
      let held = range.upperBound - range.lowerBound
      guard page < held else { throw .pastArea(name, pages: held) }
      guard pages <= held - page else { throw .tooManyPages(pages, available: held - page) }
      return range.lowerBound + page
    }
  }

  /// The most pages of a range that is not all there.
  private static let limitAnywhere = PageCount(1 << 24)

  @inline(never)
  func addressAnywhere(
    of target: Call.Target, _ pages: PageCount, _ error: CallError,
  ) throws(CallError) -> VirtualAddress {
    guard pages <= Self.limitAnywhere else { throw error }
    switch target {
    case .virtual(let address):
      guard setup.layout.isCanonical(address) else { throw .notCanonical(address) }
      guard pages.bytes <= UInt64.max - address.rawValue else { throw error }
      return address.alignedDown(to: .size4K)
    case .frame(let pfn):
      guard pfn < AddressLayout.pfnLimit else {
        throw .noSuchFrame(pfn, end: AddressLayout.pfnLimit)
      }
      return setup.directMapAddress(of: pfn)
    case .area(let name, let page):
      let range = try addresses(of: name)
      // The guard page behind it belongs to it.
      guard page <= range.upperBound - range.lowerBound else { throw error }
      return range.lowerBound + page
    }
  }

  private func addresses(of name: Name) throws(CallError) -> Range<VirtualAddress> {
    if let area = areas.area(named: name) { return area.start..<(area.start + area.pages) }
    guard let busy = cache.busy.first(where: { $0.name == name }) else {
      throw .unknownArea(name)
    }
    return busy.range
  }

  private func check(
    _ address: VirtualAddress, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    let isCanonical =
      setup.isArm64
      ? address >= AddressLayout.arm64PageOffset : setup.layout.isCanonical(address)
    guard isCanonical else { throw .notCanonical(address) }
    let page = address.alignedDown(to: .size4K)
    guard let available = pagesToEnd(from: page) else { throw .notMapped(address) }
    guard pages <= available else { throw .tooManyPages(pages, available: available) }
    return page
  }

  /// The pages from an address to the end of the RAM, the area or the image it lies in.
  private func pagesToEnd(from page: VirtualAddress) -> PageCount? {
    if setup.layout.directMap.contains(page), let pfn = AddressLayout.directMapFrame(of: page) {
      return setup.memory.contains(pfn) ? setup.memory.end - pfn : nil
    }
    if let area = areas.area(at: page) { return area.start + area.pages - page }
    guard let range = setup.image?.highMapRange, range.contains(page) else { return nil }
    return range.upperBound - page
  }

  func check(_ frames: FrameStride) throws(CallError) {
    let memory = setup.memory
    guard frames.count > 0 else { throw .noPages }
    guard memory.contains(frames.first) else { throw .noSuchFrame(frames.first, end: memory.end) }
    // With a stride of 0 the list names one frame again and again; it too must end some time.
    let room = memory.end - frames.first
    let limit =
      frames.stride > 1 ? (room.rawValue - 1) / frames.stride.rawValue + 1 : room.rawValue
    guard frames.count.rawValue <= limit else {
      throw .tooManyPages(frames.count, available: PageCount(limit))
    }
    if memory.contains(frames.first..<(frames[frames.count - 1] + 1)) { return }
    for index in 0..<frames.count.rawValue {
      let pfn = frames[PageCount(index)]
      guard memory.contains(pfn) else { throw .noSuchFrame(pfn, end: memory.end) }
    }
  }
}
