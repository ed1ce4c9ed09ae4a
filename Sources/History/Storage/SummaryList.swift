import Engine

/// The summaries of calls in order, with the union of the kinds in each chunk, so that a search
/// skips a thousand calls at once.
struct SummaryList: Sendable {
  private var list = ChunkedList<CallSummary>()
  private var kinds: [CallSummary.Kinds] = []

  var count: Int { list.count }

  subscript(index: Int) -> CallSummary { list[index] }

  mutating func append(_ summary: CallSummary) {
    if list.count % ChunkedList<CallSummary>.chunkCount == 0 { kinds.append([]) }
    kinds[kinds.count - 1].formUnion(summary.kinds)
    list.append(summary)
  }

  /// The kinds of things that happened in a range of calls. Cost: one step for every whole chunk in
  /// it, and one for each call at its ends.
  func kinds(in range: Range<Int>) -> CallSummary.Kinds {
    var found: CallSummary.Kinds = []
    var index = range.lowerBound
    let size = ChunkedList<CallSummary>.chunkCount
    while index < range.upperBound {
      if index % size == 0, index + size <= range.upperBound {
        found.formUnion(kinds[index / size])
        index += size
      } else {
        found.formUnion(list[index].kinds)
        index += 1
      }
    }
    return found
  }

  /// The first call of a range, or the last, in which one of some kinds happened.
  func index(
    of wanted: CallSummary.Kinds, in range: Range<Int>, backwards: Bool,
  ) -> Int? {
    let size = ChunkedList<CallSummary>.chunkCount
    var rest = range
    while !rest.isEmpty {
      let place = backwards ? rest.upperBound - 1 : rest.lowerBound
      let chunk = place / size * size..<min((place / size + 1) * size, count)
      let part = rest.clamped(to: chunk)
      if !kinds[place / size].isDisjoint(with: wanted) {
        let found =
          backwards
          ? part.last { !list[$0].kinds.isDisjoint(with: wanted) }
          : part.first { !list[$0].kinds.isDisjoint(with: wanted) }
        if let found { return found }
      }
      rest = backwards ? rest.lowerBound..<part.lowerBound : part.upperBound..<rest.upperBound
    }
    return nil
  }
}
