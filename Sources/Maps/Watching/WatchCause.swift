import KernelText

/// Who changed attributes of the direct map between two readings, and what it cost.
public struct WatchCause: Codable, Equatable, Sendable {
  /// The task, with its number: `insmod-105`.
  public var task: String
  /// The function that asked: `set_memory_ro`.
  public var function: String
  /// On whose behalf: `module nf_tables`, `BPF`, `ftrace`; empty if it is not known.
  public var owner: String
  /// The functions that were under way at the first of the calls, the innermost first.
  public var stack: [String]
  /// How many calls.
  public var calls: UInt64 = 0
  /// Their pages.
  public var pages: UInt64 = 0
  /// Leaves of 1G that were split.
  public var split1G: UInt64 = 0
  /// Blocks of 2M that were split.
  public var split2M: UInt64 = 0

  /// Creates a cause that cost nothing yet.
  public init(task: String, function: String, owner: String, stack: [String]) {
    self.task = task
    self.function = function
    self.owner = owner
    self.stack = stack
  }

  /// What nobody was seen to ask for.
  public static let unseen = "unseen"

  /// Who it was, in a few words.
  public var words: String {
    if function == Self.unseen { return "nobody that was seen" }
    return owner.isEmpty ? "\(task) by \(function)" : "\(owner) (\(task)) by \(function)"
  }

  /// Adds what another one cost.
  mutating func add(_ other: WatchCause) {
    calls += other.calls
    pages += other.pages
    split1G += other.split1G
    split2M += other.split2M
  }
}

/// Causes of a whole watch, the most expensive first: by function and owner.
public struct WatchTotals: Codable, Equatable, Sendable {
  /// The causes.
  public private(set) var causes: [WatchCause] = []

  /// The most that are told apart; the cheapest go first.
  public static let limit = 1000

  /// The most that are listed in lines.
  private static let shown = 40

  /// Creates an empty list.
  public init() {}

  /// Adds the causes of a reading.
  public mutating func add(_ more: [WatchCause]) {
    for cause in more {
      if let place = causes.firstIndex(where: {
        $0.function == cause.function && $0.owner == cause.owner
      }) {
        causes[place].add(cause)
        causes[place].task = cause.task
      } else {
        causes.append(cause)
      }
    }
    causes.sort {
      ($0.split1G, $0.split2M, $0.pages, $1.function) > (
        $1.split1G, $1.split2M, $1.pages, $0.function
      )
    }
    if causes.count > Self.limit { causes.removeLast(causes.count - Self.limit) }
  }

  /// The list as sentences, for where columns cannot be kept.
  public var sentences: [String] {
    causes.prefix(Self.shown).map { cause in
      let who = cause.owner.isEmpty ? cause.task : cause.owner
      return
        "\(cause.split1G) of 1G, \(cause.split2M) of 2M: \(who) by \(cause.function), \(cause.pages) pages in "
        + "\(cause.calls) \(cause.calls == 1 ? "call" : "calls")"
    }
  }

  /// The list in lines, with a heading.
  public var lines: [String] {
    guard !causes.isEmpty else { return ["Nobody was seen to change attributes yet."] }
    let rows = causes.prefix(Self.shown).map { cause in
      right(cause.split1G, 5) + right(cause.split2M, 6) + right(cause.pages, 9)
        + right(cause.calls, 7) + "  "
        + left(cause.owner.isEmpty ? cause.task : cause.owner, 24) + "  " + cause.function
    }
    let more = causes.count - rows.count
    return ["   1G    2M    pages  calls  who                       by"] + rows
      + (more > 0 ? ["  and \(more) more that cost less"] : [])
  }
}
