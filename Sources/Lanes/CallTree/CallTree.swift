import Engine
public import History

/// The kernel functions that a call went through, each with what it was called with, what it returned
/// and what happened in it.
///
/// Most functions tell when they are entered and left. `__change_page_attr()` and the functions that
/// only decide do not, as the walk comes to them once for each page: they are known by what they
/// decide. Every event belongs to exactly one innermost function.
public struct CallTree: Sendable {
  /// A function, or the call as a whole.
  public enum Function: Hashable, Sendable {
    /// All of the call: the root.
    case call
    /// A function of the kernel.
    case kernel(KernelFunction)
    /// A function of a remedy.
    case remedy(RemedyFunction)
    /// What a policy's patch adds to CPA; `nil` if it is not known which policy's.
    case policy(PolicyName?)
    /// A function of a real kernel, by its place among those that were seen.
    case seen(Int)
  }

  /// What a function returned.
  public enum Result: Equatable, Sendable {
    /// Nothing: the function is `void`, or what it returns is told by its one line.
    case nothing
    /// 0 or an error number.
    case code(ReturnCode)
    /// Whether a large leaf must split.
    case splits(Bool)
    /// Whether a table became a leaf.
    case collapses(Bool)
    /// What a function of a remedy returned.
    case remedy(RemedyResult)
    /// What a function of a real kernel left in the register of results.
    case word(String)
  }

  /// A call of a function.
  public struct Node: Sendable {
    /// The function.
    public let function: Function
    /// The address that it is given.
    public internal(set) var address: VirtualAddress
    /// The pages that it is given; 0 where it is given none.
    public let pages: PageCount
    /// The call it is made from; `nil` for the root.
    public let parent: Int?
    /// How many functions enclose it, the root not counted.
    public let depth: Int
    /// Whether it did not tell that it was entered.
    public let isDerived: Bool
    /// The events from its first to its last, those of the functions it calls included.
    public internal(set) var events: Range<Int>
    /// What it returned.
    public internal(set) var result = Result.nothing
    /// What a function of a remedy is given.
    public internal(set) var argument: RemedyArgument?
    /// What the request asks for, if the function is the one that was asked.
    package var asked: RequestMasks?
    /// Where its lines and the calls it makes stand in the list of all.
    var items = 0..<0
    /// Where they stand, gathered, in the list of all runs.
    var runs = 0..<0
    /// What calls have in common that went the same way.
    var shape = EventShape(tag: 0)
    /// How many rows it takes when what repeats is folded.
    var rows = 1
    /// Whether one line is all there is to it, so that both share a row.
    package var isInline = false
  }

  /// What a function consists of: the calls that it makes and its own lines.
  enum Item {
    case node(Int)
    case line(event: Int)
  }

  /// Items that go the same way again and again, one or two at a time; or a single one.
  struct Run {
    /// The place of the first in the list of all items.
    var first: Int
    /// How many items make one turn.
    var period: Int
    /// How many turns.
    var count: Int
    /// The rows of the function's runs before this one.
    var rowsBefore: Int
  }

  /// All calls, each before those that it makes; the first is the root.
  public internal(set) var nodes: [Node] = []
  /// The lines to which steps lead: events by their places.
  public internal(set) var lines: [Int] = []
  /// Behind the last of the events.
  public internal(set) var endOfEvents = 0
  /// The functions of a real kernel that were seen in the call.
  public internal(set) var seen: [SeenFunction] = []
  var items: [Item] = []
  var runs: [Run] = []
  /// How many turns that go the same way follow a line and are passed in one step, by the line's place.
  package var passed: [Int: Int] = [:]

  /// The tree of no call.
  public init() {}

  /// The tree of a call.
  ///
  /// - Parameters:
  ///   - events: what happened in it, in order.
  ///   - policies: the policies that are on, which decide what is theirs.
  ///   - depth: how deep it goes into what repeats.
  public init(
    _ events: [Event], policies: [PolicyName] = [], depth: TraceDepth = .folded,
  ) {
    let events = CallEvents(events)
    let lines = events.indices.filter { !events.isQuiet(at: $0, depth) }
    self.init(events, lines: lines, policies, depth)
  }

  init(
    _ events: CallEvents, lines: [Int], _ policies: [PolicyName], _ depth: TraceDepth,
    seen: [SeenFunction] = [],
  ) {
    var builder = CallTreeBuilder(events, lines: lines, policies, seen)
    builder.build()
    self = builder.tree
    if depth == .folded { passTurns() }
  }
}

// MARK: - Finding one's way

extension CallTree {
  /// The functions under way at an event, from the root to the innermost.
  public func path(to event: Int) -> [Int] {
    guard var node = nodes.first, node.events.contains(event) else { return [] }
    var path = [0]
    while let item = item(of: node, at: event), case .node(let inner) = items[item] {
      path.append(inner)
      node = nodes[inner]
    }
    return path
  }

  /// The item of a function that an event belongs to; `nil` for what is the function's own and no line.
  func item(of node: Node, at event: Int) -> Int? {
    let found = node.items.partitioningIndex { events(of: items[$0]).lowerBound > event } - 1
    guard found >= node.items.lowerBound, events(of: items[found]).contains(event) else {
      return nil
    }
    return found
  }

  /// The events of an item.
  func events(of item: Item) -> Range<Int> {
    switch item {
    case .node(let node): nodes[node].events
    case .line(let event): event..<(event + 1)
    }
  }

  /// The calls that a function makes, in order.
  public func children(of node: Int) -> [Int] {
    items[nodes[node].items].compactMap { item in
      if case .node(let child) = item { child } else { nil }
    }
  }

  /// The last line that is not behind this many events, by its place among the lines; -1 for none.
  public func line(after count: Int) -> Int { firstLine(notBefore: count) - 1 }

  /// The first line at or behind an event.
  package func firstLine(notBefore event: Int) -> Int {
    lines.partitioningIndex { $0 >= event }
  }
}
