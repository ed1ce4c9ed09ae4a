import Engine
import Language
import TLB

/// What a row of accesses cost, as reports in JSON have it.
public struct TLBRow: Codable, Equatable, Sendable {
  /// How many calls came before it.
  public var after: Int
  /// Its line in the file.
  public var line: Int
  /// The question as a line of the language.
  public var question: String
  /// The accesses.
  public var accesses: UInt64
  /// Those that missed the first level.
  public var firstMisses: UInt64
  /// Those that missed all levels, each a walk.
  public var misses: UInt64
  /// The tables that the walks read.
  public var walkSteps: UInt64
  /// The walks by the size of the leaf that they found: `4K`, `2M`, `1G`.
  public var walks: [String: UInt64]
  /// The walks that found nothing present.
  public var faults: UInt64
  /// The bytes that the entries covered at the end.
  public var reachBytes: UInt64

  enum CodingKeys: String, CodingKey {
    case after, line, question, accesses, misses, walks, faults
    case firstMisses = "l1_misses"
    case walkSteps = "walk_steps"
    case reachBytes = "reach_bytes"
  }

  /// The row of an answer.
  public init(_ answer: TLBAnswer, after: Int, line: Int) {
    let result = answer.result
    self.after = after
    self.line = line
    question = answer.question.scenarioText
    accesses = result.accesses
    firstMisses = result.firstMisses
    misses = result.walks
    walkSteps = result.walkSteps
    walks = [:]
    for size in LeafSize.allCases { walks[size.name] = result[size] }
    faults = result.faults
    reachBytes = result.reachBytes
  }
}
