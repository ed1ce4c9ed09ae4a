/// What stands between a request and the page allocator, for experiments and for recordings of
/// machines whose allocator is not known: answers laid down beforehand, and failures made on purpose.
public struct PageSupply: Equatable, Sendable {
  /// An answer laid down beforehand.
  public enum Answer: Equatable, Sendable {
    /// A request of this order gets this block, or fails.
    case block(order: Int, PFN?)
    /// Before the next request is answered, reclaim asks a policy's shrinker for this many pages.
    case scan(PolicyName, node: Int, pages: Int)
  }

  /// Answers not given yet, in order.
  public internal(set) var answers: [Answer] = []
  /// Whether every request of a 2M block or more fails.
  public internal(set) var failsBlocks = false
  /// Whether no split of CPA gets a page for its table.
  public internal(set) var failsTables = false
  /// How many single pages are still to be had; `nil`: as many as there are.
  public internal(set) var singlePagesLeft: Int?

  /// Requests of whatever order that are still to fail; `nil`: none.
  public internal(set) var refusals: Refusals?

  /// Requests that fail, of whatever order.
  public struct Refusals: Equatable, Sendable {
    /// How many are served before.
    public var after: Int
    /// How many fail then; `nil`: all.
    public var times: Int?

    /// Creates refusals.
    public init(after: Int, times: Int?) {
      self.after = after
      self.times = times
    }

    /// What is left of them behind the next request.
    var next: Refusals? {
      if after > 0 { return Refusals(after: after - 1, times: times) }
      guard let times else { return self }
      return times > 1 ? Refusals(after: 0, times: times - 1) : nil
    }
  }

  /// Whether no failure was asked for.
  var isOpen: Bool { !failsBlocks && !failsTables && singlePagesLeft == nil && refusals == nil }

  /// A change.
  public enum Change: Equatable, Sendable {
    /// An answer was laid down.
    case added(Answer)
    /// The first answer was given.
    case given
    /// Requests of 2M blocks fail from here on, or do not any more.
    case failsBlocks(Bool)
    /// Splits get no page for their table from here on, or do again.
    case failsTables(Bool)
    /// At most this many single pages can be allocated; -1: no limit.
    case singlePagesLeft(Int)
    /// These requests fail; `nil`: none fail any more.
    case refusals(Refusals?)
  }

  mutating func apply(_ change: Change) {
    switch change {
    case .added(let answer): answers.append(answer)
    case .given: answers.removeFirst()
    case .failsBlocks(let fails): failsBlocks = fails
    case .failsTables(let fails): failsTables = fails
    case .singlePagesLeft(let count): singlePagesLeft = count < 0 ? nil : count
    case .refusals(let refusals): self.refusals = refusals
    }
  }
}
