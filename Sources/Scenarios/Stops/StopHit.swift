public import Engine
public import History
import Language
import Narration

/// Where a stop was hit, and by what.
public struct StopHit: Equatable, Sendable {
  /// The moment: after the event that it is about, or before the call.
  public var moment: Moment
  /// The number of the stop.
  public var number: Int
  /// What was found.
  public var finding: Finding

  /// What a stop found.
  public enum Finding: Equatable, Sendable {
    /// An event.
    case event(Event)
    /// A function of a real kernel wrote an entry that is watched.
    case wrote(SeenFunction)
    /// A real kernel entered one of its functions.
    case entered(SeenFunction)
    /// A call is about to be made.
    case call(Call)
    /// The expression is true.
    case expression(Expression)
    /// This many entries block the merge of a slot, where more did.
    case near(VirtualAddress, LeafSize, entries: Int)
    /// A policy has lost count.
    case drift(Drift)
    /// The engine is wrong.
    case broken(Machine.BrokenInvariant)
  }
}

extension StopHit.Finding {
  /// What was found, in a sentence.
  public var sentence: String {
    switch self {
    case .event(let event): event.sentence(.long)
    case .wrote(let function): function.sentence(.wrote(0))
    case .entered(let function): function.sentence(.entered(0))
    case .call(let call): "\(call.scenarioText) is about to be made."
    case .expression(let expression): "\(expression.scenarioText) is true."
    case .near(let address, let size, let entries):
      entries == 0
        ? "Nothing blocks a \(size.name) leaf at \(address.words) any more."
        : "\(entries) \(entries == 1 ? "entry blocks" : "entries block") a "
          + "\(size.name) leaf at \(address.words)."
    case .drift(let drift): drift.sentence
    case .broken(let invariant): "The engine is wrong: \(invariant)."
    }
  }
}
