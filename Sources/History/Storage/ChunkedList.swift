/// A list that grows at its end, in chunks: growing never copies existing elements, and a copy of
/// the list shares all chunks but the last one that is written.
struct ChunkedList<Element: Sendable>: Sendable {
  /// The number of elements in a full chunk.
  static var chunkCount: Int { 1024 }

  private(set) var chunks: [[Element]] = []
  private(set) var count = 0

  subscript(index: Int) -> Element { chunks[index / Self.chunkCount][index % Self.chunkCount] }

  mutating func append(_ element: Element) {
    if count % Self.chunkCount == 0 {
      var chunk: [Element] = []
      // A short history should use little memory too; a full chunk ends at the boundary of a memory
      // page.
      chunk.reserveCapacity(count == 0 ? 8 : Self.chunkCount)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }
}
