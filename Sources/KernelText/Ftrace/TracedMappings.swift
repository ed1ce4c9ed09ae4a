import Engine

/// The frames of mapped pages, as a trace shows them when they are mapped. They replace the frames
/// of each request in a trace without those.
public struct TracedMappings: Sendable {
  private var frames: [UInt64: PFN] = [:]

  /// Begins without mapped pages.
  public init() {}

  /// Notes pages from an address on; those of unknown frames are forgotten.
  public mutating func add(_ pages: [PFN?], from start: VirtualAddress) {
    for (index, pfn) in pages.enumerated() {
      frames[start.rawValue >> 12 &+ UInt64(index)] = pfn
    }
  }

  /// The frames of consecutive pages, as runs; `nil` if one is unknown.
  public func frames(from start: VirtualAddress, _ pages: PageCount) -> [Range<PFN>]? {
    guard pages.rawValue <= frames.count else { return nil }
    var runs: [Range<PFN>] = []
    for index in 0..<pages.rawValue {
      guard let pfn = frames[start.rawValue >> 12 &+ index] else { return nil }
      if let last = runs.last, last.upperBound == pfn {
        runs[runs.count - 1] = last.lowerBound..<(pfn + 1)
      } else {
        runs.append(pfn..<(pfn + 1))
      }
    }
    return runs
  }
}
