import Engine

/// The last change of each page of the direct map. It grows with the number of changed pages, not
/// with the number of changes.
struct LastChanges: Sendable {
  private struct Stretch: Sendable {
    var frames: Range<UInt64>
    /// The number of the change.
    var order: Int
    var line: Int
    var what: String
  }

  /// The stretches of each block of 512 pages, by rising frame.
  private var blocks: [UInt64: [Stretch]] = [:]
  private var count = 0

  private static let blockPages: UInt64 = 512

  /// Notes a change of frames.
  mutating func note(_ what: String, line: Int, _ frames: [Range<PFN>]) {
    count += 1
    for run in frames {
      var first = run.lowerBound.rawValue
      while first < run.upperBound.rawValue {
        let block = first / Self.blockPages
        let end = min(run.upperBound.rawValue, (block + 1) * Self.blockPages)
        let stretch = Stretch(frames: first..<end, order: count, line: line, what: what)
        Self.put(stretch, into: &blocks[block, default: []])
        first = end
      }
    }
  }

  private static func put(_ new: Stretch, into stretches: inout [Stretch]) {
    let first = stretches.firstIndex { $0.frames.upperBound > new.frames.lowerBound }
    guard let first else { return stretches.append(new) }
    let end =
      stretches[first...].firstIndex { $0.frames.lowerBound >= new.frames.upperBound }
      ?? stretches.count
    var pieces = [new]
    if first < end {
      var before = stretches[first]
      if before.frames.lowerBound < new.frames.lowerBound {
        before.frames = before.frames.lowerBound..<new.frames.lowerBound
        pieces.insert(before, at: 0)
      }
      var after = stretches[end - 1]
      if after.frames.upperBound > new.frames.upperBound {
        after.frames = new.frames.upperBound..<after.frames.upperBound
        pieces.append(after)
      }
    }
    stretches.replaceSubrange(first..<end, with: pieces)
  }

  /// What changed a page of a range last, in words.
  func last(in frames: Range<PFN>) -> String? {
    let range = frames.lowerBound.rawValue..<frames.upperBound.rawValue
    guard !range.isEmpty else { return nil }
    let touched = range.lowerBound / Self.blockPages...(range.upperBound - 1) / Self.blockPages
    var last: Stretch?
    let look = { (block: [Stretch]) in
      for stretch in block
      where stretch.frames.overlaps(range) && stretch.order > last?.order ?? 0 { last = stretch }
    }
    if touched.count > blocks.count {
      for (number, block) in blocks where touched.contains(number) { look(block) }
    } else {
      for number in touched { look(blocks[number] ?? []) }
    }
    return last.map { "\($0.what) in line \($0.line)" }
  }
}
