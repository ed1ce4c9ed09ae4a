/// A part of a range that is mapped with the same leaf sizes. Models `struct map_range`,
/// arch/x86/mm/init.c.
struct MappingPiece: Equatable {
  /// The frames.
  var frames: Range<PFN>
  /// Whether 2M leaves may be used.
  var allows2M = false
  /// Whether 1G leaves may be used.
  var allows1G = false

  /// Whether leaves of a size may be used; 4K leaves always may.
  func allows(_ size: LeafSize) -> Bool {
    switch size {
    case .size4K: true
    case .size2M: allows2M
    case .size1G: allows1G
    }
  }
}

extension MappingPiece {
  /// Cuts a range at the borders of leaf sizes, five pieces at most. Models `split_mem_range()`,
  /// 6.12.
  ///
  ///     4K head | 2M up to 1G border | 1G | 2M tail | 4K tail
  static func splitting(
    _ range: Range<PFN>, _ cpu: CPUFeatures, _ ram: MemoryMap,
  ) -> [MappingPiece] {
    var pieces: [MappingPiece] = []
    var cursor = range.lowerBound
    let end = range.upperBound
    let end2M = end.alignedDown(to: .size2M)
    func add(to limit: PFN, _ size: LeafSize) {
      guard cursor < limit else { return }
      pieces.append(
        MappingPiece(
          frames: cursor..<limit, allows2M: size > .size4K && cpu.allows2M,
          allows1G: size == .size1G && cpu.allows1G))
      cursor = limit
    }
    add(to: min(cursor.alignedUp(to: .size2M), end), .size4K)
    if cursor.isAligned(to: .size2M) {
      add(to: min(cursor.alignedUp(to: .size1G), end2M), .size2M)
      if cursor.isAligned(to: .size1G) { add(to: end.alignedDown(to: .size1G), .size1G) }
      add(to: end2M, .size2M)
    }
    add(to: end, .size4K)
    for index in pieces.indices { pieces[index].widen(cpu, ram) }
    return merged(pieces)
  }

  /// Allows a larger size if the RAM around the piece fills whole leaves of it. So a piece can get
  /// a leaf that reaches beyond it. Models `adjust_range_page_size_mask()`.
  private mutating func widen(_ cpu: CPUFeatures, _ ram: MemoryMap) {
    if cpu.allows2M, !allows2M { allows2M = isFilled(.size2M, ram) }
    if cpu.allows1G, !allows1G { allows1G = isFilled(.size1G, ram) }
  }

  private func isFilled(_ size: LeafSize, _ ram: MemoryMap) -> Bool {
    ram.contains(
      frames.lowerBound.alignedDown(to: size)..<frames.upperBound.alignedUp(to: size))
  }

  private static func merged(_ pieces: [MappingPiece]) -> [MappingPiece] {
    var merged: [MappingPiece] = []
    for piece in pieces {
      if let last = merged.last, last.allows2M == piece.allows2M,
        last.allows1G == piece.allows1G
      {
        merged[merged.count - 1].frames = last.frames.lowerBound..<piece.frames.upperBound
      } else {
        merged.append(piece)
      }
    }
    return merged
  }
}
