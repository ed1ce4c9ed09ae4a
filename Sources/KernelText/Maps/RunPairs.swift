import Engine

/// Two direct maps side by side: stretches of frames in each of which neither changes, holes included.
struct RunPairs: Sequence, IteratorProtocol {
  /// A stretch: what each map has there; `nil` where it has nothing.
  struct Pair {
    var frames: Range<PFN>
    var a: LeafRun?
    var b: LeafRun?
  }

  private var a: RunCursor
  private var b: RunCursor
  private var page: UInt64 = 0

  /// Walks two maps.
  ///
  /// - Parameter tellsHoles: whether a run without a size, which says that nothing is mapped, counts as
  ///   a run.
  init(_ a: [LeafRun], _ b: [LeafRun], tellsHoles: Bool = false) {
    self.a = RunCursor(a, tellsHoles)
    self.b = RunCursor(b, tellsHoles)
  }

  mutating func next() -> Pair? {
    guard let end = [a.end(after: page), b.end(after: page)].compactMap({ $0 }).min() else {
      return nil
    }
    let pair = Pair(frames: PFN(page)..<PFN(end), a: a.run(at: page), b: b.run(at: page))
    page = end
    a.skip(to: end)
    b.skip(to: end)
    return pair
  }
}

extension [LeafRun] {
  /// The runs with others in their place where those tell something.
  func changed(as changes: [LeafRun]) -> [LeafRun] {
    var list = LeafList()
    for pair in RunPairs(self, changes, tellsHoles: true) {
      guard var run = pair.b ?? pair.a, let first = AddressLayout.directMapFrame(of: run.start)
      else { continue }
      run.start = run.start + (pair.frames.lowerBound - first)
      run.pages = pair.frames.upperBound - pair.frames.lowerBound
      list.add(run)
    }
    return list.leaves
  }

  /// What a newer reading has otherwise; where nothing is mapped any more, a run without a size.
  public func changes(to new: [LeafRun], _ architecture: Architecture) -> [LeafRun] {
    let end =
      [self, new].compactMap(\.last).map { run in
        (AddressLayout.directMapFrame(of: run.start) ?? 0) + run.pages
      }.max() ?? 0
    return LeafRun.changed(
      from: fillingHoles(architecture, upTo: end), to: new.fillingHoles(architecture, upTo: end))
  }
}

/// A place in the runs of one map.
private struct RunCursor {
  private var runs: ArraySlice<LeafRun>

  private let tellsHoles: Bool

  init(_ runs: [LeafRun], _ tellsHoles: Bool) {
    self.runs = runs[...]
    self.tellsHoles = tellsHoles
  }

  private static func start(_ run: LeafRun) -> UInt64 {
    AddressLayout.directMapFrame(of: run.start)?.rawValue ?? 0
  }

  func run(at page: UInt64) -> LeafRun? {
    guard let first = runs.first, first.size != nil || tellsHoles, Self.start(first) <= page else {
      return nil
    }
    return first
  }

  /// Where the run, or the hole before the next, ends; `nil` behind the last.
  func end(after page: UInt64) -> UInt64? {
    guard let first = runs.first else { return nil }
    let start = Self.start(first)
    return start > page ? start : start + first.pages.rawValue
  }

  mutating func skip(to page: UInt64) {
    while let first = runs.first, Self.start(first) + first.pages.rawValue <= page {
      runs.removeFirst()
    }
  }
}

/// How many slots a map splits that another has whole.
struct SlotCount {
  private(set) var count: UInt64 = 0
  private let size: LeafSize
  private var last: UInt64?

  init(_ size: LeafSize) { self.size = size }

  /// Counts the slots that hold some of these frames; one that was counted is not counted again.
  mutating func add(_ frames: Range<PFN>) {
    guard !frames.isEmpty else { return }
    let span = size.pages.rawValue
    let first = frames.lowerBound.rawValue / span
    let end = (frames.upperBound.rawValue - 1) / span + 1
    count += end - first - (last == first ? 1 : 0)
    last = end - 1
  }
}
