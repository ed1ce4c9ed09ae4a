/// What policies keep beside the page tables: one field a policy, its own type.
struct PolicyStates: Equatable, Sendable {
  var edgecombe2021 = Edgecombe2021.State()

  mutating func apply(_ change: PolicyChange) {
    switch change {
    case .edgecombe2021(let change): edgecombe2021.apply(change)
    }
  }
}

/// A change of what a policy keeps: each has its own.
public enum PolicyChange: Equatable, Sendable {
  /// The grouping cache of April 2021.
  case edgecombe2021(Edgecombe2021.Change)
}

/// What a policy decided that changes nothing by itself.
public enum PolicyDecision: Equatable, Sendable {
  /// The request's flags are not those the cache was made for: no page.
  case requestRefused(PolicyName, GFPFlags)
  /// The cache has no page for this node; -1: for none.
  case cacheEmpty(PolicyName, node: Int)
  /// A 2M block was taken from the page allocator.
  case blockTaken(PolicyName, PFN, node: Int)
  /// No block was to be had: a single page takes its place, and will join the cache when it is freed.
  case fellBack(PolicyName, PFN)
  /// Neither a block nor a page was to be had.
  case nothingLeft(PolicyName)
  /// The shrinker gave pages back.
  case shrunk(PolicyName, node: Int, asked: Int, freed: Int)
}
