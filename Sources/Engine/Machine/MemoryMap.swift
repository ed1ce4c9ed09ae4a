/// The RAM that the direct map covers: ranges of frames in rising order that do not touch.
public struct MemoryMap: Equatable, Sendable {
  /// The ranges.
  public let ranges: [Range<PFN>]

  /// Creates a map of ranges in any order; those that touch or overlap become one.
  public init(_ ranges: [Range<PFN>]) {
    var merged: [Range<PFN>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  /// The end of the highest range, or frame 0 (`max_pfn_mapped`).
  public var end: PFN { ranges.last?.upperBound ?? 0 }

  /// The pages of all ranges together.
  public var pages: PageCount {
    ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
  }

  /// Whether the frame is RAM.
  public func contains(_ pfn: PFN) -> Bool { range(containing: pfn) != nil }

  /// Whether all frames of a range are RAM.
  public func contains(_ frames: Range<PFN>) -> Bool {
    guard let range = range(containing: frames.lowerBound) else { return frames.isEmpty }
    return frames.upperBound <= range.upperBound
  }

  /// Whether the pages lie in one range.
  @inline(__always)
  func holds(_ pages: PageCount, from pfn: PFN) -> Bool {
    guard let range = range(containing: pfn) else { return false }
    return pages <= range.upperBound - pfn
  }

  /// The range that holds a frame.
  public func range(containing pfn: PFN) -> Range<PFN>? {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= pfn { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].lowerBound <= pfn else { return nil }
    return ranges[low]
  }
}
