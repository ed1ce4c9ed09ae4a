import Engine
import FoundationEssentials
import KernelText
import Language

/// What a search came to, with what it searched: printed, written as JSON, read back, and put together
/// with those of other parts of the same search.
public struct ExploreResult: Codable, Equatable, Sendable, JSONReport {
  /// A hit with its calls as lines.
  public struct Hit: Codable, Equatable, Sendable {
    /// The property that is broken.
    public var property: String
    /// What is wrong, in words.
    public var words: String
    /// The calls, as lines of a scenario.
    public var calls: [String]
    /// In how many states it was found.
    public var count: Int
    /// What tells it from others: hits of two parts with the same are one.
    public var key: String
    /// The places of the calls in the alphabet.
    public var places: [Int]
    /// What came of its calls on a real kernel; `nil` if they were not made on one.
    public var onKernel: String?
  }

  /// What is searched: the same for all parts of one search.
  public struct Question: Codable, Equatable, Sendable {
    /// What is booted and done first, as a scenario.
    public var setup: String
    /// The kernel and policies of the machine beside it; `nil` where there is none.
    public var beside: String?
    /// The calls, as lines of a scenario.
    public var alphabet: [String]
    /// The properties that are asked.
    public var properties: [String]
    /// The most calls in a row.
    public var depth: Int
    /// How many random sequences follow, their length, and the seed.
    public var random: [UInt64]
    /// How many parts there are.
    public var shards: Int
  }

  /// What is searched.
  public var question: Question
  /// The numbers of the parts that are in here.
  public var parts: [Int]
  /// The states at each depth, of all parts together: a state that two parts reach counts twice.
  public var statesByDepth: [Int]
  /// The calls that were made and looked at.
  public var transitions: Int
  /// The calls of random sequences.
  public var randomCalls: Int
  /// Whether all states were seen that the alphabet can reach.
  public var isClosed: Bool
  /// Why it ended early; `nil` if it did not.
  public var stopped: String?
  /// The hits, shortest first.
  public var hits: [Hit]

  /// What a search came to.
  ///
  /// - Parameters:
  ///   - setup: what is booted and done first, as a scenario.
  ///   - beside: the kernel and policies of the machine beside it.
  public init(_ exploration: Exploration, of explorer: Explorer, setup: String, beside: String?) {
    let options = explorer.options
    question = Question(
      setup: setup, beside: beside, alphabet: explorer.alphabet.lines,
      properties: options.properties.map(\.rawValue), depth: options.depth,
      random: [UInt64(options.randomSequences), UInt64(options.randomLength), options.seed],
      shards: options.shard.count)
    parts = [options.shard.index]
    statesByDepth = exploration.statesByDepth
    transitions = exploration.transitions
    randomCalls = exploration.randomCalls
    isClosed = exploration.isClosed
    stopped = exploration.stopped?.words
    hits = exploration.hits.map { hit in
      Hit(
        property: hit.property.rawValue, words: hit.words,
        calls: hit.calls.map { explorer.alphabet.lines[$0] }, count: hit.count,
        key: hit.key.text, places: hit.calls)
    }
    sortHits()
  }

