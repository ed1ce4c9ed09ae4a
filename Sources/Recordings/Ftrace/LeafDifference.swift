import Engine
import KernelText

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
    let own = machine.directMapLeaves
    var after = after.runs
    after.move(to: machine.layout)
    var differences: [LeafDifference] = []
    for pair in RunPairs(after, own) where !Self.isEqual(pair.a, pair.b) {
      add(
        Self.text(of: pair.a), Self.text(of: pair.b), pair.frames.lowerBound.rawValue,
        (pair.frames.upperBound - pair.frames.lowerBound).rawValue, to: &differences)
    }
    setDifferences(differences)
  }

  package func add(
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

  private static func isEqual(_ recorded: LeafRun?, _ here: LeafRun?) -> Bool {
    let unseen: EntryFlags = [.accessed, .dirty]
    return recorded?.size == here?.size
      && recorded?.flags.subtracting(unseen) == here?.flags.subtracting(unseen)
  }

  private static func text(of run: LeafRun?) -> String {
    guard let run, let size = run.size else { return "nothing mapped" }
    return "\(size.name) 0x\(String(run.flags.rawValue, radix: 16))"
  }
}
