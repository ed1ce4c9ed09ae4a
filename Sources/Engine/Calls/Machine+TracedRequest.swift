/// One request to change page attributes as a kernel trace tells it: the arguments of
/// `change_page_attr_set_clr()` and the frames behind its addresses.
public struct TracedRequest: Equatable, Sendable {
  /// Through which addresses the frames are changed.
  public enum Reach: Equatable, Sendable {
    /// A vmalloc or module mapping of 4K entries, of which the request begins here.
    case mapping(VirtualAddress)
    /// The direct map itself; frames in a row are walked together.
    case directMap
    /// Single pages of the direct map (`CPA_ARRAY`, `CPA_PAGES_ARRAY`).
    case pages
  }

  /// The addresses.
  public var reach: Reach
  /// The frames in the order of the addresses, as runs.
  public var frames: [Range<PFN>]
  /// Bits to set, in 4K layout.
  public var set: EntryFlags
  /// Bits to clear, in 4K layout; clearing comes first.
  public var clear: EntryFlags
  /// Whether every large leaf is split before it is looked at (`force_split`).
  public var forcesSplit: Bool
  /// Whether tables may become leaves again afterwards (`CPA_COLLAPSE`).
  public var collapses: Bool

  /// Creates a request.
  public init(
    _ reach: Reach, frames: [Range<PFN>], set: EntryFlags, clear: EntryFlags,
    forcesSplit: Bool = false, collapses: Bool = false,
  ) {
    self.reach = reach
    self.frames = frames
    self.set = set
    self.clear = clear
    self.forcesSplit = forcesSplit
    self.collapses = collapses
  }

  /// The pages of all runs together.
  public var pages: PageCount { frames.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

  /// Whether a mask has bits that are no flags of a 4K entry.
  public var hasFrameBits: Bool {
    self.set.union(clear).rawValue & Entry.frameMask != 0
  }
}

extension Machine {
  /// Makes a traced request.
  ///
  /// A mapping is stood in for by an area that shows the frames, at the distance from a 1G boundary
  /// that the traced address has, and that is gone afterwards: the direct map changes as it did on
  /// the traced machine. What the area's own entries held before is not known, so the flushes that
  /// depend on it may differ. Masks must hold no bits of the frame number.
  @discardableResult
  public mutating func perform(_ request: TracedRequest) throws(CallError) -> ReturnCode {
    var sink = SilentSink()
    return try perform(request, &sink)
  }

  /// Makes a traced request and adds its events to a log.
  public mutating func perform(
    _ request: TracedRequest, into log: inout EventLog,
  ) throws(CallError) -> ReturnCode {
    try perform(request, &log)
  }

  private mutating func perform<Sink: EventSink>(
    _ request: TracedRequest, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    if let stopped { throw .stopped(stopped) }
    precondition(!request.hasFrameBits, "The masks of a request hold flags only.")
    for run in request.frames {
      if request.reach == .directMap {
        // As with addresses of its own, a request may go over holes.
        let end = setup.memory.end
        guard run.upperBound <= end else { throw .noSuchFrame(run.upperBound, end: end) }
      } else {
        try check(FrameStride(first: run.lowerBound, count: run.upperBound - run.lowerBound))
      }
    }
    try checkTables(for: request.pages)
    switch request.reach {
    case .mapping(let start): return try change(request, through: start, &sink)
    case .directMap:
      return changeInDirectMap(request, runs: request.frames, &sink)
    case .pages:
      for run in request.frames {
        for index in 0..<(run.upperBound - run.lowerBound).rawValue {
          let pfn = run.lowerBound + PageCount(index)
          let result = changeInDirectMap(request, runs: [pfn..<(pfn + 1)], &sink)
          if result != .success { return result }
        }
      }
      return .success
    }
  }

  private mutating func changeInDirectMap<Sink: EventSink>(
    _ request: TracedRequest, runs: [Range<PFN>], _ sink: inout Sink,
  ) -> ReturnCode {
    for run in runs {
      var change = request.change(
        at: directMapAddress(of: run.lowerBound), run.upperBound - run.lowerBound)
      let result = changePageAttrSetClr(&change, &sink)
      if result != .success { return result }
    }
    return .success
  }

  private mutating func change<Sink: EventSink>(
    _ request: TracedRequest, through start: VirtualAddress, _ sink: inout Sink,
  ) throws(CallError) -> ReturnCode {
    guard let name = Name("traced") else { return .invalid }
    var change = request.change(at: start, request.pages)
    if change.isEmpty { return .success }
    let offset = start.rawValue & (LeafSize.size1G.bytes - 4096)
    let place = VirtualAddress(vmallocRange.lowerBound.rawValue + offset)
    let area = try newArea(name, request.pages, alignment: 4096, at: place)
    emit(.vmalloc(.added(area)), &sink)
    var next = area.start
    for run in request.frames {
      let pages = run.upperBound - run.lowerBound
      let fill = LeafFill(
        start: next, pfn: run.lowerBound, count: pages.rawValue, size: .size4K,
        flags: setup.pageKernel(.size4K))
      emit(.mapped(fill), &sink)
      next = next + pages
    }
    change = request.change(at: area.start, request.pages)
    if setup.kernel.aliasNX == .unaliasedAlone, request.set.union(request.clear) == .nx {
      change.skipsAliases = true
    }
    let result = changePageAttrSetClr(&change, &sink)
    // What was freed before, the request has purged; so this takes the area's addresses alone.
    emit(.unmapped(area.start, area.pages), &sink)
    emit(.vmalloc(.freed(area)), &sink)
    emit(.vmalloc(.purged), &sink)
    return result
  }
}

extension TracedRequest {
  fileprivate func change(at start: VirtualAddress, _ pages: PageCount) -> CPARequest {
    var change = CPARequest(start, pages, set: set, clear: clear)
    change.forceSplit = forcesSplit
    change.collapses = collapses
    return change
  }
}
