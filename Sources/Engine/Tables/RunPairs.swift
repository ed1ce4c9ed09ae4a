/// Two lists of runs side by side, by rising address: stretches of pages in each of which neither changes,
/// holes included.
public struct RunPairs: Sequence, IteratorProtocol {
  /// A stretch: what each list has there; `nil` where it has nothing.
  public struct Pair {
    /// The address of the first page.
    public var start: VirtualAddress
    /// How many pages.
    public var pages: PageCount
    /// What the first list has.
    public var a: LeafRun?
    /// What the second list has.
    public var b: LeafRun?

    /// The frames, where the addresses are those of the direct map.
    public var frames: Range<PFN> {
      let first = AddressLayout.directMapFrame(of: start) ?? 0
      return first..<first + pages
    }
  }

  private let a: [LeafRun]
  private let b: [LeafRun]
  private let tellsHoles: Bool
  private var indexA = 0
  private var indexB = 0
  /// Where the next stretch begins, as the number of a page: the end of the address space is one, too.
  private var page: UInt64

  /// Walks two lists.
  ///
  /// - Parameter tellsHoles: whether a run without a size, which says that nothing is mapped, counts as
  ///   a run.
  public init(_ a: [LeafRun], _ b: [LeafRun], tellsHoles: Bool = false) {
    self.a = a
    self.b = b
    self.tellsHoles = tellsHoles
    page = Swift.min(a.first.map(Self.start) ?? .max, b.first.map(Self.start) ?? .max)
  }

  private static func start(_ run: LeafRun) -> UInt64 { run.start.rawValue >> 12 }

  private static func end(_ run: LeafRun) -> UInt64 { start(run) + run.pages.rawValue }

  /// The next stretch.
  public mutating func next() -> Pair? {
    while indexA < a.count, Self.end(a[indexA]) <= page { indexA += 1 }
    while indexB < b.count, Self.end(b[indexB]) <= page { indexB += 1 }
    guard indexA < a.count || indexB < b.count else { return nil }
    let (first, endA) = look(at: a, indexA)
    let (second, endB) = look(at: b, indexB)
    let end = Swift.min(endA, endB)
    defer { page = end }
    return Pair(
      start: VirtualAddress(page << 12), pages: PageCount(end - page), a: first, b: second)
  }

  /// What a list has at the page, and where that, or the hole before the next run, ends.
  private func look(at runs: [LeafRun], _ index: Int) -> (run: LeafRun?, end: UInt64) {
    guard index < runs.count else { return (nil, .max) }
    let run = runs[index]
    let start = Self.start(run)
    if start > page { return (nil, start) }
    return (run.size != nil || tellsHoles ? run : nil, start + run.pages.rawValue)
  }
}
