/// Pages in a row, oldest first: taken from either end.
public struct PageList: Equatable, Sendable {
  // Those before `head` are gone already.
  private var storage: [PFN] = []
  private var head = 0

  /// An empty list.
  public init() {}

  /// The pages, oldest first.
  public var pages: ArraySlice<PFN> { storage[head...] }

  /// How many pages.
  public var count: Int { storage.count - head }

  /// The page added last.
  var newest: PFN? { count > 0 ? storage[storage.count - 1] : nil }

  /// The page that is there longest.
  var oldest: PFN? { count > 0 ? storage[head] : nil }

  mutating func append(_ pfn: PFN) { storage.append(pfn) }

  mutating func removeNewest() { storage.removeLast() }

  mutating func removeOldest() {
    head += 1
    if head > 64, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
  }

  /// Whether two lists hold the same pages in the same order.
  public static func == (a: PageList, b: PageList) -> Bool { a.pages == b.pages }
}
