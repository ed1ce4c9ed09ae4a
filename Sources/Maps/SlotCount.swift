import Engine

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
