extension Machine {
  /// Makes a call and returns what the kernel function returned. A call that cannot be made throws
  /// and leaves the machine as it was; one that the kernel refuses returns its error number.
  @discardableResult
  public mutating func perform(_ call: Call) throws(CallError) -> ReturnCode {
    var sink = SilentSink()
    return try perform(call, &sink)
  }

  /// Makes a call and appends all that happens to a log.
  @discardableResult
  public mutating func perform(_ call: Call, into log: inout EventLog) throws(CallError)
    -> ReturnCode
  {
    try perform(call, &log)
  }

  /// Applies events that a call on an equal machine gave: all of them lead to the machine after the
  /// call, the first few to a machine inside it.
  public mutating func apply(_ events: some Sequence<Event>) {
    for event in events { apply(event) }
  }

  private mutating func perform<Sink: EventSink>(
    _ call: Call, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    guard case .setMemory(let operation, let target, let pages) = call else {
      return try performRarer(call, &sink)
    }
    let address = try resolve(target, pages)
    return setMemory(operation, address, pages, &sink)
  }

  @inline(never)
  private mutating func performRarer<Sink: EventSink>(
    _ call: Call, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    switch call {
    case .setMemory: break
    case .setPages(let operation, let pfn, let pages):
      let address = try resolve(.frame(pfn), pages)
      return setMemory(operation.setMemory, address, pages, &sink)
    case .setPagesArray(let operation, let frames):
      try check(frames)
      return setPagesArray(operation, frames, &sink)
    case .setDirectMap(let operation, let pfn, let pages):
      _ = try resolve(.frame(pfn), pages)
      return setDirectMap(operation, pfn, pages, &sink)
    case .setDirectMapValid(let pfn, let pages, let isValid):
      _ = try resolve(.frame(pfn), pages)
      return setDirectMapValid(pfn, pages, isValid, &sink)
    case .touch(let access, let target, let pages):
      let address = try resolve(target, pages)
      try touch(access, address, pages, &sink)
    case .vmap(let name, let frames, let place):
      try vmap(name, frames, at: place, &sink)
    case .vmapPageRange(let name, let pfn, let pages, let place):
      try vmapPageRange(name, pfn, pages, at: place, &sink)
    case .vunmap(let name):
      try vunmap(name, &sink)
    case .collapse(let target, let pages):
      let address = try resolve(target, pages)
      let request = CPARequest(address, pages, set: [], clear: [])
      cpaCollapseLargePages(request, &sink)
    }
    return .success
  }
}

// MARK: - Where calls may reach

extension Machine {
  /// `address(of:_:)` with the ordinary case, frames of one range of RAM, tested first.
  @inline(__always)
  func resolve(
    _ target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    if case .frame(let pfn) = target, pages > 0, setup.memory.holds(pages, from: pfn) {
      return AddressLayout.directMapAddress(of: pfn)
    }
    return try address(of: target, pages)
  }

  /// The address a target stands for, if `pages` pages from there are RAM, holes between included,
  /// or in one area.
  @inline(never)
  public func address(
    of target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    guard pages > 0 else { throw .noPages }
    switch target {
    case .virtual(let address): return try resolve(address, pages)
    case .frame(let pfn):
      guard pfn < AddressLayout.pfnLimit else { throw .notMapped(VirtualAddress(pfn.rawValue)) }
      return try resolve(AddressLayout.directMapAddress(of: pfn), pages)
    case .area(let name, let page):
      guard let area = areas.area(named: name) else { throw .unknownArea(name) }
      guard page < area.pages else { throw .tooManyPages(page, available: area.pages) }
      guard pages <= area.pages - page else {
        throw .tooManyPages(pages, available: area.pages - page)
      }
      return area.start + page
    }
  }

  private func resolve(
    _ address: VirtualAddress, _ pages: PageCount,
  ) throws(CallError) -> VirtualAddress {
    guard address.isCanonical else { throw .notCanonical(address) }
    let page = address.alignedDown(to: .size4K)
    let available: PageCount
    if let pfn = AddressLayout.directMapFrame(of: page) {
      guard setup.memory.contains(pfn) else { throw .notMapped(address) }
      available = setup.memory.end - pfn
    } else if let area = areas.area(at: page) {
      available = area.start + area.pages - page
    } else if let image = setup.image, isInImage(page, image) {
      available = image.highMapAddress(of: image.frames.upperBound) - page
    } else {
      throw .notMapped(address)
    }
    guard pages <= available else { throw .tooManyPages(pages, available: available) }
    return page
  }

  private func isInImage(_ address: VirtualAddress, _ image: KernelImage) -> Bool {
    image.highMapAddress(of: image.frames.lowerBound) <= address
      && address < image.highMapAddress(of: image.frames.upperBound)
  }

  /// Throws unless every frame of a list is RAM.
  func check(_ frames: FrameStride) throws(CallError) {
    guard frames.count > 0 else { throw .noPages }
    let limit = setup.memory.end
    guard frames.first < limit, setup.memory.contains(frames.first) else {
      throw .notMapped(AddressLayout.directMapAddress(of: min(frames.first, AddressLayout.pfnLimit)))
    }
    let room = (limit - frames.first) - 1
    let steps = frames.count - 1
    if frames.stride > 0, steps.rawValue > room.rawValue / frames.stride.rawValue {
      throw .tooManyPages(
        frames.count, available: PageCount(room.rawValue / frames.stride.rawValue + 1))
    }
    guard frames.count <= limit - 0 else {
      throw .tooManyPages(frames.count, available: limit - 0)
    }
    if setup.memory.contains(frames.first..<(frames[steps] + 1)) { return }
    for index in 0..<frames.count.rawValue {
      let pfn = frames[PageCount(index)]
      guard setup.memory.contains(pfn) else {
        throw .notMapped(AddressLayout.directMapAddress(of: pfn))
      }
    }
  }
}
