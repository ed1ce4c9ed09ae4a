/// How deep the trace goes into what repeats.
public enum TraceDepth: Int, CaseIterable, Comparable, Sendable {
  /// What repeats is one step: the pages that join a cache, the blocks that the page allocator moves,
  /// the turns of a remedy's functions.
  case folded
  /// Every page and every turn is a step of its own.
  case pages
  /// Every event is: counters too, results, and how the pages of tables are found.
  case events

  /// One level deeper; `nil` at the deepest.
  public var deeper: TraceDepth? { TraceDepth(rawValue: rawValue + 1) }
  /// One level up; `nil` at the usual one.
  public var higher: TraceDepth? { TraceDepth(rawValue: rawValue - 1) }

  /// The level, for a title; `nil` for the usual one.
  public var title: String? {
    switch self {
    case .folded: nil
    case .pages: "page by page"
    case .events: "event by event"
    }
  }

  /// What a step is at this level, in a sentence.
  public var words: String {
    switch self {
    case .folded: "what repeats is one step"
    case .pages: "page by page: every page and every repetition is a step"
    case .events: "event by event: counters and results are steps too"
    }
  }

  /// Whether one level goes less deep than another.
  public static func < (a: TraceDepth, b: TraceDepth) -> Bool { a.rawValue < b.rawValue }
}
