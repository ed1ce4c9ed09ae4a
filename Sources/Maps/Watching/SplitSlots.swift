import Engine

/// The slots that were split or merged between two readings of a map.
public struct SplitSlots: Equatable, Sendable {
  /// The slots of 1G of the older reading that have smaller leaves in the newer one, by number.
  public private(set) var of1G: [UInt64] = []
  /// The blocks of 2M that were one leaf, or part of a larger one, and are 4K leaves, by number.
  public private(set) var of2M: [UInt64] = []
  /// How many slots are one leaf of 1G in the newer reading only.
  public private(set) var merged1G: UInt64 = 0
  /// How many blocks are 4K leaves in the older reading only.
  public private(set) var merged2M: UInt64 = 0

  /// Compares two readings.
  public init(from old: [LeafRun], to new: [LeafRun]) {
    var merges = (SlotCount(.size1G), SlotCount(.size2M))
    for pair in RunPairs(old, new) {
      guard let a = pair.a?.size, let b = pair.b?.size, a != b else { continue }
      if a == .size1G { Self.add(pair.frames, .size1G, &of1G) }
      if b == .size4K { Self.add(pair.frames, .size2M, &of2M) }
      if b == .size1G { merges.0.add(pair.frames) }
      if a == .size4K { merges.1.add(pair.frames) }
    }
    (merged1G, merged2M) = (merges.0.count, merges.1.count)
  }

  private static func add(_ frames: Range<PFN>, _ size: LeafSize, _ slots: inout [UInt64]) {
    let span = size.pages.rawValue
    let first = frames.lowerBound.rawValue / span
    let end = (frames.upperBound.rawValue + span - 1) / span
    for slot in first..<end where slots.last != slot { slots.append(slot) }
  }
}