  /// Reads a result.
  ///
  /// - Parameter file: what errors call it.
  public init(reading text: String, file: String) throws(ExploreError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    } catch {
      throw .notAResult(file)
    }
  }

  /// Adds another part of the same search.
  public mutating func add(_ other: ExploreResult, file: String) throws(ExploreError) {
    guard other.question == question else { throw .otherQuestion(file) }
    if let part = other.parts.first(where: parts.contains) { throw .partTwice(part, file) }
    parts = (parts + other.parts).sorted()
    let depth = max(statesByDepth.count, other.statesByDepth.count)
    statesByDepth = (0..<depth).map { index in
      // The beginning is one state, in however many parts.
      index == 0 ? 1 : statesByDepth.at(index) + other.statesByDepth.at(index)
    }
    transitions += other.transitions
    randomCalls += other.randomCalls
    isClosed = isClosed && other.isClosed
    stopped = stopped ?? other.stopped
    for hit in other.hits {
      guard let known = hits.firstIndex(where: { $0.key == hit.key }) else {
        hits.append(hit)
        continue
      }
      let count = hits[known].count + hit.count
      if hit.isBefore(hits[known]) { hits[known] = hit }
      hits[known].count = count
    }
    sortHits()
  }

  private mutating func sortHits() { hits.sort { $0.isBefore($1) } }

  /// A hit as a scenario that shows it.
  public func scenario(of hit: Hit) -> String {
    let why = "\(hit.property): \(hit.words)"
    return """
      # Found by directmap explore. The last call breaks the property "\(hit.property)":
      # \(Property(rawValue: hit.property)?.meaning ?? hit.words).
      \(question.setup.trimmingSuffix("\n"))
      \(hit.calls.joined(separator: "\n"))
      \(Statement.note(String(why.prefix(100))).scenarioText)

      """
  }

  /// The result as text.
  public var text: String {
    var lines = [summary]
    for (number, hit) in hits.enumerated() {
      lines.append("")
      lines.append("\(number + 1). \(hit.property): \(hit.words)")
      lines += hit.calls.map { "     " + $0 }
      lines.append("   in \(hit.count == 1 ? "1 state" : "\(hit.count) states")")
      if let onKernel = hit.onKernel { lines.append("   \(onKernel)") }
    }
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    let states = statesByDepth.reduce(0, +)
    let depth = statesByDepth.count - 1
    var text =
      "\(counted(question.alphabet.count, "call")), \(counted(states, "state")) up to depth \(depth) ("
    text += statesByDepth.map(String.init).joined(separator: ", ")
    text += "), \(counted(transitions, "call")) made"
    if randomCalls > 0 { text += ", \(randomCalls) in random sequences" }
    if question.shards > 1 {
      text += "; parts \(parts.map(String.init).joined(separator: ", ")) of \(question.shards)"
    }
    if isClosed { text += "\nThese are all states that the calls can reach." }
    if let stopped { text += "\nThe search ended early: \(stopped)." }
    text += hits.isEmpty ? "\nNo hit." : "\n\(hits.count == 1 ? "1 hit" : "\(hits.count) hits"):"
    return text
  }
}

/// Why results cannot be put together.
public enum ExploreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is no result.
  case notAResult(String)
  /// It is one of another search.
  case otherQuestion(String)
  /// A part is there twice.
  case partTwice(Int, String)

  /// The reason and the way out.
  public var description: String {
    switch self {
    case .notAResult(let file):
      "\(file) is no result of explore; give what explore --format json printed"
    case .otherQuestion(let file):
      "\(file) is of another search; give parts of one search, which differ in --shard alone"
    case .partTwice(let part, let file):
      "\(file) has part \(part) again; give each part once"
    }
  }
}

extension ExploreResult.Hit {
  /// Whether it is shorter, or as long and earlier in the alphabet.
  fileprivate func isBefore(_ other: Self) -> Bool {
    if places.count != other.places.count { return places.count < other.places.count }
    if places != other.places { return places.lexicographicallyPrecedes(other.places) }
    return key < other.key
  }
}

extension Exploration.Hit.Key {
  fileprivate var text: String {
    "\(sign.property.rawValue) \(String(sign.code, radix: 16)) \(operation)"
  }
}

extension Exploration.Stop {
  fileprivate var words: String {
    switch self {
    case .asked: "it was stopped"
    case .full(let limit):
      "there are more than \(limit) states; give a smaller --depth, or fewer calls"
    }
  }
}

extension [Int] {
  fileprivate func at(_ index: Int) -> Int { index < count ? self[index] : 0 }
}

extension String {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var text = self
    while text.last == end { text.removeLast() }
    return text
  }
}
