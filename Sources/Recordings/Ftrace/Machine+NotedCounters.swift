import Engine
import KernelText

extension Machine {
  /// Sets the counters of the direct map to the values that the recorder read.
  mutating func setDirectMapCounters(from note: FtraceNote) {
    for size in LeafSize.allCases {
      guard let kilobytes = note[size.meminfoName] else { continue }
      let leaves = Int64(clamping: min(kilobytes, 1 << 40) / size.pages.kilobytes)
      apply(CollectionOfOne(.counted(.directMap(size), leaves - counters[.directMap(size)])))
    }
  }

  /// The value that this machine shows for a line of meminfo or vmstat, whose first value was read
  /// from another; `nil` if neither is known.
  func value(
    of key: String, since base: (counters: Counters, note: FtraceNote),
  ) -> UInt64? {
    for size in LeafSize.allCases where size.meminfoName == key {
      return base.note[key].map { _ in UInt64(clamping: directMapKilobytes(size)) }
    }
    let counter: Counter
    switch key {
    case "direct_map_level2_splits": counter = .level2Splits
    case "direct_map_level3_splits": counter = .level3Splits
    case "direct_map_level2_collapses": counter = .level2Collapses
    case "direct_map_level3_collapses": counter = .level3Collapses
    default: return nil
    }
    guard let first = base.note[key] else { return nil }
    return first &+ UInt64(clamping: counters[counter] - base.counters[counter])
  }
}

extension LeafSize {
  /// The line of `/proc/meminfo`.
  fileprivate var meminfoName: String {
    switch self {
    case .size4K: "DirectMap4k"
    case .size2M: "DirectMap2M"
    case .size1G: "DirectMap1G"
    }
  }
}
