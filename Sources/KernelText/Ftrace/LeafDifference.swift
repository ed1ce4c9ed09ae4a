import Engine

/// A range of the direct map whose leaves differ from the recorded ones in size or permission.
public struct LeafDifference: Codable, Equatable, Sendable {
  /// The first frame.
  public var pfn: UInt64
  /// The number of pages.
  public var pages: UInt64
  /// Size and flags that were recorded.
  public var recorded: String
  /// Size and flags after the replay.
  public var here: String
  /// The last change to a page of the range, with its line; `nil` if nothing changed it.
  public var lastChange: String?

  /// Creates a difference.
  public init(
    pfn: UInt64, pages: UInt64, recorded: String, here: String, lastChange: String? = nil,
  ) {
    self.pfn = pfn
    self.pages = pages
    self.recorded = recorded
    self.here = here
    self.lastChange = lastChange
  }
}

extension Replay {
  /// Compares the machine's leaves with recorded ones: sizes and all bits but A and D, which the CPU
  /// sets. The report holds the differences afterwards.
  public mutating func compare(with after: LeavesText) {
    let own = machine.tables.runs(
      from: AddressLayout.pageOffset, pages: machine.memory.end - PFN(0))
    var differences: [LeafDifference] = []
    var recorded = LeafCursor(after.runs)
    var here = LeafCursor(own)
    while let pages = recorded.pagesLeft(with: here) {
      if !recorded.isEqual(to: here) {
        add(recorded.text, here.text, here.page, pages, to: &differences)
      }
      recorded.skip(pages)
      here.skip(pages)
    }
    setDifferences(differences)
  }

  private func add(
    _ recorded: String, _ here: String, _ pfn: UInt64, _ pages: UInt64,
    to differences: inout [LeafDifference],
  ) {
    if let last = differences.last, last.pfn + last.pages == pfn, last.recorded == recorded,
      last.here == here
    {
      differences[differences.count - 1].pages += pages
      return
    }
    differences.append(
      LeafDifference(
        pfn: pfn, pages: pages, recorded: recorded, here: here,
        lastChange: changes.last(in: PFN(pfn)..<PFN(pfn + pages))))
  }
}

/// Goes over runs of a direct map, holes before, between and behind them included.
private struct LeafCursor {
  private var runs: ArraySlice<LeafRun>
  private(set) var page: UInt64 = 0

  init(_ runs: [LeafRun]) { self.runs = runs[...] }

  private func start(_ run: LeafRun) -> UInt64 { (run.start - AddressLayout.pageOffset).rawValue }

  /// The run that holds the page; `nil` in a hole.
  private var run: LeafRun? {
    guard let first = runs.first, first.size != nil, start(first) <= page else { return nil }
    return first
  }

  /// The pages up to the next place where either changes; `nil` where both have ended.
  func pagesLeft(with other: LeafCursor) -> UInt64? {
    let ends = [end, other.end].compactMap { $0 }
    return ends.min().map { $0 - page }
  }

  /// Where the run, or the hole before the next, ends.
  private var end: UInt64? {
    guard let first = runs.first else { return nil }
    let start = start(first)
    return start > page ? start : start + first.pages.rawValue
  }

  mutating func skip(_ pages: UInt64) {
    page += pages
    while let first = runs.first, start(first) + first.pages.rawValue <= page {
      runs.removeFirst()
    }
  }

  func isEqual(to other: LeafCursor) -> Bool {
    let unseen: EntryFlags = [.accessed, .dirty]
    return run?.size == other.run?.size
      && run?.flags.subtracting(unseen) == other.run?.flags.subtracting(unseen)
  }

  var text: String {
    guard let run, let size = run.size else { return "nothing mapped" }
    return "\(size.name) 0x\(String(run.flags.rawValue, radix: 16))"
  }
}
