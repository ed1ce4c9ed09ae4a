/// A question about a call, with one right answer among a few.
public struct Question: Equatable, Sendable {
  /// The subject of a question.
  public enum Kind: String, CaseIterable, Sendable {
    /// How many large leaves of the direct map are split.
    case splits
    /// Which size maps the page.
    case size
    /// How many slots become large leaves again.
    case merges
    /// Whether `set_memory_rox()` over the whole slot would heal it.
    case heals
    /// How many entries block a large leaf.
    case blockers
    /// How the TLBs are flushed.
    case flush
    /// How often all TLBs are flushed completely.
    case fullFlushes = "full-flushes"
    /// By how much DirectMap4k changes.
    case directMap4K = "direct-map-4k"
    /// What the call returns.
    case returned
    /// What may be done with the page.
    case permission
    /// What may be done with it through the direct map.
    case alias
    /// Whether D and G are there.
    case bits
    /// What maps an area.
    case areaLeaves = "area-leaves"
    /// The unused part of an area.
    case wasted
    /// What the cache of a policy holds.
    case cached
    /// What a zap counts.
    case zapWords = "zap-words"
    /// How often it must flush before the end.
    case zapForced = "zap-forced"
    /// How much it frees in a stretch.
    case zapLongest = "zap-longest"
    /// How often it changes a reference count.
    case zapReferences = "zap-references"
    /// How many further calls at least make a slot one leaf.
    case healing
    /// Which call, made next, breaks a property.
    case breaker
    /// Which call, made next, gives the flags back that a page had.
    case undo
  }

  /// One of the answers to choose from.
  public struct Choice: Equatable, Sendable {
    /// Other spellings of it.
    public var text: String
    /// Other ways to write it.
    var aliases: [String]
    /// Why it is wrong, in a sentence; `nil` for the right answer.
    public var mistake: String?

    init(_ text: String, aliases: [String] = [], mistake: String? = nil) {
      self.text = text
      self.aliases = aliases
      self.mistake = mistake
    }
  }

  /// The subject.
  public var kind: Kind
  /// The question, in a sentence.
  public var text: String
  /// The answers to choose from: two to five.
  public var choices: [Choice]
  /// The index of the right one, from 0.
  public var correct: Int
  /// The reason, from what the engine decided: one sentence or a few.
  public var explanation: String

  /// The maximum number of choices.
  public static let choicesMax = 5

  /// The right answer.
  public var answer: String { choices[correct].text }

  /// The comment on an answer; `nil` stands for none.
  public func remark(on choice: Int?) -> String {
    if choice == correct { return "Right. \(explanation)" }
    let mistake = choice.flatMap { choices.indices.contains($0) ? choices[$0].mistake : nil }
    return ["It is \(answer).", mistake, explanation].compactMap(\.self).joined(separator: " ")
  }

  /// The letter of a choice on a sheet of paper: `a` for the first.
  public static func letter(_ choice: Int) -> Character {
    Character(Unicode.Scalar(UInt8(97 + min(max(0, choice), 25))))
  }
}
