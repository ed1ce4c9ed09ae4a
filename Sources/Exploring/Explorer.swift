import Engine

/// A search over sequences of calls: all of them up to a depth, shortest first, each state once; then
/// random ones beyond.
public struct Explorer: Sendable {
  /// What is searched, and how far.
  public struct Options: Sendable {
    /// What must hold.
    public var properties = Property.usual
    /// The most calls in a row that are tried exhaustively.
    public var depth = 4
    /// How many random sequences follow.
    public var randomSequences = 0
    /// The calls in each of them.
    public var randomLength = 24
    /// The seed of what is random.
    public var seed: UInt64 = 1
    /// How many threads search. The results are the same for any number.
    public var jobs = 1
    /// Which part is searched, of how many: first calls are dealt out in turn.
    public var shard = Shard()
    /// Whether each state is read as a whole, not only where its last call changed it: slower, and the
    /// same.
    public var readsWhole = false
    /// The most states that are kept: some 30 bytes each.
    public var stateLimit = 50_000_000

    /// The usual options.
    public init() {}
  }

  /// One of several parts of a search.
  public struct Shard: Equatable, Sendable {
    /// Its number, from 1.
    public var index = 1
    /// How many there are.
    public var count = 1

    /// All of the search.
    public init() {}

    /// A part of it.
    public init(_ index: Int, of count: Int) {
      self.index = index
      self.count = count
    }

    func holds(firstCall: Int) -> Bool { firstCall % count == index - 1 }
  }

  let start: Machine
  let rival: Machine?
  let alphabet: Alphabet
  let options: Options
  let universe: Universe
  let check: CallCheck

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - machine: where every sequence begins.
  ///   - rival: the machine beside it, of another kernel or with other policies.
  public init(
    from machine: Machine, beside rival: Machine? = nil, alphabet: Alphabet, options: Options,
  ) {
    start = machine
    self.rival = rival
    self.alphabet = alphabet
    self.options = options
    universe = Universe(alphabet, on: machine)
    check = CallCheck(
      options.properties.filter { rival != nil || !$0.needsRival }, from: machine, beside: rival)
  }

  /// Searches.
  ///
  /// - Parameter progress: where the search tells how far it is, and learns that it is to stop; what
  ///   was found until then is returned.
  public func run(_ progress: WorkProgress? = nil) async -> Exploration {
    var search = Search(self)
    var depth = 0
    while depth < options.depth, !search.frontier.isEmpty, !search.isFull,
      progress?.isStopped != true
    {
      depth += 1
      await search.widen(to: depth, progress)
    }
    search.exploration.isClosed = search.frontier.isEmpty && search.exploration.stopped == nil
    await search.goBeyond(progress)
    if options.properties.contains(.heals) { search.findUnhealed() }
    if progress?.isStopped == true { search.exploration.stopped = .asked }
    return search.exploration
  }
}

/// What a search came to.
public struct Exploration: Sendable {
  /// A property that a sequence breaks, with the shortest sequence that was found.
  public struct Hit: Sendable, Equatable {
    /// What it breaks.
    public var property: Property
    /// What is wrong, in words.
    public var words: String
    /// The calls, by their places in the alphabet. The last one breaks it.
    public var calls: [Int]
    /// How often it was found, in states that differ.
    public var count = 1
    /// What tells it from other hits: the property, what is wrong, the last call's operation.
    var key: Key

    struct Key: Hashable, Sendable {
      var sign: Finding.Sign
      var operation: String
    }
  }

  /// Why a search ended before it was done.
  public enum Stop: Sendable, Equatable {
    /// It was asked to.
    case asked
    /// There were too many states.
    case full(Int)
  }

  /// The hits, shortest first, then in the order of the alphabet.
  public internal(set) var hits: [Hit] = []
  /// How many states there are at each depth; the first is the beginning.
  public internal(set) var statesByDepth = [1]
  /// The bytes that the states take: how each was reached, and the number that tells it from others.
  public internal(set) var bytes = 0
  /// How many calls were made and looked at.
  public internal(set) var transitions = 0
  /// How many calls of random sequences were.
  public internal(set) var randomCalls = 0
  /// Whether no call of the alphabet leads to a new state: all there are were seen.
  public internal(set) var isClosed = false
  /// Why it ended early; `nil` if it did not.
  public internal(set) var stopped: Stop?

  /// All states.
  public var states: Int { statesByDepth.reduce(0, +) }

  /// Adds a hit, and keeps the first of those that are alike.
  mutating func add(_ finding: Finding, _ calls: [Int], operation: String) {
    let key = Hit.Key(sign: finding.sign, operation: operation)
    if let known = places[key] {
      hits[known].count += 1
      return
    }
    places[key] = hits.count
    hits.append(
      Hit(property: finding.sign.property, words: finding.words, calls: calls, key: key))
  }

  private var places: [Hit.Key: Int] = [:]

  /// Whether a hit of this kind is known.
  func knows(_ finding: Finding, operation: String) -> Bool {
    places[Hit.Key(sign: finding.sign, operation: operation)] != nil
  }
}
