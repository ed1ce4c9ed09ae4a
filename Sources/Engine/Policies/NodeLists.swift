/// A list of pages for each node. Models `struct list_lru` as the caches of 2021 use it: a page goes
/// to the list of its own node, at the newest end.
struct NodeLists: Equatable, Sendable {
  private(set) var lists: [PageList] = []

  /// The list of a node; empty where nothing was ever added.
  subscript(node: Int) -> PageList { lists.indices.contains(node) ? lists[node] : PageList() }

  /// The pages of all lists, by node, oldest first.
  var pages: [PFN] { lists.flatMap(\.pages) }

  /// The page of each list that is handed out next.
  var newestPages: [PFN] { lists.compactMap(\.newest) }

  /// How many pages there are.
  var count: PageCount { PageCount(UInt64(lists.reduce(0) { $0 + $1.count })) }

  func add(to sum: inout Checksum) { sum.add(lists) { $1.add($0.pages) } }

  mutating func append(_ pfn: PFN, node: Int) {
    while lists.count <= node { lists.append(PageList()) }
    lists[node].append(pfn)
  }

  mutating func removeNewest(node: Int) { lists[node].removeNewest() }

  mutating func removeOldest(node: Int) { lists[node].removeOldest() }

  /// What a shrinker counts on a node (`list_lru_shrink_count()`).
  func shrinkCount(node: Int) -> ShrinkResult {
    self[node].count > 0 ? .pages(self[node].count) : .empty
  }

  /// The first pages of a node that a scan would take, oldest first.
  func oldest(_ count: Int, node: Int) -> [PFN] { Array(self[node].pages.prefix(count)) }

  /// The lines of a panel: for each node how many pages, and those that are handed out next.
  func panel(nodes: Int) -> [PanelLine] {
    (0..<nodes).flatMap { node in
      [
        PanelLine.count("node \(node) pages", Int64(self[node].count)),
        .pages("next", self[node].pages.suffix(8).reversed()),
      ]
    }
  }

  /// The lines of the inspector: where a page stands; none if it is on no list.
  func inspect(_ pfn: PFN) -> [PanelLine] {
    for (node, list) in lists.enumerated() {
      guard let place = list.place(of: pfn) else { continue }
      return [
        .count("in the cache of node", Int64(node)), .count("place, 0 is next", Int64(place)),
      ]
    }
    return []
  }
}
