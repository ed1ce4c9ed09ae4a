/// A list that grows at its end, in chunks: growing never copies what is there, and a copy of the
/// list shares all chunks but the last one that is written.
struct ChunkedList<Element: Sendable>: Sendable {
  /// How many elements a full chunk has.
  static var chunkCount: Int { 1024 }

  private(set) var chunks: [[Element]] = []
  private(set) var count = 0

  subscript(index: Int) -> Element { chunks[index / Self.chunkCount][index % Self.chunkCount] }

  mutating func append(_ element: Element) {
    if count % Self.chunkCount == 0 {
      var chunk: [Element] = []
      // A short history should be short in memory too; a full chunk ends where memory pages do.
      chunk.reserveCapacity(count == 0 ? 8 : Self.chunkCount)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }
}
