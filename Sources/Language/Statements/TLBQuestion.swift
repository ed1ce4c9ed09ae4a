public import Engine
public import TLB

/// `tlb PRESET PATTERN ...`: what a row of accesses costs. It changes nothing.
public struct TLBQuestion: Equatable, Sendable {
  /// What is asked.
  public var run: TLBRun
  /// The name under which claims find the answer; `nil` without one.
  public var label: Name?
  /// The file of a list that was not read; `Scenario.readLists` puts its addresses in its place.
  public var file: String?

  /// Creates a question.
  public init(_ run: TLBRun, label: Name? = nil, file: String? = nil) {
    self.run = run
    self.label = label
    self.file = file
  }

  /// The words with which what follows the pattern can begin.
  package static let keywords = ["all", "file", "step", "nodes", "every", "accesses", "seed", "as"]

  /// The most addresses of a list in one line or file.
  package static let addressLimit = 1_000_000
}

extension Expression {
  /// A number of an answer to `tlb`; raw values are the names.
  public enum TLBMeasure: String, CaseIterable, Sendable {
    /// Misses of the first level.
    case firstMisses = "tlb_l1_misses"
    /// Misses of all levels, each a walk.
    case misses = "tlb_misses"
    /// Tables that the walks read.
    case walkSteps = "tlb_walk_steps"
    /// Walks that ended where nothing is present.
    case faults = "tlb_faults"
    /// Bytes that the entries cover at the end.
    case reach = "tlb_reach"

    /// What the number is, in one line.
    var help: String {
      switch self {
      case .firstMisses: "Accesses of the last `tlb` line that the first level had no entry for."
      case .misses:
        "Those that no level had an entry for, each a walk; `tlb_misses(NAME)` of the "
          + "`tlb` line that says `as NAME`, as with the others."
      case .walkSteps: "Tables that the walks read."
      case .faults: "Walks that ended where nothing is present."
      case .reach: "Bytes that the entries covered at the end."
      }
    }
  }
}

extension AccessPattern {
  /// How many addresses it lists.
  package var listedCount: Int {
    if case .list(let addresses) = self { addresses.count } else { 0 }
  }
}
